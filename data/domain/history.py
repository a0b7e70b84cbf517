"""What the tiles said on earlier days: kept day by day, never reckoned back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

NEAR_DAYS = 7
"""A day that was not kept is stood for by the newest kept one of the week before it."""


class Figure(StrEnum):
    """What is kept of the tiles, by the names of the store."""

    UNPAID = "unpaid_micros"
    DRAFTS = "drafts"
    CUSTOMERS = "customers"
    SUCCESS = "files_success"
    ERROR = "files_error"
    WAITING = "files_waiting"
    DISK = "disk_bytes"
    TICKETS = "tickets"


@dataclass(frozen=True)
class TileHistory:
    """The kept values; a day on which nothing was kept is not there.

    Attributes:
        lines: Of each figure, its days and values, oldest first.
    """

    lines: Mapping[Figure, Sequence[tuple[date, int]]] = field(default_factory=dict)

    def line(self, figure: Figure) -> tuple[tuple[date, int], ...]:
        """Return the kept values of a figure, oldest first."""
        return tuple(self.lines.get(figure, ()))

    def before(self, figure: Figure, day: date) -> tuple[date, int] | None:
        """Return what a figure was at the end of a day, or of the last kept one near before it."""
        kept = next((each for each in reversed(self.line(figure)) if each[0] <= day), None)
        return kept if kept and kept[0] > day - timedelta(days=NEAR_DAYS) else None
