"""Files that are appended to: how far each was read."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from data.store.schema import cdr_files, growing_offsets, sources

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


@dataclass(frozen=True)
class Followed:
    """A growing file of which calls were loaded.

    Attributes:
        file_id: The file.
        name: As it was first met.
        source_id: Its source.
        source_name: What that is called.
        offset_bytes: Everything before it was read.
        fingerprint: SHA-256 of the file's first bytes.
    """

    file_id: int
    name: str
    source_id: int
    source_name: str
    offset_bytes: int
    fingerprint: str


def followed(conn: Connection, *, besides: int | None) -> list[Followed]:
    """Return the growing files of which calls were loaded, but for those of one source."""
    rows = conn.execute(_FOLLOWED, {"besides": besides or 0}).mappings()
    return [Followed(**dict(row)) for row in rows]


_COLUMNS = [growing_offsets.c[name] for name in Growth.__dataclass_fields__]
_BY_FILE = select(*_COLUMNS).where(growing_offsets.c.file_id == bindparam("of_file"))
_FOLLOWED = (
    select(
        cdr_files.c.id.label("file_id"),
        cdr_files.c.name,
        sources.c.id.label("source_id"),
        sources.c.name.label("source_name"),
        growing_offsets.c.offset_bytes,
        growing_offsets.c.fingerprint,
    )
    .join_from(growing_offsets, cdr_files, cdr_files.c.id == growing_offsets.c.file_id)
    .join(sources, sources.c.id == cdr_files.c.source_id)
    .where(cdr_files.c.loaded > 0, sources.c.id != bindparam("besides"))
    .order_by(cdr_files.c.id)
)
