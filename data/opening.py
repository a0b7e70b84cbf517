"""Opening the store that the settings name, and making it on a first use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from data.domain.currencies import minor_digits_of
from data.domain.errors import NetworkFileSystem, SettingsError, StoreMissing
from data.mounts import NETWORK, file_system_of
from data.settings import Settings
from data.store.connect import Store, create_or_upgrade, open_store
from data.store.queries.tenant import tenant_is_missing
from data.store.sqlite_engine import sqlite_path
from data.store.writes.tenant import tenant_founded
from data.store.writes.versions import version_raised


def opened(settings: Settings, *, deadline_s: float = 0) -> Store:
    """Open the store; it must exist and be at this version's schema.

    Args:
        settings: Where it is.
        deadline_s: Longest a question may take, where people wait for it; 0: any time.

    Raises:
        StoreError: Naming what is wrong and the command that mends it.
    """
    _refuse_network(settings)
    return open_store(settings.store_url, deadline_s)


def _refuse_network(settings: Settings) -> None:
    path = sqlite_path(make_url(settings.store_url))
    kind = "" if path is None else file_system_of(path)
    if kind in NETWORK:
        raise NetworkFileSystem(str(path), kind)


def opened_or_founded(settings: Settings, now: datetime) -> Store:
    """Open the store, or make it with its folders and key where this is plainly a first use.

    A first use is: an address on loopback, and a var folder with neither store nor archive. There
    a store elsewhere that is used for the first time gets its key.

    Raises:
        StoreError: There is no store and this is not a first use, or the store cannot be used.
    """
    try:
        store = opened(settings)
    except StoreMissing:
        if not settings.may_create:
            raise
        return newly_founded(settings, now)
    if settings.may_create and not settings.has_key:
        settings.key_made()
    return store


def newly_founded(settings: Settings, now: datetime) -> Store:
    """Make a store that there is not yet; what it is founded with stays.

    Raises:
        SettingsError: There is no such currency, or a name is nearly a setting's: what it sets
            would be wrong for ever.
    """
    minor_digits_of(settings.currency)
    if settings.misspelt:
        raise SettingsError([*settings.misspelt, "Nothing was made."])
    return founded(settings, now)


def founded(settings: Settings, now: datetime) -> Store:
    """Make the store with its folders, key and tenant; what is there already stays."""
    _refuse_network(settings)
    folders = (settings.inbox_dir, settings.archive_dir, settings.work_dir)
    with _nothing_left(settings, settings.key_file, *folders):
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        if not settings.has_key:
            settings.key_made()
        settings.session_secret()
        return upgraded(settings, now)


@contextmanager
def _nothing_left(settings: Settings, *places: Path) -> Iterator[None]:
    """Take away again what was made for a store that could not be founded."""
    wanted = {above for place in places for above in (place, *place.absolute().parents)}
    new = [place for place in wanted if not os.path.lexists(place)]
    path = sqlite_path(make_url(settings.store_url))
    try:
        yield
    except BaseException:
        if path is None or not path.exists():  # another program may have founded it meanwhile
            for place in sorted(new, key=lambda each: len(each.absolute().parts), reverse=True):
                with suppress(OSError):
                    place.rmdir() if place.is_dir() else place.unlink(missing_ok=True)
        raise


def upgraded(settings: Settings, now: datetime) -> Store:
    """Bring the store to this version's schema; one that is new gets its tenant."""
    store = create_or_upgrade(settings.store_url)
    try:
        with store.writing() as conn:
            if tenant_is_missing(conn):
                tenant_founded(
                    conn, name="My company", currency=settings.currency, timezone=settings.timezone
                )
                version_raised(conn, now)
    except BaseException:
        store.close()
        raise
    return store
