"""Stores just founded: one is made in each process of the tests, and copied for whoever needs one.

Making a store runs every migration, a quarter of a second; a copy of one takes a hundredth.
"""

import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from data.opening import founded, opened
from data.settings import Settings
from data.store.connect import Store
from data.store.schema import data_version
from tests.factories import LONG_AGO


@cache
def _just_founded(currency: str, timezone: str) -> "TemporaryDirectory[str]":
    folder = TemporaryDirectory(prefix="tollboard-founded-")
    var = Path(folder.name) / "var"
    settings = Settings(var=var, currency=currency, timezone=timezone, _env_file=None)
    founded(settings, LONG_AGO).close()
    return folder


def just_founded(settings: Settings, now: datetime) -> Store:
    """Return the store that `data.opening.founded` makes; tests of founding itself call that.

    Args:
        settings: With an empty var folder, and inbox and archive in it.
        now: When the store is founded.
    """
    if settings.database_url:
        return founded(settings, now)
    ours = _just_founded(settings.currency, settings.timezone)
    shutil.copytree(Path(ours.name) / "var", settings.var, dirs_exist_ok=True)
    store = opened(settings)
    with store.writing() as conn:
        conn.execute(update(data_version).values(changed_at=now))
    return store
