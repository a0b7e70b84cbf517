"""Printing what was done: nobody who stops reading, and no full disk, stops the work."""

import os
import sys
from contextlib import suppress

import typer

_lost: list[OSError] = []


def printed(text: str, *, err: bool = False) -> None:
    """Print a line if it can be printed; that it cannot is said once, on stderr."""
    try:
        typer.echo(text, err=err)
    except OSError as error:
        if not _lost:
            _lost.append(error)
            said = f"What was done could not be printed ({error.strerror}). The work goes on."
            with suppress(OSError):
                typer.echo(said, err=True)


def rest_given_up() -> None:
    """Let nothing that was not printed by now change how the program ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # closed before the program began
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
