"""A page of any panel, its tally, and all of its rows for an export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from data.domain.masked import masked_row
from data.domain.panel_rows import PanelRow
from data.domain.panels import Panel
from data.domain.row_pages import RowPage, Tally
from data.domain.row_requests import RowRequest
from data.store.queries.rows.asked import Asked, asked_at
from data.store.queries.rows.call_reach import call_source
from data.store.queries.rows.tables import TableSource
from data.store.queries.rows.usage import UsageSource


class RowSource(Protocol):
    """Where a request's rows come from."""

    def tally(self, conn: Connection) -> Tally:
        """Return how many rows there are and what they add up to."""

    def page(self, conn: Connection, tally: Tally, /) -> tuple[PanelRow, ...]:
        """Return the rows asked for."""

    def stream(self, conn: Connection, tally: Tally, /) -> Iterator[PanelRow]:
        """Give all rows in order."""


@dataclass(frozen=True)
class RowStream:
    """All rows of a request, read while the snapshot lasts.

    Attributes:
        tally: How many they are and what they add up to.
        rows: The rows in order; they are read as they are taken.
    """

    tally: Tally
    rows: Iterator[PanelRow]


def row_page(
    conn: Connection, request: RowRequest, now: datetime, tally: Tally | None = None
) -> RowPage:
    """Return the rows asked for, and the tally of all of them.

    Args:
        conn: An open read transaction.
        request: What is wanted.
        now: The present, which says what is overdue.
        tally: What `row_tally` answered for the same request at the same data version and day,
            whatever its start and end: it is not counted again.

    Raises:
        RequestRefused: The rows cannot be given in that order.
    """
    source = _source(conn, asked_at(conn, request, now))
    known = tally or source.tally(conn)
    rows = source.page(conn, known)
    return RowPage(tuple(map(masked_row, rows)) if request.masked else rows, known)


def row_tally(conn: Connection, request: RowRequest, now: datetime) -> Tally:
    """Return how many rows a request has in all and what they add up to."""
    return _source(conn, asked_at(conn, request, now)).tally(conn)


def row_stream(conn: Connection, request: RowRequest, now: datetime) -> RowStream:
    """Return all rows of a request, its start and end aside, a block in memory at a time.

    Raises:
        RequestRefused: The rows cannot be given in that order.
    """
    source = _source(conn, asked_at(conn, request, now))
    tally = source.tally(conn)
    rows = source.stream(conn, tally)
    return RowStream(tally, map(masked_row, rows) if request.masked else rows)


def _source(conn: Connection, asked: Asked) -> RowSource:
    if asked.request.panel is Panel.CALLS:
        return call_source(conn, asked)
    if asked.request.panel is Panel.INVOICED_USAGE:
        return UsageSource(asked)
    return TableSource(asked)
