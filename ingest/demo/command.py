"""What `python -m ingest demo` does: a fictional reseller into the store, and files that go on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data.domain.authorship import By
from data.opening import opened, opened_or_founded
from data.settings import Settings
from data.store.connect import Store
from data.store.writes.users import first_admin
from ingest.claim import Holder
from ingest.context import Ingest
from ingest.demo.arriving import delivered, fresh_files
from ingest.demo.story import ACTOR, Plot, Reseller, demo_is_there, lived_through
from ingest.run import run

EMAIL = "admin@example.com"
DEFAULT = Plot()
EVERY_S = 20.0
FOR = timedelta(hours=4)
"""So long files keep arriving; then the demo rests, so that a forgotten one fills no disk."""


@dataclass(frozen=True)
class Outside:
    """What is read from outside the process.

    Attributes:
        clock: The present, aware.
        new_secret: A fresh random text.
        rng: The seeded chance that the demo is drawn from.
        tell: Says a line to the person.
    """

    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    rng: np.random.Generator
    tell: Callable[[str], None]


def demo_made(settings: Settings, outside: Outside, plot: Plot = DEFAULT) -> None:
    """Put the demo into the store that the settings name, or say that it is there.

    Raises:
        Refused: The store is somebody's own.
        StoreError: There is no store and none may be made here.
    """
    began = outside.clock()
    store = opened_or_founded(settings, began)
    try:
        if demo_is_there(store):
            outside.tell("The demo is in the store already; nothing was doubled.")
        else:
            papers = settings.var / "demo"
            lived_through(Reseller(store, settings, papers, outside.rng, plot), began, outside.tell)
            took_s = (outside.clock() - began).total_seconds()
            outside.tell(f"The demo is ready, {took_s:.0f} s.")
        _login_told(store, settings, outside)
    finally:
        store.close()


def _login_told(store: Store, settings: Settings, outside: Outside) -> None:
    password = outside.new_secret()
    with store.writing() as conn:
        new = first_admin(conn, By(ACTOR, outside.clock()), password=password, email=EMAIL)
    where = f"http://{settings.host}:{settings.port}"
    if new:
        outside.tell(f"Log in at {where} as {EMAIL} with the password {password}")
        outside.tell("It is shown this once.")
    else:
        outside.tell(
            f"Log in at {where} as before; a new password: python -m data user reset {EMAIL}"
        )


def kept_arriving(settings: Settings, outside: Outside, rest: Callable[[float], None]) -> None:
    """Bring fresh files and process what waits, round after round, for some hours.

    Args:
        settings: Where the demo is.
        outside: The clock, and chance.
        rest: Waits between two rounds; may raise to end it.
    """
    until = outside.clock() + FOR
    store = opened(settings)
    holder = Holder(f"demo-{outside.clock():%Y%m%d%H%M%S}", settings.work_dir / "holders")
    ingest = Ingest(store, settings, outside.clock, holder)
    try:
        while outside.clock() < until:
            rest(EVERY_S)
            run(ingest)
            for file in fresh_files(outside.clock(), outside.rng):
                delivered(settings.inbox_dir, file)
    finally:
        store.close()
