"""What every command is given: the clock, the settings and who runs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import typer

from data.domain.authorship import By
from data.opening import opened
from data.settings import Settings
from data.store.connect import Store


def _none_given() -> str:
    raise AssertionError("this program was given no source of secrets")


@dataclass(frozen=True)
class Context:
    """The world outside, as a command sees it.

    Attributes:
        clock: Tells the instant, aware.
        read_settings: Reads the settings; raises SettingsError naming every wrong one.
        actor: Who runs the command, for the audit log.
        new_secret: Gives a fresh random text.
    """

    clock: Callable[[], datetime]
    read_settings: Callable[[], Settings]
    actor: str
    new_secret: Callable[[], str] = _none_given

    def by(self) -> By:
        """Return the author of what happens now."""
        return By(self.actor, self.clock())

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store that the settings name, and close it at the end."""
        store = opened(self.read_settings())
        try:
            yield store
        finally:
            store.close()


def context(ctx: typer.Context) -> Context:
    """Return what the main program handed to the command."""
    found = ctx.find_object(Context)
    if found is None:
        raise AssertionError("the commands run below data/__main__.py")
    return found
