"""Being asked to stop: work is put back as it was, and nothing is lost."""

from collections.abc import Callable

from data.domain.errors import BillingError

Stopping = Callable[[], bool]
"""Tells whether the process was asked to stop (SIGTERM, Ctrl-C, SIGHUP)."""


class Stopped(BillingError):
    """The ingest was asked to stop; the file in work goes back to waiting."""


def never() -> bool:
    """Tell that nobody asks to stop."""
    return False


def unless_stopped(stopping: Stopping) -> None:
    """Go on, or not.

    Raises:
        Stopped: The process was asked to stop.
    """
    if stopping():
        raise Stopped("Stopped as asked.")
