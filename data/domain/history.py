"""What the tiles said on earlier days: kept day by day, never reckoned back."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """The kept days, oldest first; a day on which nothing was kept is not there.

    Attributes:
        days: Each day with its figures.
    """

    days: tuple[tuple[date, Mapping[Figure, int]], ...] = ()

    def line(self, figure: Figure) -> tuple[tuple[date, int], ...]:
        """Return the kept values of a figure, oldest first."""
        return tuple((day, values[figure]) for day, values in self.days if figure in values)

    def before(self, figure: Figure, day: date) -> tuple[date, int] | None:
        """Return what a figure was at the end of a day, or of the last kept one near before it."""
        near = [
            (kept, value)
            for kept, value in self.line(figure)
            if day - timedelta(days=NEAR_DAYS) < kept <= day
        ]
        return near[-1] if near else None
