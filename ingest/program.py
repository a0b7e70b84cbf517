"""The commands of python -m ingest: the scheduled script, and what an operator does with files."""

import json
import secrets
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data.domain.errors import BillingError, Refused
from data.domain.records import MOST_ROW_ID
from data.late_logs import heeding, logs_to_stderr_when_there_are_any
from data.machine_users import this_user
from data.opening import opened, opened_or_founded
from data.settings import Settings
from data.store.connect import Store
from data.system_refusals import system_heard
from ingest.claim import Holder
from ingest.context import Ingest
from ingest.observer import NOBODY, Observer
from ingest.printing import printed, rest_given_up
from ingest.profile import own_profiles
from ingest.recovery import forgotten_files_returned, moved_files_found
from ingest.report import FileReport, RunReport, shown
from ingest.run import run as ingest_run
from ingest.stopping import Stopped
from ingest.telling import told_outside
from ingest.upkeep import dismissal, replacement, requeueing, withdrawal

app = typer.Typer(
    name="python -m ingest",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Take CDR files in: the script that cron runs, and what to do about files.",
)

DEMO_SEED = 8050
"""The same demo every time, but for the day it ends on."""
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")]
_FILE_ID = typer.Argument(
    min=1, max=MOST_ROW_ID, metavar="FILE_ID", help="Numbers of files, as reported."
)
FileIds = Annotated[list[int], _FILE_ID]


def _settings() -> Settings:
    return heeding(Settings.read())


@app.command()
def run(*, as_json: AsJson = False) -> None:
    """Claim, process and report what lies in the inbox; exit 1 when a file ended in error.

    Example: */5 * * * * cd /srv/tollboard && .venv/bin/python -m ingest run
    """
    settings = _settings()
    with _ingest(settings, opened_or_founded(settings, _now())) as ingest:
        report = ingest_run(ingest, observer=_observer(as_json=as_json))
        told_outside(ingest)
    if not (as_json or report.files or report.refused):
        printed(f"Nothing new in {shown(str(settings.inbox_dir))}.")
    _told(report, as_json=as_json)


@app.command()
def watch() -> None:
    """Do the same whenever a file arrives, and stay.

    Example: python -m ingest watch
    """
    from ingest.watch import watched  # noqa: PLC0415  not for a cron run

    settings = _settings()
    with _ingest(settings, opened_or_founded(settings, _now())) as ingest:
        watched(ingest, _observer(as_json=False))


