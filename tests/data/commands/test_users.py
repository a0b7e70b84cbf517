import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.context import Context
from data.domain.errors import Refused
from data.passwords import fingerprint, matches
from data.store.queries.people import credentials, token_of

SECRET = "fresh-random-text-of-enough-length"


@pytest.fixture
def run(store, settings, now):
    assert store.url.database

    def ran(*words, typed=None):
        given = Context(lambda: now, lambda: settings, "operator", lambda: SECRET)
        result = CliRunner().invoke(app, list(words), obj=given, input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return ran


def known(store, email):
    with store.snapshot() as conn:
        return credentials(conn, email)


def test_a_generated_password_is_printed_once_and_works(run, store):
    printed = run("user", "add", "Anna@example.com", "--role", "admin")

    password = printed.strip().rsplit(" ", 1)[-1]
    assert printed.count(password) == 1
    assert matches(known(store, "anna@example.com").password_hash, password)


def test_a_password_can_come_by_a_pipe_and_is_not_printed(run, store):
    printed = run(
        *("user", "add", "a@example.com", "--role", "viewer", "--password-stdin"),
        typed="seven quiet herons\n",
    )

    assert "herons" not in printed
    assert matches(known(store, "a@example.com").password_hash, "seven quiet herons")


def test_a_weak_password_is_refused(run, store):
    with pytest.raises(Refused, match="at least 12"):
        run(
            *("user", "add", "a@example.com", "--role", "viewer", "--password-stdin"),
            typed="short\n",
        )
    assert known(store, "a@example.com") is None


def test_people_are_listed_given_roles_and_disabled(run):
    run("user", "add", "root@example.com", "--role", "admin")
    run("user", "add", "anna@example.com", "--role", "viewer")

    run("user", "role", "anna@example.com", "billing")
    run("user", "disable", "anna@example.com")

    lines = [line.split() for line in run("user", "list").splitlines()]
    assert ["anna@example.com", "billing", "disabled"] in lines


def test_a_new_password_opens_a_disabled_login(run, store):
    run("user", "add", "root@example.com", "--role", "admin")
    run("user", "add", "anna@example.com", "--role", "viewer")
    run("user", "disable", "anna@example.com")

    run("user", "reset", "anna@example.com")

    assert not known(store, "anna@example.com").person.disabled


def test_a_token_is_the_last_word_of_its_line_and_is_not_kept(run, store):
    printed = run("token", "add", "reports", "--role", "viewer")

    secret = printed.split()[-1]
    with store.snapshot() as conn:
        assert token_of(conn, fingerprint(secret)).name == "reports"
    assert SECRET not in run("token", "list")
    run("token", "revoke", "reports")
    assert "revoked" in run("token", "list")
