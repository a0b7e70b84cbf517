"""Lines whose calls are on recorded invoices, while their file is loaded again: the calls stay.

Whatever a new reading makes of such a line, its call is neither sold a second time nor taken off
its invoice: the line counts as loaded, and what it would be now is told as a difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
)

from data.domain.records import MatchState, RateState
from data.store.queries.differences import difference_sums
from data.store.schema import call_rows, ignored_lines, invoiced_differences, rejections
from data.store.staged import StagedPart, staged_calls, staged_ignored, staged_rejections
from data.store.types import Instant, Word
from data.store.upsert import inserted_if_new
from data.store.writes.parts import Frozen

REJECTED, IGNORED, NO_LINE = "rejected: ", "ignored: ", "no line"

invoiced_lines = Table(
    "lines_on_invoices",
    MetaData(),
    Column("started_at", Instant, primary_key=True),
    Column("call_key", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, nullable=False, index=True),
    prefixes=["TEMPORARY"],
)
"""For one transaction: the calls of the file in work that stay, by the line that made each."""


def lines_kept(conn: Connection, recorded: "Iterable[Select[Any]]") -> int:
    """Keep the calls that stay (started_at, call_key, line) until `lines_let_go`; how many."""
    invoiced_lines.create(conn)
    names = [column.name for column in invoiced_lines.c]
    for some in recorded:
        conn.execute(insert(invoiced_lines).from_select(names, some))
    return _kept(conn)


def lines_let_go(conn: Connection) -> None:
    """Forget the calls that stay."""
    invoiced_lines.drop(conn)


def _kept(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(invoiced_lines)).scalar_one())


def stays() -> ColumnElement[bool]:
    """Return the condition that a call is one that stays."""
    same = and_(
        invoiced_lines.c.started_at == call_rows.c.started_at,
        invoiced_lines.c.call_key == call_rows.c.call_key,
    )
    return exists().where(same)


@dataclass(frozen=True)
class Restored:
    """Lines that count as loaded although they made no call, or another one, this time.

    Attributes:
        rejected: How many had been rejected.
        ignored: How many had been ignored, the ones set aside included.
        missing: How many calls have no line any more.
        frozen: All calls that stay.
    """

    rejected: int = 0
    ignored: int = 0
    missing: int = 0
    frozen: Frozen = field(default_factory=Frozen)


def lines_restored(
    conn: Connection, file_id: int, parts: Sequence[StagedPart], own: int
) -> Restored:
    """Let the lines of calls that stay count as loaded, and keep what they would be now.

    Args:
        conn: The transaction that took the file's parts in.
        file_id: The file.
        parts: Its parts, all taken in.
        own: How many of the calls that stay its lines made again.
    """
    kept = _kept(conn)
    rejected = _taken_from(conn, rejections, file_id, REJECTED)
    ignored = _taken_from(conn, ignored_lines, file_id, IGNORED)
    missing = kept - own - rejected - ignored
    if missing:
        _without_line(conn, file_id, parts)
    sums = difference_sums(conn, [file_id])
    return Restored(rejected, ignored, missing, Frozen(kept, sums.calls, sums.moved_micros))


def _taken_from(conn: Connection, table: Table, file_id: int, word: str) -> int:
    """Take the lines of calls that stay out of a table of lines; return how many were there."""
    on_line = and_(table.c.file_id == file_id, table.c.line == invoiced_lines.c.line)
    _no_call_now(
        conn, file_id, invoiced_lines.join(table, on_line), literal(word).concat(table.c.reason)
    )
    named = select(invoiced_lines.c.line)
    gone = delete(table).where(table.c.file_id == file_id, table.c.line.in_(named))
    return int(conn.execute(gone).rowcount)


def _without_line(conn: Connection, file_id: int, parts: Sequence[StagedPart]) -> None:
    """Keep that some calls have no line any more: the file is cut into lines otherwise now."""
    for part in parts:
        for staged in _staged(part):
            there = select(staged.c.line + part.lines_before)
            conn.execute(delete(invoiced_lines).where(invoiced_lines.c.line.in_(there)))
    _no_call_now(conn, file_id, invoiced_lines, literal(NO_LINE))


def _staged(part: StagedPart) -> list[Table]:
    """Return the tables of a part that there are."""
    tables = {staged_calls: part.calls, staged_rejections: part.rejected}
    tables[staged_ignored] = part.ignored
    return [table(part) for table, rows in tables.items() if rows]


def _no_call_now(
    conn: Connection, file_id: int, lines: FromClause, line_now: ColumnElement[str]
) -> None:
    """Keep that lines make no call now; of one that would make another call that is kept."""
    kept = invoiced_lines.c
    values: dict[str, ColumnElement[Any]] = {
        "started_at": kept.started_at,
        "call_key": kept.call_key,
        "file_id": literal(file_id),
        "match_state": literal(MatchState.UNMATCHED, Word(MatchState)),
        "rate_state": literal(RateState.UNRATED, Word(RateState)),
        "line_now": line_now,
    }
    query = select(*(value.label(name) for name, value in values.items())).select_from(lines)
    inserted_if_new(conn, invoiced_differences, query.where(true()))
