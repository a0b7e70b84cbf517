"""Which earlier file a file seems to correct: it repeats that one's calls, of the same time."""

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from data.store.schema import calls, cdr_files, duplicates


class Corrected(NamedTuple):
    """An earlier file.

    Attributes:
        file_id: Its number.
        name: What it is called.
        lines: How many of its calls the later file repeats.
    """

    file_id: int
    name: str
    lines: int


def seemingly_corrected(conn: Connection, file_id: int) -> Corrected | None:
    """Return the file most of whose calls a file repeats, if it has none before or after those.

    Overlapping exports go beyond each other; a corrected file is of the same time.
    """
    later, earlier = cdr_files.alias(), cdr_files.alias()
    lines = func.count().label("lines")
    query = (
        select(earlier.c.id, earlier.c.name, lines)
        .join_from(
            duplicates,
            calls,
            and_(
                calls.c.started_at == duplicates.c.started_at,
                calls.c.call_key == duplicates.c.call_key,
            ),
        )
        .join(earlier, earlier.c.id == calls.c.file_id)
        .join(later, later.c.id == duplicates.c.file_id)
        .where(
            duplicates.c.file_id == file_id,
            earlier.c.id != file_id,
            earlier.c.first_call_at <= later.c.first_call_at,
            earlier.c.last_call_at >= later.c.last_call_at,
        )
        .group_by(earlier.c.id, earlier.c.name)
        .order_by(lines.desc())
    )
    row = conn.execute(query).first()
    return None if row is None else Corrected(*row)
