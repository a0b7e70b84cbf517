"""A process that reads: loads what reading needs once, then is as many readers as asked.

Usage: python -m ingest.reading_process FD [FD ...], one end of a pipe per reader.

This process is the first reader, and the others are forked from it, so that what is loaded is
held once, and no process waits for nothing. A reader lives as long as the pipe to its owner.
"""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection

from data.domain.errors import FileError
from ingest.orders import Mistake
from ingest.reader import Reader

NICENESS = 5
"""Readers give way to the writer of the store, for which they would only have to wait."""


def main(descriptors: Sequence[str]) -> None:
    """Be the readers of these pipes until each ends."""
    for of_terminals in (signal.SIGINT, signal.SIGHUP):  # the owner decides when to stop
        signal.signal(of_terminals, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(NICENESS)
    pipes = [Connection(int(each)) for each in descriptors]
    reader = Reader()
    gc.freeze()  # what is loaded stays; looking through it for garbage would take time
    own = pipes[0]
    others: list[int] = []
    for pipe in pipes[1:]:
        other = os.fork()
        if other == 0:
            own, others = pipe, []
            break
        others.append(other)
    for pipe in pipes:
        if pipe is not own:
            pipe.close()  # or its owner would not notice the end of its reader
    serve(own, reader)
    for other in others:
        os.waitpid(other, 0)


def serve(orders: Connection, reader: Reader) -> None:
    """Carry out orders until the pipe ends; the life of a reader."""
    while True:
        try:
            order = orders.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            answer: object = reader.answer(order)
        except FileError as error:
            answer = error
        except Exception:  # noqa: BLE001  whatever it was, the owner must hear of it
            answer = Mistake(traceback.format_exc())
        try:
            orders.send(answer)
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # all is said and closed: nothing need be taken apart
