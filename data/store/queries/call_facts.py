"""Everything that the store knows about one call, for its explanation."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from data.domain.call_ids import CallId
from data.domain.numbers import NumberPlan, e164_digits
from data.domain.rating import Rate
from data.domain.records import Direction, Disposition, MatchState, RateState
from data.store.queries.rates import rate
from data.store.schema import (
    calls,
    cdr_files,
    customers,
    invoice_coverage,
    invoices,
    rate_tables,
    rates,
    sources,
)


@dataclass(frozen=True)
class CallFacts:
    """One call with the names of what was stamped on it.

    Attributes mirror the columns of the table `calls` and of what its ids name.
    """

    id: CallId
    file_id: int
    file: str
    line: int
    source: str
    country_code: str
    international_prefix: str
    trunk_prefix: str
    load_version: int
    talk_ms: int
    calling_number: str
    called_number: str
    direction: Direction
    disposition: Disposition
    match_state: MatchState
    customer_id: int | None
    provider_id: int | None
    rate_state: RateState
    rate_id: int | None
    charge_micros: int | None
    cost_micros: int | None
    cost_rate_id: int | None
    override_value: str | None

    @property
    def called_digits(self) -> str:
        """The called number as rates see it, by what its source declares now."""
        plan = NumberPlan(self.country_code, self.international_prefix, self.trunk_prefix)
        return e164_digits(self.called_number, plan)


@dataclass(frozen=True)
class PartyFacts:
    """A customer or provider as an explanation names it."""

    custid: str
    company: str
    rate_table_id: int | None
    rate_table: str | None


@dataclass(frozen=True)
class RateFacts:
    """A rate, its table's name, and when it was replaced; none: it is in use."""

    rate: Rate
    table: str
    retired_at: datetime | None


def _query() -> Select[Any]:
    return (
        select(
            calls.c.started_at,
            calls.c.call_key,
            calls.c.file_id,
            cdr_files.c.name,
            calls.c.line,
            sources.c.name,
            sources.c.country_code,
            sources.c.international_prefix,
            sources.c.trunk_prefix,
            calls.c.load_version,
            calls.c.talk_ms,
            calls.c.calling_number,
            calls.c.called_number,
            calls.c.direction,
            calls.c.disposition,
            calls.c.match_state,
            calls.c.customer_id,
            calls.c.provider_id,
            calls.c.rate_state,
            calls.c.rate_id,
            calls.c.charge_micros,
            calls.c.cost_micros,
            calls.c.cost_rate_id,
            calls.c.override_value,
        )
        .join(cdr_files, cdr_files.c.id == calls.c.file_id)
        .join(sources, sources.c.id == cdr_files.c.source_id)
    )


def call_by_id(conn: Connection, which: CallId) -> CallFacts | None:
    """Return the call of a name, or none."""
    return _facts(
        conn,
        _query().where(calls.c.started_at == which.started_at, calls.c.call_key == which.call_key),
    )


def call_by_line(conn: Connection, file_id: int, line: int) -> CallFacts | None:
    """Return the call that a line of a file made, or none."""
    span = select(cdr_files.c.first_call_at, cdr_files.c.last_call_at).where(
        cdr_files.c.id == file_id
    )
    found = conn.execute(span).one_or_none()
    if found is None or found.first_call_at is None:
        return None
    inside = calls.c.started_at.between(found.first_call_at, found.last_call_at)
    return _facts(conn, _query().where(inside, calls.c.file_id == file_id, calls.c.line == line))


def _facts(conn: Connection, query: Select[Any]) -> CallFacts | None:
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    started_at, key, *rest = row
    return CallFacts(CallId(started_at, key), *rest)


def party(conn: Connection, customer_id: int) -> PartyFacts:
    """Return a customer or provider that a call names."""
    query = (
        select(
            customers.c.custid, customers.c.company, customers.c.rate_table_id, rate_tables.c.name
        )
        .outerjoin(rate_tables, rate_tables.c.id == customers.c.rate_table_id)
        .where(customers.c.id == customer_id)
    )
    return PartyFacts(*conn.execute(query).one())


def rate_facts(conn: Connection, rate_id: int) -> RateFacts | None:
    """Return the rate that priced a call, replaced ones too."""
    found = rate(conn, rate_id)
    if found is None:
        return None
    query = (
        select(rate_tables.c.name, rates.c.retired_at)
        .join(rate_tables, rate_tables.c.id == rates.c.rate_table_id)
        .where(rates.c.id == rate_id)
    )
    return RateFacts(found, *conn.execute(query).one())


def invoice_of_call(conn: Connection, customer_id: int, day: date, load_version: int) -> int | None:
    """Return the id of the live invoice whose rectangle holds a call, or none."""
    cover = invoice_coverage.c
    query = (
        select(cover.invoice_id)
        .join(invoices, invoices.c.id == cover.invoice_id)
        .where(
            cover.customer_id == customer_id,
            cover.from_day <= day,
            cover.to_day >= day,
            cover.after_version < load_version,
            cover.upto_version >= load_version,
            invoices.c.deleted_at.is_(None),
        )
        .order_by(cover.invoice_id)
    )
    found = conn.execute(query).scalar()
    return None if found is None else int(found)