@app.command()
def reprocess(
    file_ids: Annotated[list[int] | None, _FILE_ID] = None,
    status: Annotated[str, typer.Option(help="Every file of this status: error.")] = "",
    replaces: Annotated[
        int, typer.Option(min=0, max=MOST_ROW_ID, help="The earlier file that this one corrects.")
    ] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Process files again: their calls are replaced, invoiced ones keep customer and price.

    Example: python -m ingest reprocess 12 13; python -m ingest reprocess --status error;
    python -m ingest reprocess 14 --replaces 12
    """
    if not (file_ids or status or replaces):
        raise typer.BadParameter("Name files by their numbers, or give --status error.")
    settings = _settings()
    with _ingest(settings, opened(settings)) as ingest:
        if replaces and len(file_ids or []) == 1:
            wanted = replacement(ingest, (file_ids or [])[0], of=replaces)
        elif replaces:
            raise Refused("--replaces takes one file, the corrected one. Nothing was changed.")
        else:
            wanted = requeueing(ingest, file_ids or [], status)
        report = ingest_run(ingest, only=wanted, observer=_observer(as_json=as_json))
    _told(report, as_json=as_json)


@app.command()
def dismiss(
    file_ids: FileIds,
    why: Annotated[str, typer.Option(help="Why it cannot be repaired; kept.")] = "",
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Put it back into the errors.")] = False,
) -> None:
    """Take files that cannot be repaired out of the errors.

    Example: python -m ingest dismiss 12 --why 'the carrier sent it again as file 14'
    """
    settings = _settings()
    with _ingest(settings, opened(settings)) as ingest:
        dismissal(ingest, *file_ids, why=why, undo=undo)
        for file_id in file_ids:
            printed(f"file {file_id} {'is an error again' if undo else 'dismissed'}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The file to look at; compressed ones too.")],
    profile: Annotated[str, typer.Option(help="Take it for this format.")] = "",
    source: Annotated[
        str,
        typer.Option(
            help="Take it for a file of this source: its format, zone and numbers. A file in a "
            "source's folder is its file."
        ),
    ] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show what would become of a file: its format and why, calls, rejections. Nothing is stored.

    Example: python -m ingest check Master.csv --source london
    """
    from ingest.checking import Asked, check_told  # noqa: PLC0415  not for a cron run

    text, status = check_told(_settings(), Asked(file, profile, source, as_json), _now())
    typer.echo(text)
    raise typer.Exit(status)


@app.command()
def formats() -> None:
    """List the formats, where each is known from and what recognises it.

    Example: python -m ingest formats
    """
    from ingest.checking import formats_told  # noqa: PLC0415  not for a cron run

    typer.echo(formats_told(_settings()))


@app.command()
def new_profile(
    file: Annotated[Path, typer.Argument(help="A file of the format.")],
) -> None:
    """Draft a profile from a file's own columns, for you to finish.

    Example: python -m ingest new-profile calls.log > profiles/corner-switch.toml
    """
    from ingest.checking import draft_told  # noqa: PLC0415  not for a cron run

    typer.echo(draft_told(_settings(), file), nl=False)


@app.command()
def demo(
    *,
    keep_arriving: Annotated[
        bool, typer.Option("--keep-arriving", help="Bring more files every 20 s, for some hours.")
    ] = False,
) -> None:
    """Put a fictional reseller into the store: three months of calls, invoices, payments.

    Example: TOLLBOARD_VAR=/tmp/demo python -m ingest demo
    """
    import numpy as np  # noqa: PLC0415  not for a cron run

    from ingest.demo.command import Outside, demo_made, kept_arriving  # noqa: PLC0415

    settings = _settings()
    if not keep_arriving:
        rng = np.random.default_rng(DEMO_SEED)
        demo_made(settings, Outside(_now, lambda: secrets.token_urlsafe(12), rng, typer.echo))
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    rng = np.random.default_rng(int(_now().timestamp()))
    kept_arriving(settings, Outside(_now, lambda: "", rng, typer.echo), time.sleep)


@app.command()
def withdraw(
    file_ids: FileIds,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Take it in again.")] = False,
) -> None:
    """Unload files that should not have been delivered.

    Example: python -m ingest withdraw 12
    """
    settings = _settings()
    with _ingest(settings, opened(settings)) as ingest:
        withdrawal(ingest, *file_ids, undo=undo)
        for file_id in file_ids:
            printed(f"file {file_id} {'is taken in again' if undo else 'withdrawn'}")
        report = ingest_run(ingest, only=None, observer=_observer(as_json=False))
    _told(report, as_json=False)


@app.command()
def recover() -> None:
    """Take in what the archive holds and the store does not know, as after restoring a backup.

    Where the archive was moved, the store is told where its files lie now.

    Example: python -m ingest recover
    """
    settings = _settings()
    with _ingest(settings, opened(settings)) as ingest:
        found = moved_files_found(ingest)
        if found:
            printed(f"{found} file(s) of the archive were moved; the store knows where to.")
        returned = forgotten_files_returned(ingest)
        printed(f"{len(returned)} file(s) of the archive were unknown to the store.")
        report = ingest_run(ingest, observer=_observer(as_json=False))
    _told(report, as_json=False)


class _ingest:  # noqa: N801  reads as a function: a running ingest, ended in order
    """A running ingest on an open store; SIGTERM, Ctrl-C and a lost terminal ask it to stop."""

    def __init__(self, settings: Settings, store: Store) -> None:
        own_profiles(settings.profiles)  # before a command sends files back to waiting
        self._store, self._asked = store, False
        name = f"{socket.gethostname()}-{secrets.token_hex(8)}"
        holder = Holder(name, settings.work_dir / "holders")
        self._ingest = Ingest(
            store,
            settings,
            _now,
            holder,
            stopping=lambda: self._asked,
            actor=this_user(),
        )

    def __enter__(self) -> Ingest:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # as nohup wants SIGHUP
                signal.signal(number, lambda *_: self._ask())
        return self._ingest

    def _ask(self) -> None:
        self._asked = True

    def __exit__(self, *_error: object) -> None:
        self._store.close()


def _now() -> datetime:
    return datetime.now(UTC)


class _Lines(Observer):
    """One line for each file that is done."""

    def done(self, report: FileReport) -> None:
        _line(report)


def _observer(*, as_json: bool) -> Observer:
    """Return who looks on: nobody for a program, a bar besides the lines in a terminal."""
    if as_json:
        return NOBODY
    if not sys.stderr.isatty():
        return _Lines()
    from rich.console import Console  # noqa: PLC0415  not for a cron run

    from ingest.progress_bar import ProgressBar  # noqa: PLC0415

    console = Console(stderr=True)
    return ProgressBar(console, _line) if console.is_interactive else _Lines()


def _line(report: FileReport) -> None:
    printed(report.as_line())
    for each in report.difference_lines():
        printed(each)


def _told(report: RunReport, *, as_json: bool) -> None:
    for each in report.refused:
        printed(f"refused: {each}", err=True)
    if as_json:
        printed(json.dumps(report.as_json(), ensure_ascii=True))
    raise typer.Exit(report.exit_code)


def main() -> None:
    """Run one command; exit 2 with one message when it could not run."""
    logs_to_stderr_when_there_are_any("WARNING")
    try:
        with system_heard():
            app()
    except Stopped as stopped:
        typer.echo(str(stopped), err=True)
        sys.exit(2)
    except BillingError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    finally:
        rest_given_up()
