"""The columns of calls, and what must be joined for those that are asked for."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause

from data.store.queries.call_invoices import held_by
from data.store.queries.places import place_of_rate
from data.store.queries.rows.filters import Columns
from data.store.schema import calls, cdr_files, customers, invoices, rates, sources

_providers = customers.alias("providers")
_JOINED: dict[str, ColumnElement[Any]] = {
    "custid": customers.c.custid,
    "company": customers.c.company,
    "provider": _providers.c.company,
    "pattern": rates.c.pattern,
    "destination": place_of_rate(),
    "invoice": invoices.c.number,
    "invoice_status": invoices.c.status,
    "source": sources.c.name,
    "file": cdr_files.c.name,
}
ON_INVOICE = frozenset({"invoice_id", "invoice", "invoice_status"})


def call_columns(spans: CTE) -> Columns:
    """Return the expressions of every column of a call, by name."""
    return {
        **{column.name: column for column in calls.c},
        **_JOINED,
        # None without a price or without a cost: what is not known is never reckoned as 0.
        "margin_micros": calls.c.charge_micros - calls.c.cost_micros,
        "invoice_id": spans.c.invoice_id,
    }


def call_tables(needed: Iterable[str], spans: CTE, base: FromClause = calls) -> FromClause:
    """Return calls, or a base that holds them, with what the columns named need joined.

    No call is lost or doubled.
    """
    names = frozenset(needed)
    joined = base
    if names & {"custid", "company"}:
        joined = joined.outerjoin(customers, customers.c.id == calls.c.customer_id)
    if "provider" in names:
        joined = joined.outerjoin(_providers, _providers.c.id == calls.c.provider_id)
    if names & {"pattern", "destination"}:
        joined = joined.outerjoin(rates, rates.c.id == calls.c.rate_id)
    if names & {"file", "source"}:
        joined = joined.outerjoin(cdr_files, cdr_files.c.id == calls.c.file_id)
    if "source" in names:
        joined = joined.outerjoin(sources, sources.c.id == cdr_files.c.source_id)
    if names & ON_INVOICE:
        joined = joined.outerjoin(spans, held_by(spans))
    if names & {"invoice", "invoice_status"}:
        joined = joined.outerjoin(invoices, invoices.c.id == spans.c.invoice_id)
    return joined
