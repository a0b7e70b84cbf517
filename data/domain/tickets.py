"""Help tickets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """How soon somebody should look at a ticket."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True)
class Ticket:
    """Something that a person asked to have looked at.

    Attributes:
        id: Its number.
        subject: One line.
        text: The rest.
        priority: How soon.
        opened_at: When.
        resolved_at: When it was resolved; none: it is open.
    """

    id: int
    subject: str
    text: str
    priority: Priority
    opened_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class NewTicket:
    """A ticket that somebody asks to be opened.

    Attributes:
        subject: One line.
        text: The rest.
        priority: How soon.
        token: Of the form, which opens it once; none: it is no form.
    """

    subject: str
    text: str = ""
    priority: Priority = Priority.NORMAL
    token: str | None = None
