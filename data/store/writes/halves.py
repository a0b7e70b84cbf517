"""What happens to halves of calls: kept with their file, met by those of other files."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, insert, not_, or_, select, update

from data.domain.halves import Half, HalfKind
from data.domain.periods import EPOCH, day_start
from data.domain.records import FileStatus
from data.store.queries.files import CdrFile
from data.store.queries.growing import ROTATED
from data.store.queries.halves import halves_elsewhere
from data.store.queries.retention import calls_expired_before
from data.store.queries.sources import source
from data.store.queries.tenant import the_tenant
from data.store.schema import cdr_files, growing_offsets, open_halves

_AT_ONCE = 10_000

_OF_FILE = select(open_halves.c.pair_key, open_halves.c.kind, open_halves.c.moment).where(
    open_halves.c.file_id == bindparam("of_file")
)


def halves_kept(
    conn: Connection, file: CdrFile, source_id: int, halves: Sequence[Half]
) -> frozenset[Half]:
    """Keep a file's halves; files whose halves they meet, or met before, are processed again.

    Returns:
        The halves elsewhere that meet them now.
    """
    before = _of_file(conn, file.id)
    if not before and not halves:
        return frozenset()
    conn.execute(delete(open_halves).where(open_halves.c.file_id == file.id))
    for start in range(0, len(halves), _AT_ONCE):
        some = halves[start : start + _AT_ONCE]
        conn.execute(insert(open_halves), [_row(half, file.id, source_id) for half in some])
    keys = {half.pair_key for half in halves}
    changed = keys
    if before:
        after = {(half.pair_key, half.kind, half.moment) for half in halves}
        changed = {key for key, _, _ in before ^ after}
    met = halves_elsewhere(conn, source(conn, source_id).name, file.id, keys | changed)
    _sent_back(conn, {half.file_id for half in met if half.pair_key in changed})
    return frozenset(half for half in met if half.pair_key in keys)


def _row(half: Half, file_id: int, source_id: int) -> dict[str, object]:
    return {
        "file_id": file_id,
        "source_id": source_id,
        "line": half.line,
        "pair_key": half.pair_key,
        "kind": half.kind,
        "moment": half.moment,
    }


def halves_let_go(conn: Connection, file: CdrFile) -> None:
    """Forget the halves of a file that is withdrawn; files that they met are processed again."""
    if file.source_id is not None:
        halves_kept(conn, file, file.source_id, ())


def read_too_early(conn: Connection, file_id: int) -> None:
    """Send a file back that was read before another one of its source brought halves."""
    _sent_back(conn, {file_id})


def _of_file(conn: Connection, file_id: int) -> set[tuple[int, HalfKind, str]]:
    found = conn.execute(_OF_FILE, {"of_file": file_id})
    return {(key, HalfKind(kind), moment) for key, kind, moment in found}


def _kept_from(conn: Connection) -> datetime:
    """Return from when on retention has left every call; files before it are not read again."""
    day = calls_expired_before(conn)
    return EPOCH if day is None else day_start(day, the_tenant(conn).zone)


def _sent_back(conn: Connection, file_ids: Collection[int]) -> None:
    """Send files back to waiting; one in work looks at what it missed when it is done."""
    c, growing = cdr_files.c, growing_offsets.c
    for file_id in sorted(file_ids):
        conn.execute(
            update(cdr_files)
            .where(
                c.id == file_id,
                c.status == FileStatus.SUCCESS,
                c.withdrawn_at.is_(None),
                c.expired_at.is_(None),  # retention left nothing of it to read
                or_(c.first_call_at.is_(None), c.first_call_at >= _kept_from(conn)),
                not_(exists().where(growing.file_id == c.id, growing.path.contains(ROTATED))),
            )
            .values(status=FileStatus.WAITING)
        )
