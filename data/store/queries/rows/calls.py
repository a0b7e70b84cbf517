"""The rows of calls: by time over the primary key however many, else up to a bound."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    false,
    func,
    null,
    or_,
    select,
    true,
)

from data.domain.call_ids import call_id
from data.domain.errors import RequestRefused
from data.domain.panel_rows import PanelRow
from data.domain.panels import CALL_KEY, Scope
from data.domain.periods import Period, day_start
from data.domain.records import Disposition
from data.domain.row_pages import Tally, Total
from data.domain.row_requests import Sort
from data.store.queries.call_invoices import invoice_spans
from data.store.queries.conditions import (
    call_contested,
    call_unmatched,
    call_unrated,
    not_recorded,
    of_customer,
)
from data.store.queries.rows.asked import Asked
from data.store.queries.rows.built import built, read_in_blocks
from data.store.queries.rows.call_columns import call_columns, call_tables
from data.store.queries.rows.call_days import anchor, calls_by_day, counted_by_day
from data.store.queries.rows.filters import filtered, ordered
from data.store.schema import calls, invoices, usage_by_customer

MOST_SORTED = 100_000
"""Calls that can be sorted by something else than time."""
NEAR = 2_000
"""Rows that are skipped one by one; farther pages begin at the day that holds them."""
MARGIN = "margin_micros"
"""What calls with a price were charged less what they cost: no column of the store."""


@dataclass(frozen=True)
class CallSource:
    """The calls that a request asks for.

    Attributes:
        asked: The request.
        period: The days to look at, cut to those that have calls; none: there is nothing.
        expired: Calls of the request whose rows are gone.
        covered: The days of the period that invoices can take.
    """

    asked: Asked
    period: Period | None
    expired: int = 0
    covered: Period | None = None

    @cached_property
    def spans(self) -> CTE:
        """The rectangles of the invoices, in instants."""
        return invoice_spans(
            self.covered or Period(self.asked.today, self.asked.today),
            self.asked.zone,
            invoice_id=self.asked.request.invoice_id,
        )

    @property
    def by_time(self) -> bool:
        """Whether the rows come in the order of the primary key."""
        sorts = self.asked.request.sort
        return tuple(sort.column for sort in sorts) in ((), CALL_KEY[:1], CALL_KEY) and not (
            {sort.descending for sort in sorts} >= {True, False}
        )

    @property
    def newest_first(self) -> bool:
        """Whether the order of time is backwards."""
        sorts = self.asked.request.sort or (Sort("started_at", descending=True),)
        return sorts[0].descending

    @property
    def _condition(self) -> ColumnElement[bool]:
        request = self.asked.request
        if self.period is None:
            return false()
        whose_file = true() if request.file_id is None else calls.c.file_id == request.file_id
        on_it = self.spans.c.invoice_id == request.invoice_id
        return and_(
            self.asked.instants(self.period, calls.c.started_at),
            of_customer(calls.c.customer_id, request.customer_id),
            whose_file,
            true() if request.invoice_id is None else on_it,
            _cut(request.scope),
            filtered(request, call_columns(self.spans), self.asked.zone),
        )

    def _needed(self) -> set[str]:
        """Return the columns that decide which rows there are."""
        request = self.asked.request
        names = {one.column for one in request.filters}
        if request.invoice_id is not None:
            names.add("invoice_id")
        return names | ({"invoice_status"} if request.scope is Scope.UNBILLED else set())

    def tally(self, conn: Connection) -> Tally:
        """Return how many calls there are and what they add up to, rows that are gone apart."""
        if self.period is None:
            return Tally(0, self._totals(repeat(0)), self.expired)
        if counted_by_day(self.asked) and self.asked.request.scope is Scope.ALL:
            sums = _rolled_up(self.asked, self.period)
        else:
            added = (_added(name) for name in self.asked.request.plan.totals)
            sums = (
                select(func.count(), *added)
                .select_from(call_tables(self._needed(), self.spans))
                .where(self._condition)
            )
        found = [None if each is None else int(each) for each in conn.execute(sums).one()]
        count = found[0] or 0
        plan = self._plan(conn, self.period) if self._whole_unbilled else ()
        return Tally(count, (*self._totals(found[1:]), *plan), self.expired)

    @property
    def _whole_unbilled(self) -> bool:
        request = self.asked.request
        narrowed = request.filters or request.file_id or request.invoice_id
        return request.scope is Scope.UNBILLED and not narrowed

    def _plan(self, conn: Connection, period: Period) -> tuple[Total, ...]:
        """Return what included minutes cover of the unbilled calls, which no call carries."""
        rollup = usage_by_customer.c
        query = (
            select(func.coalesce(func.sum(rollup.plan_micros), 0))
            .select_from(usage_by_customer.outerjoin(invoices, invoices.c.id == rollup.invoice_id))
            .where(
                rollup.day.between(period.first, period.last),
                of_customer(rollup.customer_id, self.asked.request.customer_id),
                not_recorded(),
            )
        )
        return (Total("plan_micros", int(conn.execute(query).scalar_one())),)

    def _totals(self, values: Iterable[int | None]) -> tuple[Total, ...]:
        """Return the totals; a margin of priced calls of which one's cost is unknown is none."""
        return tuple(
            Total(name, int(value or 0))
            for name, value in zip(self.asked.request.plan.totals, values, strict=False)
            if name != MARGIN or value is not None
        )

    def page(self, conn: Connection, tally: Tally) -> tuple[PanelRow, ...]:
        """Return the rows asked for.

        Raises:
            RequestRefused: Too many calls to be sorted by something else than time.
        """
        request = self.asked.request
        self._check_order(tally.count)
        start = request.start
        skip: int = start
        beyond: ColumnElement[bool] = true()
        if request.after is not None:
            skip, beyond = 0, self._after(request.after)
        elif self.by_time and start > NEAR and counted_by_day(self.asked) and self.period:
            skip, beyond = self._from_day(conn, self.period, start)
        columns = call_columns(self.spans)
        sorts = {sort.column for sort in request.sort}
        wanted = (
            select(calls.c.started_at, calls.c.call_key)
            .select_from(call_tables(self._needed() | sorts, self.spans))
            .where(self._condition, beyond)
            .order_by(*ordered(request, columns))
            .limit(request.end - start)
            .offset(skip)
            .subquery("wanted")
        )
        found = wanted.join(calls, and_(*(wanted.c[name] == calls.c[name] for name in CALL_KEY)))
        query = self._everything(found).order_by(*ordered(request, columns))
        return tuple(built(request.panel, row) for row in conn.execute(query).mappings())

    def stream(self, conn: Connection, tally: Tally) -> Iterator[PanelRow]:
        """Give all rows in order, a block at a time.

        Raises:
            RequestRefused: Too many calls to be sorted by something else than time.
        """
        self._check_order(tally.count)
        query = (
            self._everything(calls)
            .where(self._condition)
            .order_by(*ordered(self.asked.request, call_columns(self.spans)))
        )
        return read_in_blocks(conn, self.asked.request.panel, query)

    def _everything(self, base: FromClause) -> Select[*tuple[object, ...]]:
        """Return every column of the calls in a base."""
        columns = call_columns(self.spans)
        names = [column.name for column in self.asked.request.plan.columns]
        return select(*(columns[name].label(name) for name in names)).select_from(
            call_tables(names, self.spans, base)
        )

    def _check_order(self, count: int) -> None:
        if self.by_time:
            return
        if self.asked.request.after is not None:
            raise RequestRefused("rows after a call are given in the order of time only")
        if count > MOST_SORTED:
            raise RequestRefused(
                f"{count:,} calls are too many to sort by anything but their start "
                f"(the bound is {MOST_SORTED:,}). Shorten the period or filter further."
            )

    def _after(self, text: str) -> ColumnElement[bool]:
        """Return the condition that a call follows another one in the order of time."""
        try:
            last = call_id(text)
        except ValueError as error:
            raise RequestRefused(str(error)) from None
        at, key = calls.c.started_at, calls.c.call_key
        if self.newest_first:
            later = or_(at < last.started_at, key < last.call_key)
            return and_(at <= last.started_at, later)
        return and_(at >= last.started_at, or_(at > last.started_at, key > last.call_key))

    def _from_day(
        self, conn: Connection, period: Period, start: int
    ) -> tuple[int, ColumnElement[bool]]:
        """Return how many rows to skip from a day on, and the condition of that day on."""
        days = calls_by_day(conn, self.asked, period, newest_first=self.newest_first)
        found = anchor(days, start)
        if found is None:
            return 0, false()
        if self.newest_first:
            last = Period(period.first, found.day)
            return found.skip, self.asked.instants(last, calls.c.started_at)
        return found.skip, calls.c.started_at >= day_start(found.day, self.asked.zone)


