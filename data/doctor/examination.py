"""The whole examination, in the order in which a person would mend what it finds."""

from collections.abc import Callable, Iterator
from datetime import datetime

from data.doctor.deep import deep_findings
from data.doctor.folders import (
    closed_findings,
    disk_findings,
    folder_findings,
    inbox_findings,
    secret_findings,
    written_findings,
)
from data.doctor.store import Examination, store_findings
from data.domain.errors import SettingsError
from data.domain.operation import Finding, Level
from data.settings import Settings


def findings(
    read_settings: Callable[[], Settings], now: datetime, *, deep: bool
) -> Iterator[Finding]:
    """Look at everything; with wrong settings there is nothing else to look at."""
    try:
        settings = read_settings()
    except SettingsError as error:
        for problem in error.problems:
            yield Finding("settings", Level.ERROR, problem, "mend it in the environment or in .env")
        return
    yield Finding("settings", Level.OK, "The settings can be read.")
    for said in settings.unknown:
        action = "write it as README.md lists it, or take it out of the environment and .env"
        yield Finding("settings", Level.WARNING, said, action)
    closed = list(closed_findings(settings))
    if closed:
        yield from closed
        return
    yield from folder_findings(settings)
    yield from written_findings(settings, now)
    yield from secret_findings(settings)
    yield from disk_findings(settings)
    yield from inbox_findings(settings)
    asked = Examination(settings, now, deep)
    yield from store_findings(asked)
    if deep:
        yield from deep_findings(asked)
