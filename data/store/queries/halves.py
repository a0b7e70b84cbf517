"""Halves of calls that the files of a source hold."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from data.domain.halves import Half, HalfKind
from data.store.schema import open_halves, sources

_AT_ONCE = 10_000


def has_halves(conn: Connection, file_id: int) -> bool:
    """Tell whether a file holds halves of calls."""
    query = select(open_halves.c.line).where(open_halves.c.file_id == file_id).limit(1)
    return conn.execute(query).first() is not None


def halves_elsewhere(
    conn: Connection, source_name: str, file_id: int, pair_keys: Collection[int]
) -> tuple[Half, ...]:
    """Return the halves with some keys that other files of a source hold, by file and line."""
    c = open_halves.c
    found: list[Half] = []
    keys = sorted(pair_keys)
    for some in (keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE)):
        query = (
            select(c.pair_key, c.kind, c.moment, c.line, c.file_id)
            .join(sources, sources.c.id == c.source_id)
            .where(sources.c.name == source_name, c.pair_key.in_(some), c.file_id != file_id)
        )
        for key, kind, moment, line, file in conn.execute(query):
            found.append(Half(key, HalfKind(kind), moment, line, file))
    return tuple(sorted(found, key=lambda half: (half.file_id, half.line)))
