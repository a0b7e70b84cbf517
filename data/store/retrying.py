"""Doing a whole transaction again when another program's was in its way."""

from collections.abc import Callable
from typing import TypeVar

from data.domain.errors import StoreConflict

T = TypeVar("T")
TRIES = 3


def retried(change: Callable[[], T]) -> T:
    """Do what begins and ends a write transaction of its own, up to three times.

    Our own writers queue and never collide. On PostgreSQL another program's transaction may end
    ours by a deadlock; it was rolled back, so that doing it again does it once.

    Raises:
        StoreConflict: It collided each time; nothing was changed.
    """
    for _ in range(TRIES - 1):
        try:
            return change()
        except StoreConflict:
            continue
    return change()
