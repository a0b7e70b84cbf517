"""Every command that others rely on is there and explains itself."""

import pytest
from typer.main import get_command

import data.__main__
import ingest.program

INGEST = [
    "run",
    "watch",
    "check",
    "formats",
    "reprocess",
    "dismiss",
    "withdraw",
    "new-profile",
    "demo",
]
DATA = [
    "migrate",
    "doctor",
    "backup",
    "restore",
    *(f"user {verb}" for verb in ("add", "list", "disable", "role", "reset", "link")),
    *(f"token {verb}" for verb in ("add", "list", "revoke")),
    *(f"source {verb}" for verb in ("add", "list", "edit", "disable")),
    "tenant set",
    "explain",
    "mail-summary",
    "erase",
    *(f"ticket {verb}" for verb in ("add", "resolve", "list")),
    "customers import",
    "rates import",
    "auth-codes import",
    "invoices import",
    "invoices draft",
    "invoices record",
    "payments import",
    "payments add",
]


def words(command, path=()):
    """Every command below a group, as the words that are typed."""
    if not hasattr(command, "commands"):
        return {" ".join(path): command}
    return {
        typed: leaf
        for name, child in command.commands.items()
        for typed, leaf in words(child, (*path, name)).items()
    }


COMMANDS = {
    "ingest": words(get_command(ingest.program.app)),
    "data": words(get_command(data.__main__.app)),
}


@pytest.mark.parametrize(
    ("program", "command"),
    [("ingest", name) for name in INGEST] + [("data", name) for name in DATA],
)
def test_every_command_of_the_contract_is_there_with_an_example(program, command):
    found = COMMANDS[program].get(command)

    assert found is not None
    assert f"python -m {program} {command}" in " ".join((found.help or "").split())
