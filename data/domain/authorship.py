"""Who changes something, and when: what every audited write is given."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class By:
    """The author of a change.

    Attributes:
        actor: A person's e-mail address, or the command line's user.
        at: The instant, aware.
    """

    actor: str
    at: datetime
