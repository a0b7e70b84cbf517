"""What happens to files that are appended to."""

from dataclasses import replace

from sqlalchemy import Connection, delete, insert, update

from data.store.queries.growing import Growth
from data.store.schema import cdr_files, growing_offsets


def growth_recorded(conn: Connection, growth: Growth) -> None:
    """Record how far a growing file was read, and where it lies."""
    conn.execute(delete(growing_offsets).where(growing_offsets.c.file_id == growth.file_id))
    conn.execute(insert(growing_offsets).values(**vars(growth)))
    conn.execute(
        update(cdr_files)
        .where(cdr_files.c.id == growth.file_id)
        .values(stored_bytes=growth.offset_bytes, location=growth.path)
    )


def growth_ended(conn: Connection, file_id: int) -> None:
    """Forget a growing file whose rest can no longer be found; what was read stays."""
    conn.execute(delete(growing_offsets).where(growing_offsets.c.file_id == file_id))


def growth_tried(conn: Connection, file_id: int, size_bytes: int) -> None:
    """Record how much of a growing file was looked at in vain."""
    conn.execute(update(cdr_files).where(cdr_files.c.id == file_id).values(stored_bytes=size_bytes))


def growth_begun_again(conn: Connection, growth: Growth) -> None:
    """Have a growing file read from its beginning."""
    growth_recorded(conn, replace(growth, offset_bytes=0, next_line=1, fingerprint=""))
