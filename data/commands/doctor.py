"""The command that looks at everything and says what to do."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from data.commands.context import context
from data.doctor.examination import findings
from data.domain.operation import Finding, Level, exit_status

MARKS = {Level.OK: "ok     ", Level.WARNING: "WARNING", Level.ERROR: "ERROR  "}


def doctor(
    ctx: typer.Context,
    *,
    deep: Annotated[bool, typer.Option("--deep", help="Read every page and every call.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at settings, folders, disk, store, sources and clock; exit 0 well, 1 look, 2 broken.

    Example: python -m data doctor --deep
    """
    given = context(ctx)
    found = []
    for finding in findings(given.read_settings, given.clock(), deep=deep):
        found.append(finding)
        if not as_json:
            typer.echo(line(finding))
    status = exit_status(found)
    if as_json:
        typer.echo(json.dumps({"status": status, "findings": [asdict(one) for one in found]}))
    raise typer.Exit(status)


def line(finding: Finding) -> str:
    """Return a finding as it is printed: what is wrong, and below it what to do."""
    action = f"\n        -> {finding.action}" if finding.action else ""
    return f"{MARKS[finding.level]} {finding.check:9} {finding.text}{action}"
