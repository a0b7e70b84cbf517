"""Backup and restore: a verified copy of the store while it is used, and the way back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from data.domain.authorship import By
from data.domain.errors import NotOurStore, Refused, StoreDamaged
from data.store.connect import Store, engines
from data.store.postgresql_dump import dumped
from data.store.queries.health import BACKED_UP
from data.store.queries.versions import newest_version
from data.store.revisions import stored_revision
from data.store.sqlite_engine import FOREIGN, STORE_MODE, refuse_no_file, sqlite_path
from data.store.sqlite_file import (
    Condition,
    condition,
    copied,
    held_alone,
    opened_read_only,
    put_back,
    set_aside,
    synced,
)
from data.store.writes.restores import store_restored
from data.store.writes.settings import setting_kept

ON_POSTGRESQL = (
    "The store is on a database server, which brings a backup back itself. Stop the page and the "
    "ingest, then: pg_restore --clean --if-exists --no-owner --exit-on-error --single-transaction "
    "--dbname=ADDRESS FILE. Nothing was done."
)


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        found: The backup, as looked over.
        kept: Where what stood there before is kept; none when nothing stood there.
    """

    found: Condition
    kept: Path | None


def backup_name(store: Store, now: datetime) -> str:
    """Return the name of a backup that is made now: sorts by time."""
    return f"tollboard-{_stamp(now)}{'.dump' if sqlite_path(store.url) is None else '.db'}"


def backup_target(store: Store, path: str, now: datetime) -> Path:
    """Return the file that a backup made now is written to: the one named, or one in that folder.

    Raises:
        Refused: A path that ends as folders do names none; where its disk is not mounted, a file
            of that name would be taken for a backup and lie on the wrong disk.
    """
    named = Path(path)
    if named.is_dir():
        return named / backup_name(store, now)
    if path.endswith(("/", "/.")):
        raise Refused(
            f"There is no folder {named}; nothing was written. Make it, or mount the disk that it "
            "is on."
        )
    return named


def backed_up(store: Store, target: Path) -> Condition:
    """Copy the store into a new file while others read and write it, and verify the copy.

    The file has its name only once it is complete and found sound.

    Raises:
        Refused: The target exists, or the folder that its folder would be made in does not; or the
            store is on a server and its pg_dump is not here.
        StoreDamaged: The store, and so its copy, is damaged.
        CopyUnwritable: There is no room.
    """
    if target.exists():
        raise Refused(f"{target} exists already and was left alone. Name another file.")
    if not target.parent.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}; nothing was written. Make it first.")
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_name(f"{target.name}.partial")
    unfinished.unlink(missing_ok=True)
    found = _copied(store, unfinished) if sqlite_path(store.url) else _dumped(store, unfinished)
    unfinished.rename(target)
    synced(target)
    return found


def _copied(store: Store, unfinished: Path) -> Condition:
    """Copy a store's file and look the copy over."""
    with store.readers.connect() as conn:
        copied(conn.connection.driver_connection, unfinished)
    found = condition(unfinished)
    if found.problems:
        unfinished.unlink()
        raise StoreDamaged(str(sqlite_path(store.url)), "; ".join(found.problems))
    return found


def _dumped(store: Store, unfinished: Path) -> Condition:
    """Have a store's server dumped; the dump holds at least what was there when it began."""
    with store.snapshot() as conn:
        before = newest_version(conn)
        revision = stored_revision(conn)
    dumped(store.url, unfinished)
    size_bytes = unfinished.stat().st_size
    return Condition(revision, before.version, before.changed_at, size_bytes, ())


def backup_noted(store: Store, now: datetime) -> None:
    """Remember in the store when it was backed up, for the doctor."""
    with store.writing() as conn:
        setting_kept(conn, BACKED_UP, now.isoformat())


def restored(url: str, backup: Path, by: By, *, discard_newer: bool) -> Restored:
    """Put a verified backup in the place of the store; what stood there is kept beside it.

    All sessions end, because a backup may revive ones that were ended since.

    Raises:
        Refused: The store is not on SQLite, or holds newer data and that was not waived; or there
            is no file of that name, or it is the store's own.
        StoreInUse: A process has the store open.
        StoreMisplaced: What stands in the store's place is no file.
        CopyUnwritable: There is no room.
        StoreDamaged: The backup is not sound.
        NotOurStore: The backup, or what stands in the store's place, is another program's.
    """
    path = sqlite_path(make_url(url))
    if path is None:
        raise Refused(ON_POSTGRESQL)
    if not backup.is_file():
        meant = "; name the one in that folder" if backup.is_dir() else ""
        raise Refused(f"There is no backup file {backup}{meant}. The store was left as it is.")
    refuse_no_file(path)
    if path.exists() and path.samefile(backup):
        raise Refused(
            f"{backup} is the store itself, not a copy of it. Nothing was changed; name a file "
            "that backup made."
        )
    found = condition(backup)
    if found.problems:
        raise StoreDamaged(str(backup), "; ".join(found.problems))
    standing = _standing(path)
    if standing is not None and not discard_newer:
        _refuse_newer(standing, found)
    kept = _replaced(path, backup, standing, by.at)
    _finished(url, backup, by)
    return Restored(found, kept)


def _standing(path: Path) -> Condition | None:
    """Return what stands in the store's place; none if nothing, or nothing that can be read."""
    if not path.exists():
        return None
    try:
        found = condition(path)
    except NotOurStore as error:
        if error.why == FOREIGN:
            raise
        return None
    return None if found.problems else found


def _refuse_newer(standing: Condition, found: Condition) -> None:
    if standing.version > found.version:
        raise Refused(
            f"The store holds newer data ({standing.data}) than the backup ({found.data}). "
            "Nothing was changed; give --discard-newer to go back all the same."
        )


def _replaced(path: Path, backup: Path, standing: Condition | None, now: datetime) -> Path | None:
    aside = path.with_name(f"{path.name}.before-restore-{_stamp(now)}")
    with opened_read_only(backup) as good:
        if standing is not None:
            with held_alone(path) as alone:
                copied(alone, aside)
                put_back(good, alone, path)
            return aside
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.restore")
        unfinished.unlink(missing_ok=True)
        copied(good, unfinished, mode=STORE_MODE)
    damaged = path.exists()
    if damaged:
        set_aside(path, aside)
    unfinished.rename(path)
    synced(path)
    return aside if damaged else None


def _finished(url: str, backup: Path, by: By) -> None:
    store = engines(make_url(url))
    try:
        with store.writing() as conn:
            store_restored(conn, by, backup.name)
    finally:
        store.close()


def _stamp(now: datetime) -> str:
    return now.strftime("%Y%m%dT%H%M%SZ")
