"""What is told at once outside the page: a file failed, a source is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.domain.dashboard import SourceRhythm


class AlertKind(StrEnum):
    """What happened."""

    FILE_FAILED = "file_failed"
    SOURCE_LATE = "source_late"


class Channel(StrEnum):
    """How it leaves; each channel is told once."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Alert:
    """One thing to tell.

    Attributes:
        kind: What happened.
        subject: What makes it this one; told once on each channel.
        at: When the file failed, or since when the source is late.
        source: The source's name; empty: the file was recognised as nobody's.
        file_id: The file that failed; none: a late source.
        file: Its name; empty: a late source.
        why: Why it failed; empty: a late source.
        last: When the source delivered last; none: a failed file.
    """

    kind: AlertKind
    subject: str
    at: datetime
    source: str
    file_id: int | None = None
    file: str = ""
    why: str = ""
    last: datetime | None = None

    @property
    def key(self) -> str:
        """Its name among all alerts."""
        return f"{self.kind}:{self.subject}"


def lateness(rhythms: Iterable[SourceRhythm], now: datetime) -> list[Alert]:
    """Return the sources that should have delivered by now; the next delivery ends a lateness."""
    return [
        Alert(
            AlertKind.SOURCE_LATE,
            subject=f"{rhythm.source}@{rhythm.last.isoformat()}",
            at=rhythm.due,
            source=rhythm.source,
            last=rhythm.last,
        )
        for rhythm in rhythms
        if rhythm.due < now
    ]
