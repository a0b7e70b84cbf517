"""The calls that included minutes may cover, read in call order and only as far as needed."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, or_, select

from data.domain.bill_runs import unbilled_coverage
from data.domain.books import Billed, BillRun, Books
from data.domain.call_ids import CallId
from data.domain.coverage import ONE_DAY, Coverage
from data.domain.included_minutes import PlanCall, PlanUse, plan_use
from data.domain.numbers import NumberPlan, e164_digits
from data.domain.periods import day_start
from data.domain.plan_months import plan_pools
from data.domain.records import RateState
from data.domain.tenant import Tenant
from data.store.schema import calls, cdr_files, rates, sources

ROWS_AT_A_TIME = 500


def plan_uses(
    conn: Connection, run: BillRun, books: Books, known: Books | None
) -> dict[int, PlanUse]:
    """Return what included minutes cover, for each customer of a bill run that has some left.

    Calls are read only for customers whose books differ from those known a moment ago.
    """
    uses: dict[int, PlanUse] = {}
    for customer in books.customers:
        pools = plan_pools(run, books, customer)
        if not any(pool.left_s for pool in pools) or customer.id not in books.usage:
            continue
        if known is not None and _same_books(run, books, known, customer):
            uses[customer.id] = known.plan_use[customer.id]
            continue
        coverage = unbilled_coverage(run.period, books, customer)
        found = plan_calls(conn, customer.id, coverage, books.tenant)
        uses[customer.id] = plan_use(pools, found)
    return uses


def _same_books(run: BillRun, books: Books, known: Books, customer: Billed) -> bool:
    """Tell whether a customer's plan months and sums of calls are as they were."""
    return (
        customer.id in known.plan_use
        and books.usage.get(customer.id) == known.usage.get(customer.id)
        and books.coverage.get(customer.id) == known.coverage.get(customer.id)
        and plan_pools(run, books, customer) == plan_pools(run, known, customer)
    )


def plan_calls(
    conn: Connection, customer_id: int, coverage: Sequence[Coverage], tenant: Tenant
) -> Iterator[PlanCall]:
    """Give a customer's priced calls inside some rectangles, by start and then key."""
    if not coverage:
        return
    zone = tenant.zone
    inside = [
        (calls.c.started_at >= day_start(each.from_day, zone))
        & (calls.c.started_at < day_start(each.to_day + ONE_DAY, zone))
        & (calls.c.load_version > each.after_version)
        & (calls.c.load_version <= each.upto_version)
        for each in coverage
    ]
    query = (
        select(
            calls.c.started_at,
            calls.c.call_key,
            calls.c.direction,
            calls.c.billed_s,
            calls.c.charge_micros,
            calls.c.called_number,
            rates.c.rate_table_id,
            cdr_files.c.source_id,
            sources.c.country_code,
            sources.c.international_prefix,
            sources.c.trunk_prefix,
        )
        .join(rates, rates.c.id == calls.c.rate_id)
        .join(cdr_files, cdr_files.c.id == calls.c.file_id)
        .join(sources, sources.c.id == cdr_files.c.source_id)
        .where(
            calls.c.customer_id == customer_id,
            calls.c.rate_state == RateState.RATED,
            or_(*inside),
        )
        .order_by(calls.c.started_at, calls.c.call_key)
    )
    with conn.execute(query, execution_options={"yield_per": ROWS_AT_A_TIME}) as result:
        for started_at, key, direction, billed_s, charge, number, table, source, *written in result:
            yield PlanCall(
                CallId(started_at, key),
                started_at.astimezone(zone).date(),
                source,
                direction,
                table,
                billed_s,
                charge,
                e164_digits(number, NumberPlan(*written)),
            )
