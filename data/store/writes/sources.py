"""What happens to sources."""

from datetime import datetime

from sqlalchemy import Connection, insert

from data.store.queries.sources import Source, built_in_source, source_of_folder
from data.store.schema import sources


def source_of_folder_met(conn: Connection, folder: str, now: datetime) -> Source:
    """Return the source of a sub-folder, made under the folder's name at its first file."""
    found = source_of_folder(conn, folder)
    if found is None:
        conn.execute(insert(sources).values(name=folder, folder=folder, created_at=now))
        found = source_of_folder(conn, folder)
    if found is None:
        raise AssertionError("the source was made above")
    return found


def built_in_source_met(conn: Connection, profile: str, now: datetime) -> Source:
    """Return the built-in source of a profile, made at the first file that it recognises."""
    found = built_in_source(conn, profile)
    if found is None:
        conn.execute(insert(sources).values(name=profile, profile=profile, created_at=now))
        found = built_in_source(conn, profile)
    if found is None:
        raise AssertionError("the source was made above")
    return found
