"""What is written into a store that was just restored from a backup."""

from sqlalchemy import Connection, delete

from data.domain.authorship import By
from data.store.schema import sessions
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised


def store_restored(conn: Connection, by: By, backup_name: str) -> None:
    """End all sessions, for the backup may revive ended ones, and note the restore."""
    conn.execute(delete(sessions))
    audited(conn, by, Audit("store_restored", "store", after={"backup": backup_name}))
    version_raised(conn, by.at)
