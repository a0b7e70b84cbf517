"""The calls that one rate table prices, for a preview of another."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from data.domain.numbers import NumberPlan, e164_digits
from data.domain.periods import Period
from data.domain.preview import PricedCall
from data.domain.records import Disposition, RateState
from data.domain.tenant import Tenant
from data.store.queries.places import place_or_none
from data.store.schema import calls, cdr_files, customers, rates, sources

ROWS_AT_A_TIME = 5_000


def priced_calls(
    conn: Connection, rate_table_id: int, period: Period, tenant: Tenant
) -> Iterator[PricedCall]:
    """Give the answered calls of a period that need a rate, of customers with a table, by start."""
    since, before = period.instants(tenant.zone)
    users = select(customers.c.id).where(customers.c.rate_table_id == rate_table_id)
    query = (
        select(
            calls.c.started_at,
            calls.c.talk_ms,
            calls.c.charge_micros,
            calls.c.cost_micros,
            calls.c.called_number,
            place_or_none(),
            calls.c.override_value,
            sources.c.country_code,
            sources.c.international_prefix,
            sources.c.trunk_prefix,
        )
        .outerjoin(rates, rates.c.id == calls.c.rate_id)
        .join(cdr_files, cdr_files.c.id == calls.c.file_id)
        .join(sources, sources.c.id == cdr_files.c.source_id)
        .where(
            calls.c.started_at >= since,
            calls.c.started_at < before,
            calls.c.customer_id.in_(users),
            calls.c.disposition == Disposition.ANSWERED,
            calls.c.rate_state != RateState.NOT_NEEDED,
        )
        .order_by(calls.c.started_at, calls.c.call_key)
    )
    with conn.execute(query, execution_options={"yield_per": ROWS_AT_A_TIME}) as rows:
        for started_at, talk_ms, charge, cost, number, destination, override, *written in rows:
            yield PricedCall(
                e164_digits(number, NumberPlan(*written)),
                started_at.astimezone(tenant.zone),
                talk_ms,
                charge,
                cost,
                destination,
                override or "",
            )
