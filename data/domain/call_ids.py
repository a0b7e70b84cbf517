"""The name of one call as text: what a URL, a grid and a command line can carry."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.domain.periods import EPOCH

_KEY_RANGE = 1 << 64
_FORM = re.compile(r"(-?\d{1,15})-([0-9a-f]{16})")


@dataclass(frozen=True)
class CallId:
    """Which call; its text is milliseconds since 1970 and the key as 16 hexadecimal digits.

    Attributes:
        started_at: When it started, aware.
        call_key: 64 bits with a sign, as stored; more than a browser's numbers hold.
    """

    started_at: datetime
    call_key: int

    def __str__(self) -> str:
        """Return the text form."""
        ms = (self.started_at - EPOCH) // timedelta(milliseconds=1)
        return f"{ms}-{self.call_key % _KEY_RANGE:016x}"


def call_id(text: str) -> CallId:
    """Read the text form back.

    Raises:
        ValueError: It is not one.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no call")
    key = int(found[2], 16)
    try:
        started_at = EPOCH + timedelta(milliseconds=int(found[1]))
    except OverflowError:
        raise ValueError(f"{text!r} names no call") from None
    return CallId(started_at, key - _KEY_RANGE if key >= _KEY_RANGE // 2 else key)
