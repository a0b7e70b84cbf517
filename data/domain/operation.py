"""What an operator watches: how the ingest and the store do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.domain.records import FileStatus, LineCounts


@dataclass(frozen=True)
class SourceLag:
    """How long a source has been silent.

    Attributes:
        source: Its name.
        lag: Since its newest file was received.
        late: It should have delivered by now, as declared or by its usual rhythm.
    """

    source: str
    lag: timedelta
    late: bool


@dataclass(frozen=True)
class OperatingFigures:
    """The figures of one moment, read in one snapshot.

    Attributes:
        as_of: When they were read.
        files: How many CDR files are in each state, in the order of the states.
        lines: How the lines of all files ended.
        lags: Every source in use that has delivered, in name order.
        newest_call_at: Start of the newest call; none without calls.
        oldest_waiting_at: Receipt of the oldest file that waits; none when none waits.
        changed_at: When the data last changed; none before the first change.
        version: The data version.
        kept_bytes: Size of the CDR files kept, as stored.
    """

    as_of: datetime
    files: tuple[tuple[FileStatus, int], ...]
    lines: LineCounts
    lags: tuple[SourceLag, ...]
    newest_call_at: datetime | None
    oldest_waiting_at: datetime | None
    changed_at: datetime | None
    version: int
    kept_bytes: int


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor looked at.

    Attributes:
        check: Which check it belongs to: settings, folders, disk, store, ...
        level: How bad it is.
        text: What was found, for a person.
        action: What to do about it; empty when nothing is to do.
    """

    check: str
    level: Level
    text: str
    action: str = ""


def exit_status(findings: Sequence[Finding]) -> int:
    """Return 0 when all is well, 1 when something wants a look, 2 when something cannot work."""
    levels = {finding.level for finding in findings}
    if Level.ERROR in levels:
        return 2
    return int(Level.WARNING in levels)
