"""What became of one line of a file that made no call."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, select

from data.store.schema import calls, cdr_files, duplicates, ignored_lines, rejections


class Ending(StrEnum):
    """How a line ends that makes no call."""

    REJECTED = "rejected"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class LineEnd:
    """How a line ended.

    Attributes:
        ending: As what.
        reason: Why, as stored; empty for a duplicate.
        call: File, its name and line of the call that a duplicate repeats; none: it is kept no
            more, or the line is no duplicate.
    """

    ending: Ending
    reason: str = ""
    call: tuple[int, str, int] | None = None


def line_end(conn: Connection, file_id: int, line: int) -> LineEnd | None:
    """Return how a line ended; none: it made a call, or the file has no such line."""
    for table, ending in ((rejections, Ending.REJECTED), (ignored_lines, Ending.IGNORED)):
        of_line = (table.c.file_id == file_id, table.c.line == line)
        reason = conn.execute(select(table.c.reason).where(*of_line)).scalar_one_or_none()
        if reason is not None:
            return LineEnd(ending, reason)
    same = and_(
        calls.c.started_at == duplicates.c.started_at, calls.c.call_key == duplicates.c.call_key
    )
    repeated = (
        select(calls.c.file_id, cdr_files.c.name, calls.c.line)
        .select_from(
            duplicates.outerjoin(calls, same).outerjoin(
                cdr_files, cdr_files.c.id == calls.c.file_id
            )
        )
        .where(duplicates.c.file_id == file_id, duplicates.c.line == line)
    )
    row = conn.execute(repeated).one_or_none()
    if row is None:
        return None
    return LineEnd(Ending.DUPLICATE, call=None if row[0] is None else (row[0], row[1], row[2]))
