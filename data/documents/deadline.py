"""An end for conversations with servers of others, however slowly they speak."""

from collections.abc import Callable
from threading import Thread

from data.domain.errors import NotSent

DEADLINE_S = 60.0
"""Whoever sends a byte now and then never meets the timeout of a single read."""


def within_deadline(talk: Callable[[], None], server: str) -> None:
    """Carry a conversation through within `DEADLINE_S`, or give it up.

    Args:
        talk: Does it all, and raises what went wrong. Given up, it is left to itself: it ends with
            the process, or with the server, which may even take what it was given by then.
        server: Whom the message names.

    Raises:
        NotSent: It took too long, or `talk` says so.
    """
    wrong: list[BaseException] = []

    def carried() -> None:
        try:
            talk()
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            wrong.append(error)

    talking = Thread(target=carried, name="talk", daemon=True)
    talking.start()
    talking.join(DEADLINE_S)
    if talking.is_alive():
        raise NotSent(
            f"{server} was not done after {DEADLINE_S:g} s, and was not waited for longer."
        )
    if wrong:
        raise wrong[0]
