"""Files that are appended to: how far each was read."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from data.store.schema import growing_offsets

ROTATED = " (rotated, file "
"""In the path of a growing file that no longer lies where it lay, and was not found elsewhere."""


@dataclass(frozen=True)
class Growth:
    """How far a growing file was read.

    Attributes:
        file_id: The file.
        path: Where it lies, as a location.
        offset_bytes: Everything before it was read; a line begins there.
        next_line: The number of that line.
        fingerprint: SHA-256 of the file's first bytes: it is still the same file.
    """

    file_id: int
    path: str
    offset_bytes: int
    next_line: int
    fingerprint: str


def growths(conn: Connection) -> list[Growth]:
    """Return every growing file, by number."""
    query = select(*_COLUMNS).order_by(growing_offsets.c.file_id)
    return [Growth(**dict(row)) for row in conn.execute(query).mappings()]


def growth(conn: Connection, file_id: int) -> Growth | None:
    """Return how far a file was read; none when it is no growing one."""
    row = conn.execute(_BY_FILE, {"of_file": file_id}).mappings().first()
    return None if row is None else Growth(**dict(row))


_COLUMNS = [growing_offsets.c[name] for name in Growth.__dataclass_fields__]
_BY_FILE = select(*_COLUMNS).where(growing_offsets.c.file_id == bindparam("of_file"))
