"""Auth codes of a customer: all of them in one form, because they are joined in order."""

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish, customer_field, customer_said, customer_ticked
from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator
from data.domain.counting import counted
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.exchange.auth_codes import auth_code
from data.exchange.tables import CellRefused, Row
from data.store.connect import Store
from data.store.queries.auth_codes import codes_of
from data.store.writes.auth_codes import auth_codes_replaced
from layouts.dialogs import YES, Field, FieldKind, Question

MOST_CODES = 24
BLANK_ROWS = 2
COLUMNS = ("field", "kind", "pattern", "operator")


def _ask_codes(conn: Connection, wish: Wish) -> Question:
    _refuse_masked(wish)
    return _form(conn, customer_ticked(conn, wish))


def _ask_whose(conn: Connection, wish: Wish) -> Question:
    _refuse_masked(wish)
    if wish.typed:
        return _form(conn, customer_said(conn, wish.said("customer")))
    return Question(
        "Whose auth codes?",
        "A call that two customers claim is settled by changing or switching off a code of one.",
        "Show the codes",
        fields=(customer_field(conn),),
        final=False,
    )


def _refuse_masked(wish: Wish) -> None:
    if wish.masked:
        raise Refused("Codes are phone numbers, which your role sees masked. Ask an administrator.")


def _form(conn: Connection, whose: Customer) -> Question:
    codes = codes_of(conn, whose.id)
    if len(codes) > MOST_CODES:
        raise Refused(
            f"{whose.company} has {len(codes)} codes, more than a form holds: change them with "
            "'python -m data auth-codes import FILE'."
        )
    blanks = [AuthCode(field=AuthField.CALLING_NUMBER, pattern="")] * BLANK_ROWS
    rows = [_row(place, code) for place, code in enumerate([*codes, *blanks])]
    return Question(
        f"Auth codes of {whose.company}",
        "Read from top to bottom; NONE ends a group, and one group that holds claims a call. Empty "
        "a pattern to remove its code. Stored calls follow when their files are processed again.",
        "Save codes",
        fields=tuple(field for row in rows for field in row),
    )


def _row(place: int, code: AuthCode) -> list[Field]:
    def choice(name: str, label: str, words: type[AuthField | AuthKind | AuthOperator]) -> Field:
        choices = tuple((word.value, word.value) for word in words)
        value = getattr(code, name).value
        return Field(
            f"{name}-{place}", label, FieldKind.CHOICE, value, choices, row=f"code {place}"
        )

    return [
        choice("field", "Field", AuthField),
        choice("kind", "How", AuthKind),
        Field(f"pattern-{place}", "Pattern", value=code.pattern, row=f"code {place}"),
        choice("operator", "Then", AuthOperator),
        Field(
            f"enabled-{place}",
            "On",
            FieldKind.FLAG,
            YES if code.enabled else "",
            row=f"code {place}",
        ),
    ]


def _typed(wish: Wish) -> list[AuthCode]:
    codes = []
    for place in range(MOST_CODES + BLANK_ROWS):
        cells = {name: wish.said(f"{name}-{place}") for name in COLUMNS}
        cells["enabled"] = "1" if wish.ticked(f"enabled-{place}") else "0"
        if not cells["pattern"]:
            continue
        try:
            codes.append(auth_code(Row(place + 1, cells)))
        except CellRefused as error:
            raise Refused(f"Code {place + 1}: {error}. Nothing was changed.") from None
    return codes


def _saved(conn: Connection, whose: Customer, wish: Wish) -> str:
    codes = _typed(wish)
    changed, _ = auth_codes_replaced(conn, {whose.id: codes}, wish.by)
    if not changed:
        return "Nothing was different, so nothing was changed"
    return f"{whose.company} has {counted(len(codes), 'auth code')} now"


def _save_ticked(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        return _saved(conn, customer_ticked(conn, wish), wish)


def _save_named(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        return _saved(conn, customer_said(conn, wish.said("customer")), wish)


AUTH_CODES = Deed(_ask_codes, _save_ticked)
DECIDE = Deed(_ask_whose, _save_named)
