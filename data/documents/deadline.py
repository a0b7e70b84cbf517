"""An end for conversations with servers of others, however slowly they speak."""

from collections.abc import Callable
from threading import Thread

from data.domain.errors import NotSent

DEADLINE_S = 60.0
"""Whoever sends a byte now and then never meets the timeout of a single read."""


def within_deadline(talk: Callable[[], None], server: str, seconds: float | None = None) -> None:
    """Carry a conversation through, or give it up.

    Args:
        talk: Does it all, and raises what went wrong. Given up, it is left to itself: it ends with
            the process, or with the server, which may even take what it was given by then.
        server: Whom the message names.
        seconds: How long; none: `DEADLINE_S`.

    Raises:
        NotSent: It took too long, or `talk` says so.
    """
    wrong: list[BaseException] = []
    limit_s = DEADLINE_S if seconds is None else seconds

    def carried() -> None:
        try:
            talk()
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            wrong.append(error)

    talking = Thread(target=carried, name="talk", daemon=True)
    talking.start()
    talking.join(limit_s)
    if talking.is_alive():
        raise NotSent(f"{server} was not done after {limit_s:g} s, and was not waited for longer.")
    if wrong:
        raise wrong[0]
