"""The rows of every panel whose table the store can count, sort and cut by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, select

from data.domain.panel_rows import PanelRow
from data.domain.panels import Panel
from data.domain.row_pages import Tally, Total
from data.store.queries.rows.asked import Asked
from data.store.queries.rows.built import built, read_in_blocks
from data.store.queries.rows.files import attempt_rows, delivery_rows, file_rows
from data.store.queries.rows.filters import filtered, ordered
from data.store.queries.rows.lines import (
    duplicate_rows,
    ignored_rows,
    reason_rows,
    rejection_rows,
)
from data.store.queries.rows.money import invoice_line_rows, invoice_rows, payment_rows
from data.store.queries.rows.people import (
    change_rows,
    customer_rows,
    source_rows,
    ticket_rows,
    user_rows,
)

TABLES: dict[Panel, Callable[[Asked], Select[*tuple[object, ...]]]] = {
    Panel.CUSTOMERS: customer_rows,
    Panel.INVOICES: invoice_rows,
    Panel.INVOICE_LINES: invoice_line_rows,
    Panel.PAYMENTS: payment_rows,
    Panel.FILES: file_rows,
    Panel.ATTEMPTS: attempt_rows,
    Panel.REJECTIONS: rejection_rows,
    Panel.REJECTION_REASONS: reason_rows,
    Panel.IGNORED: ignored_rows,
    Panel.DUPLICATES: duplicate_rows,
    Panel.DELIVERIES: delivery_rows,
    Panel.TICKETS: ticket_rows,
    Panel.SOURCES: source_rows,
    Panel.USERS: user_rows,
    Panel.CHANGES: change_rows,
}


@dataclass(frozen=True)
class TableSource:
    """The rows of one query, cut by the request's filters."""

    asked: Asked

    @cached_property
    def _inner(self) -> Subquery:
        return TABLES[self.asked.request.panel](self.asked).subquery("rows")

    def tally(self, conn: Connection) -> Tally:
        """Return how many rows there are and what their columns add up to."""
        names = self.asked.request.plan.totals
        sums = (func.coalesce(func.sum(self._inner.c[name]), 0) for name in names)
        query = select(func.count(), *sums).select_from(self._inner).where(self._condition)
        count, *values = (int(value) for value in conn.execute(query).one())
        return Tally(count, tuple(map(Total, names, values)))

    def page(self, conn: Connection, _tally: Tally) -> tuple[PanelRow, ...]:
        """Return the rows asked for."""
        request = self.asked.request
        query = self._rows().limit(request.end - request.start).offset(request.start)
        return tuple(built(request.panel, row) for row in conn.execute(query).mappings())

    def stream(self, conn: Connection, _tally: Tally) -> Iterator[PanelRow]:
        """Give all rows in order, a block at a time."""
        return read_in_blocks(conn, self.asked.request.panel, self._rows())

    @property
    def _condition(self) -> ColumnElement[bool]:
        columns = {column.name: column for column in self._inner.c}
        return filtered(self.asked.request, columns, self.asked.zone)

    def _rows(self) -> Select[*tuple[object, ...]]:
        columns = {column.name: column for column in self._inner.c}
        wanted = (columns[column.name] for column in self.asked.request.plan.columns)
        return (
            select(*wanted).where(self._condition).order_by(*ordered(self.asked.request, columns))
        )
