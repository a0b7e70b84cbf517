"""People with a login: added, given a role or a new password, shut out. For administrators."""

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish
from data.domain.errors import Refused
from data.domain.people import Person
from data.domain.records import Role
from data.store.connect import Store
from data.store.queries.people import people
from data.store.writes.users import password_changed, role_changed, user_added, user_disabled
from layouts.dialogs import Field, FieldKind, Question

PASSWORD_LENGTH = 20
ROLES = (
    (Role.VIEWER.value, "viewer: looks"),
    (Role.BILLING.value, "billing: bills, files, customers"),
    (Role.ADMIN.value, "admin: that, and people"),
)


def _ticked(conn: Connection, wish: Wish) -> Person:
    number = wish.one("person")
    found = next((person for person in people(conn) if person.id == number), None)
    if found is None:
        raise Refused("This person is gone meanwhile. Close the panel and look again.")
    return found


def _role(wish: Wish) -> Role:
    try:
        return Role(wish.said("role"))
    except ValueError:
        raise Refused("There is no such role. Nothing was changed.") from None


def _ask_add(_conn: Connection, _wish: Wish) -> Question:
    return Question(
        "Give somebody a login",
        "A password is made and shown once, here; hand it over safely.",
        "Add the login",
        fields=(
            Field("email", "E-mail address"),
            Field("role", "Role", FieldKind.CHOICE, Role.VIEWER.value, ROLES),
        ),
    )


def _add(store: Store, wish: Wish) -> str:
    role, password = _role(wish), wish.secret[:PASSWORD_LENGTH]
    with store.writing() as conn:
        user_added(conn, wish.by, email=wish.said("email"), role=role, password=password)
    return f"{wish.said('email').lower()} may log in as {role}. Password, shown once: {password}"


def _ask_role(conn: Connection, wish: Wish) -> Question:
    person = _ticked(conn, wish)
    return Question(
        f"Change the role of {person.email}",
        "They log in again with it; each role includes the ones before.",
        "Change the role",
        fields=(Field("role", "Role", FieldKind.CHOICE, person.role.value, ROLES),),
    )


def _change_role(store: Store, wish: Wish) -> str:
    role = _role(wish)
    with store.writing() as conn:
        person = _ticked(conn, wish)
        role_changed(conn, wish.by, person.email, role)
    return f"{person.email} is {role} now"


def _ask_reset(conn: Connection, wish: Wish) -> Question:
    email = _ticked(conn, wish).email
    return Question(
        f"Make a new password for {email}?",
        "Their sessions end, and a login that was shut opens again. The password is shown once.",
        "Make a new password",
        grave=True,
    )


def _reset(store: Store, wish: Wish) -> str:
    password = wish.secret[:PASSWORD_LENGTH]
    with store.writing() as conn:
        person = _ticked(conn, wish)
        password_changed(conn, wish.by, person.email, password)
    return f"{person.email} has a new password, shown once: {password}"


def _ask_disable(conn: Connection, wish: Wish) -> Question:
    email = _ticked(conn, wish).email
    return Question(
        f"Shut {email} out?",
        "Their sessions end at once. A new password lets them in again.",
        f"Shut {email} out",
        grave=True,
    )


def _disable(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        person = _ticked(conn, wish)
        user_disabled(conn, wish.by, person.email)
    return f"{person.email} may not log in any more"


ADD_USER = Deed(_ask_add, _add)
CHANGE_ROLE = Deed(_ask_role, _change_role)
RESET_PASSWORD = Deed(_ask_reset, _reset)
DISABLE_USER = Deed(_ask_disable, _disable)