def _cut(scope: Scope) -> ColumnElement[bool]:
    cuts = {
        Scope.UNMATCHED: call_unmatched(),
        Scope.CONTESTED: call_contested(),
        Scope.UNRATED: call_unrated(),
        Scope.UNBILLED: and_(
            calls.c.charge_micros > 0,
            not_recorded(),
        ),
    }
    return cuts.get(scope, true())


def _added(name: str) -> ColumnElement[int]:
    """Return a total; as in the rollups, talk is of answered calls, a margin of priced ones."""
    if name == MARGIN:
        charge, cost = calls.c.charge_micros, calls.c.cost_micros
        unknown = func.sum(case((and_(charge.is_not(None), cost.is_(None)), 1), else_=0))
        return _margin(unknown, func.sum(charge - cost))
    if name != "talk_ms":
        return func.sum(calls.c[name])
    answered = calls.c.disposition == Disposition.ANSWERED
    return func.sum(case((answered, calls.c.talk_ms), else_=0))


def _margin(unknown: ColumnElement[int], margin: ColumnElement[int]) -> ColumnElement[int]:
    return case((unknown > 0, null()), else_=func.coalesce(margin, 0))


def _rolled_up(asked: Asked, period: Period) -> Select[*tuple[object, ...]]:
    rollup = usage_by_customer.c
    margin = func.sum(rollup.charge_micros - rollup.cost_micros)
    summed = (
        _margin(func.sum(rollup.cost_unknown), margin) if name == MARGIN else func.sum(rollup[name])
        for name in asked.request.plan.totals
    )
    return select(func.sum(rollup.calls), *summed).where(
        rollup.day.between(period.first, period.last),
        of_customer(rollup.customer_id, asked.request.customer_id),
    )
