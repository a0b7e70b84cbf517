"""One part of a CDR file, taken in from where its reader staged it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Table,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    update,
)

from data.domain.differences import ANOTHER_CALL
from data.domain.usage import CustomerUsage, DestinationUsage
from data.store.queries.usage import (
    CallRows,
    staged_customer_usage,
    staged_destination_usage,
)
from data.store.schema import (
    call_rows,
    duplicates,
    ignored_lines,
    invoiced_differences,
    rejections,
)
from data.store.staged import StagedPart, staged_calls, staged_ignored, staged_rejections
from data.store.upsert import inserted_if_new

FOLDED_LEG = "folded_leg"

_line_changes = Table(
    "line_changes",
    MetaData(),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("call_key", BigInteger),
    Column("folded", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class LineChange:
    """What the whole file says about one of its lines that the part it is in could not know.

    Attributes:
        line: Physical line in the file.
        call_key: Its key as the n-th of equal lines; none: as staged.
        folded: It is a leg of a call that another line stands for.
    """

    line: int
    call_key: int | None = None
    folded: bool = False


def changes_made(conn: Connection, changes: Sequence[LineChange]) -> None:
    """Set the changes of the file in work beside its parts, for this transaction only."""
    _line_changes.create(conn)
    if changes:
        conn.execute(insert(_line_changes), [vars(change) for change in changes])


def changes_dropped(conn: Connection) -> None:
    """Take the changes away again."""
    _line_changes.drop(conn)


def folded_legs_ignored(conn: Connection, file_id: int) -> None:
    """Record the legs that another line stands for as ignored, with the reason."""
    query = select(literal(file_id), _line_changes.c.line, literal(FOLDED_LEG)).where(
        _line_changes.c.folded
    )
    conn.execute(insert(ignored_lines).from_select(["file_id", "line", "reason"], query))


@dataclass(frozen=True)
class Frozen:
    """Lines whose calls are on recorded invoices: those keep customer and price.

    Attributes:
        calls: How many.
        differing: How many would have another customer or price now.
        difference_micros: What they would be charged now, less what they were.
    """

    calls: int = 0
    differing: int = 0
    difference_micros: int = 0

    def plus(self, other: "Frozen") -> "Frozen":
        """Return both together."""
        return Frozen(
            self.calls + other.calls,
            self.differing + other.differing,
            self.difference_micros + other.difference_micros,
        )


@dataclass(frozen=True)
class Loading:
    """The transaction that loads a file: which, under which version, with changed lines or not."""

    file_id: int
    version: int
    changed: bool


class PartTaken:
    """The statements that take one part in."""

    def __init__(self, loading: Loading, part: StagedPart) -> None:
        """Name the part's rows as the whole file sees them."""
        self._file_id, self._part = loading.file_id, part
        self._version, self._changed = loading.version, loading.changed
        self._staged = staged_calls(part)
        self._line = self._staged.c.line + part.lines_before
        self._key: ColumnElement[int] = self._staged.c.call_key
        self._rows: FromClause = self._staged
        self._kept: ColumnElement[bool] = true()
        if loading.changed:
            changes = _line_changes.c
            self._rows = self._staged.outerjoin(_line_changes, changes.line == self._line)
            self._key = func.coalesce(changes.call_key, self._staged.c.call_key)
            self._kept = or_(changes.folded.is_(None), not_(changes.folded))

    def calls_inserted(self, conn: Connection) -> int:
        """Insert the calls that are new; return how many."""
        staged = self._staged.c
        values: dict[str, ColumnElement[Any]] = {
            **{column.name: column for column in staged},
            "file_id": literal(self._file_id),
            "load_version": literal(self._version),
            "call_key": self._key,
            "line": self._line,
        }
        query = select(*(values[column.name].label(column.name) for column in call_rows.c))
        return inserted_if_new(conn, call_rows, query.select_from(self._rows).where(self._kept))

    def _present(self, *, own: bool) -> CallRows:
        """Return the rows whose call was there already: from another line, or from this very one.

        Only a call on a recorded invoice was there from this very line.
        """
        same = and_(
            call_rows.c.started_at == self._staged.c.started_at, call_rows.c.call_key == self._key
        )
        ours = and_(call_rows.c.file_id == self._file_id, call_rows.c.line == self._line)
        older = and_(ours, call_rows.c.load_version != self._version)
        rows = self._rows.join(call_rows, same)
        return CallRows(self._staged.c, rows, and_(self._kept, older if own else not_(ours)))

    def _folded(self) -> CallRows:
        """Return the legs that another line stands for."""
        folded = _line_changes.c.folded.is_(true()) if self._changed else false()
        return CallRows(self._staged.c, self._rows, folded)

    def folded_lines(self, conn: Connection) -> int:
        """Return how many of its lines are legs that another line stands for."""
        if not self._changed:
            return 0
        folded = self._folded()
        query = select(func.count()).select_from(folded.rows).where(folded.which)
        return int(conn.execute(query).scalar_one())

    def others_set_aside(self, conn: Connection, invoiced: Table) -> int:
        """Leave lines out that would make another call than the one they have on an invoice.

        Args:
            conn: The transaction, which has changes.
            invoiced: Calls that stay (started_at, call_key), by the line that made each.

        Returns:
            How many; what each would be is kept as a difference.
        """
        stays, staged = invoiced.c, self._staged.c
        rows = self._rows.join(invoiced, stays.line == self._line)
        other = or_(stays.started_at != staged.started_at, stays.call_key != self._key)
        there = CallRows(staged, rows, and_(self._kept, other))
        of_invoice = {"started_at": stays.started_at, "call_key": stays.call_key}
        self._differences_inserted(conn, there, {**of_invoice, "line_now": literal(ANOTHER_CALL)})
        lines = select(self._line.label("line"), literal(True).label("folded"))  # noqa: FBT003 (SQL)
        lines = lines.select_from(there.rows).where(there.which)
        new = inserted_if_new(conn, _line_changes, lines)
        changed = update(_line_changes).where(
            _line_changes.c.line.in_(lines.with_only_columns(self._line))
        )
        return new + int(conn.execute(changed.values(folded=True)).rowcount)

    def duplicates_inserted(self, conn: Connection) -> int:
        """Record the lines whose call is there already; return how many."""
        repeating = self._present(own=False)
        query = select(
            literal(self._file_id).label("file_id"),
            self._line.label("line"),
            self._staged.c.started_at.label("started_at"),
            self._key.label("call_key"),
        )
        return inserted_if_new(
            conn, duplicates, query.select_from(repeating.rows).where(repeating.which)
        )

    def frozen(self, conn: Connection) -> Frozen:
        """Return what became of lines whose call is on a recorded invoice, and so stayed.

        Those that would have another customer or price now are kept with what they would have.
        """
        there, staged = self._present(own=True), self._staged.c
        differs = or_(
            call_rows.c.charge_micros.is_distinct_from(staged.charge_micros),
            call_rows.c.customer_id.is_distinct_from(staged.customer_id),
        )
        differing = replace(there, which=and_(there.which, differs))
        self._differences_inserted(conn, differing, {"call_key": call_rows.c.call_key})
        change = func.coalesce(staged.charge_micros, 0) - func.coalesce(
            call_rows.c.charge_micros, 0
        )
        query = select(
            func.count(),
            func.coalesce(func.sum(case((differs, 1), else_=0)), 0),
            func.coalesce(func.sum(change), 0),
        )
        return Frozen(*conn.execute(query.select_from(there.rows).where(there.which)).one())

    def _differences_inserted(
        self, conn: Connection, differing: CallRows, also: Mapping[str, ColumnElement[Any]]
    ) -> None:
        """Keep what calls that stay would be now, as staged but for some columns."""
        staged = {column.name: column for column in self._staged.c}
        values = {**staged, "line_now": null(), **also, "file_id": literal(self._file_id)}
        names = [column.name for column in invoiced_differences.c]
        query = select(*(values[name].label(name) for name in names)).select_from(differing.rows)
        conn.execute(insert(invoiced_differences).from_select(names, query.where(differing.which)))

    def present_usage(self, conn: Connection, *, own: bool) -> list[CustomerUsage]:
        """Return what to take off the usage for lines whose call is there already."""
        return _taken(staged_customer_usage(conn, self._present(own=own)))

    def present_destinations(self, conn: Connection, *, own: bool) -> list[DestinationUsage]:
        """Return what to take off the usage by destination for such lines."""
        return _taken(staged_destination_usage(conn, self._present(own=own)))

    def folded_usage(self, conn: Connection) -> list[CustomerUsage]:
        """Return what to take off the usage for legs that another line stands for."""
        return _taken(staged_customer_usage(conn, self._folded()))

    def folded_destinations(self, conn: Connection) -> list[DestinationUsage]:
        """Return what to take off the usage by destination for such legs."""
        return _taken(staged_destination_usage(conn, self._folded()))

    def rejections_inserted(self, conn: Connection) -> None:
        """Keep the rejected lines."""
        if self._part.rejected:
            staged = staged_rejections(self._part).c
            _lines_inserted(
                conn,
                rejections,
                self._file_id,
                self._part,
                [staged.line, staged.reason, staged.raw],
            )

    def ignored_inserted(self, conn: Connection) -> None:
        """Keep the ignored lines."""
        if self._part.ignored:
            staged = staged_ignored(self._part).c
            _lines_inserted(
                conn, ignored_lines, self._file_id, self._part, [staged.line, staged.reason]
            )


def _lines_inserted(
    conn: Connection,
    table: Table,
    file_id: int,
    part: StagedPart,
    staged: Sequence[ColumnElement[Any]],
) -> None:
    line, *others = staged
    query = select(literal(file_id), line + part.lines_before, *others)
    conn.execute(insert(table).from_select([column.name for column in table.c], query))


U = TypeVar("U", CustomerUsage, DestinationUsage)


def _taken(usage: Sequence[U]) -> list[U]:
    return [replace(each, sums=tuple(-number for number in each.sums)) for each in usage]
