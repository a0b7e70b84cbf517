"""python -m data user, python -m data token: who may log in, and what programs read with."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from data.commands.arguments import printed_table
from data.commands.context import context
from data.domain.errors import Refused
from data.domain.records import Role
from data.store.queries.people import all_tokens, people
from data.store.writes.identities import identity_linked
from data.store.writes.tokens import token_added, token_revoked
from data.store.writes.users import (
    password_changed,
    role_changed,
    user_added,
    user_disabled,
)

users = typer.Typer(no_args_is_help=True, help="Who may log in, and what they may do.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens that programs read with.")

Email = Annotated[str, typer.Argument(help="The address that they log in with.")]
RoleOption = Annotated[Role, typer.Option("--role", help="Each includes the ones before it.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@users.command()
def add(
    ctx: typer.Context, email: Email, role: RoleOption, *, password_stdin: FromStdin = False
) -> None:
    """Give a person a login; the password is prompted for, read, or generated and printed once.

    Example: python -m data user add anna@example.com --role billing
    """
    given = context(ctx)
    password, generated = _password(given.new_secret, from_stdin=password_stdin)
    with given.store() as store, store.writing() as conn:
        user_added(conn, given.by(), email=email, role=role, password=password)
    typer.echo(f"{email.strip().lower()} may log in as {role.value}")
    _shown(password, generated=generated)


@users.command("list")
def list_users(ctx: typer.Context) -> None:
    """List everybody with a login.

    Example: python -m data user list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = people(conn)
    rows = [(one.email, one.role.value, "disabled" if one.disabled else "") for one in found]
    printed_table(("e-mail", "role", ""), rows)


@users.command()
def disable(ctx: typer.Context, email: Email) -> None:
    """Take a person's login away and end their sessions.

    Example: python -m data user disable anna@example.com
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        user_disabled(conn, given.by(), email)
    typer.echo(f"{email} may not log in any more")


@users.command("role")
def change_role(
    ctx: typer.Context, email: Email, role: Annotated[Role, typer.Argument(help="The new one.")]
) -> None:
    """Give a person another role; they log in again.

    Example: python -m data user role anna@example.com admin
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        role_changed(conn, given.by(), email, role)
    typer.echo(f"{email} is {role.value} now")


@users.command()
def reset(ctx: typer.Context, email: Email, *, password_stdin: FromStdin = False) -> None:
    """Give a person a new password; their sessions end, and a disabled login opens again.

    Example: python -m data user reset anna@example.com
    """
    given = context(ctx)
    password, generated = _password(given.new_secret, from_stdin=password_stdin)
    with given.store() as store, store.writing() as conn:
        password_changed(conn, given.by(), email, password)
    typer.echo(f"{email} has a new password")
    _shown(password, generated=generated)


@users.command()
def link(
    ctx: typer.Context,
    email: Email,
    subject: Annotated[str, typer.Option("--subject", help="What the provider knows them by.")],
) -> None:
    """Let a person come by the identity provider that the settings name.

    Example: python -m data user link anna@example.com --subject 248289761001
    """
    given = context(ctx)
    issuer = given.read_settings().oidc_issuer
    if not issuer:
        raise Refused("TOLLBOARD_OIDC_ISSUER is not set: there is no provider to come by.")
    with given.store() as store, store.writing() as conn:
        identity_linked(conn, given.by(), email=email, issuer=issuer, subject=subject)
    typer.echo(f"{email} may come by {issuer} as {subject}")


@tokens.command("add")
def add_token(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: RoleOption = Role.VIEWER,
) -> None:
    """Let a program in; the token is printed once, last on its line.

    Example: python -m data token add reports --role viewer
    """
    given = context(ctx)
    secret = given.new_secret()
    with given.store() as store, store.writing() as conn:
        token_added(conn, given.by(), name=name, role=role, secret=secret)
    typer.echo(f"token {name} ({role.value}), shown once: {secret}")


@tokens.command("list")
def list_tokens(ctx: typer.Context) -> None:
    """List every token, revoked ones too; the secrets themselves are not kept.

    Example: python -m data token list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = all_tokens(conn)
    rows = [
        (
            one.name,
            one.role.value,
            f"{one.created_at:%Y-%m-%d}",
            f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "",
        )
        for one in found
    ]
    printed_table(("name", "role", "since", ""), rows)


@tokens.command()
def revoke(
    ctx: typer.Context, name: Annotated[str, typer.Argument(help="The token's name.")]
) -> None:
    """Shut a program out.

    Example: python -m data token revoke reports
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        token_revoked(conn, given.by(), name)
    typer.echo(f"token {name} is revoked")


def _password(new_secret: Callable[[], str], *, from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether it was generated: from a pipe, a prompt, or at random."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        typed: str = typer.prompt(
            "Password (empty: make one)", default="", hide_input=True, show_default=False
        )
        if typed:
            if typer.prompt("Again", hide_input=True) != typed:
                raise Refused("The two passwords differ. Nothing was changed.")
            return typed, False
    return new_secret()[:20], True


def _shown(password: str, *, generated: bool) -> None:
    if generated:
        typer.echo(f"password, shown once: {password}")
