"""Everything that an invoice shows, read in the caller's one snapshot."""

from collections.abc import Iterable, Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, false, func, select

from data.domain.addresses import address_lines
from data.domain.balances import PaymentKind
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.domain.invoice_document import (
    Annex,
    AnnexRow,
    BilledCall,
    InvoiceDocument,
    Issuer,
    Recipient,
    Settlement,
)
from data.domain.invoicing import InvoiceLine, LineKind
from data.domain.periods import Period, day_start
from data.domain.records import RateState
from data.domain.tenant import Tenant
from data.store.queries.call_invoices import held_by, invoice_spans
from data.store.queries.customers import customer
from data.store.queries.invoices import Invoice
from data.store.queries.places import place_or_none
from data.store.queries.tenant import the_tenant
from data.store.schema import (
    calls,
    invoice_coverage,
    invoice_lines,
    payment_allocations,
    payments,
    rates,
)

BLOCK = 2_000
"""Calls that are in memory at a time while all are read."""
MOST_LISTED = 20_000
"""More calls than this are no list for people: some 450 pages."""
LineKey = tuple[bool, int]
"""Late or not, and the rate table; 0: the one of the customer."""


def invoice_document(
    conn: Connection, invoice: Invoice, *, with_calls: bool = False
) -> InvoiceDocument:
    """Return everything that an invoice shows.

    Args:
        conn: An open read transaction.
        invoice: Which one.
        with_calls: List every call.

    Raises:
        Refused: The draft was deleted, or there are too many calls to list.
    """
    if invoice.deleted:
        raise Refused(f"{invoice.name} was deleted; there is nothing to show.")
    tenant = the_tenant(conn)
    lines = _lines(conn, invoice.id)
    whose = customer(conn, invoice.custid)
    if whose is None:
        raise AssertionError(f"customers are never erased, but {invoice.custid} is gone")
    return InvoiceDocument(
        number=invoice.name,
        status=invoice.status,
        outdated=invoice.outdated,
        invoice_date=invoice.invoice_date,
        due_date=invoice.due_date,
        period=_period(invoice),
        currency=tenant.currency,
        minor_digits=tenant.minor_digits,
        timezone=tenant.timezone,
        issuer=_issuer(tenant),
        recipient=_recipient(whose),
        lines=tuple(lines),
        settlements=_settlements(conn, invoice.id),
        annexes=_annexes(conn, invoice, lines, own_table=whose.rate_table_id or 0),
        calls=_listed(conn, invoice) if with_calls else (),
    )


def billed_calls(conn: Connection, invoice: Invoice) -> Iterator[BilledCall]:
    """Give every call on an invoice in the order of time; only a block of them is in memory.

    Calls that need no rate are among them, at a charge of 0.
    """
    zone = the_tenant(conn).zone
    query = _calls_on(conn, invoice, zone)
    if query is None:
        return
    found = query.add_columns(
        calls.c.started_at,
        calls.c.calling_number,
        calls.c.called_number,
        place_or_none(),
        calls.c.talk_ms,
        calls.c.billed_s,
        func.coalesce(calls.c.charge_micros, 0),
    ).order_by(calls.c.started_at, calls.c.call_key)
    options = {"stream_results": True, "yield_per": BLOCK}
    with conn.execute(found, execution_options=options) as rows:
        for started_at, calling, called, destination, talk_ms, billed_s, charge in rows:
            started = started_at.astimezone(zone)
            yield BilledCall(
                started=started,
                calling_number=calling,
                called_number=called,
                destination=destination,
                talk_ms=talk_ms,
                billed_s=billed_s,
                charge_micros=charge,
                late=invoice.from_day is not None and started.date() < invoice.from_day,
            )


def _listed(conn: Connection, invoice: Invoice) -> tuple[BilledCall, ...]:
    found = tuple(islice(billed_calls(conn, invoice), MOST_LISTED + 1))
    if len(found) > MOST_LISTED:
        raise Refused(
            f"Invoice {invoice.name} has more than {MOST_LISTED:,} calls, too many to list on it. "
            f"Nothing was written; take 'python -m data invoices calls {invoice.name} --csv FILE'."
        )
    return found


def _issuer(tenant: Tenant) -> Issuer:
    return Issuer(
        name=tenant.name,
        address=tenant.address,
        tax_id=tenant.tax_id,
        bank=tenant.bank,
        logo=tenant.logo,
    )


def _recipient(whose: Customer) -> Recipient:
    return Recipient(
        custid=whose.custid,
        company=whose.company,
        contact=f"{whose.first_name} {whose.last_name}".strip(),
        address=address_lines(whose),
        country=whose.country,
        vat=whose.vat,
    )


def _period(invoice: Invoice) -> Period | None:
    if invoice.from_day is None or invoice.to_day is None:
        return None
    return Period(invoice.from_day, invoice.to_day)


def _lines(conn: Connection, invoice_id: int) -> list[InvoiceLine]:
    names = [name for name in InvoiceLine.__dataclass_fields__ if name != "kind"]
    query = (
        select(invoice_lines.c.kind, *(invoice_lines.c[name] for name in names))
        .where(invoice_lines.c.invoice_id == invoice_id)
        .order_by(invoice_lines.c.position)
    )
    return [
        InvoiceLine(kind=LineKind(kind), **dict(zip(names, values, strict=True)))
        for kind, *values in conn.execute(query)
    ]


def _settlements(conn: Connection, invoice_id: int) -> tuple[Settlement, ...]:
    query = (
        select(payments.c.paid_on, payments.c.kind, payment_allocations.c.amount_micros)
        .join_from(payment_allocations, payments)
        .where(payment_allocations.c.invoice_id == invoice_id)
        .order_by(payments.c.paid_on, payments.c.id)
    )
    return tuple(
        Settlement(day, PaymentKind(kind), amount) for day, kind, amount in conn.execute(query)
    )


def _annexes(
    conn: Connection, invoice: Invoice, lines: Iterable[InvoiceLine], *, own_table: int
) -> tuple[Annex, ...]:
    """Return what each usage line is made of; a line whose calls are not all kept has no rows."""
    by_line = _by_destination(conn, invoice, own_table=own_table)
    return tuple(
        _annex(line, by_line.get((line.kind is LineKind.LATE_USAGE, line.rate_table_id or 0), []))
        for line in lines
        if line.kind in (LineKind.USAGE, LineKind.LATE_USAGE)
    )


def _annex(line: InvoiceLine, rows: list[AnnexRow]) -> Annex:
    if sum(row.calls for row in rows) != line.calls:
        return Annex(line.description, ())
    gross_micros = sum(row.charge_micros for row in rows)
    return Annex(line.description, tuple(rows), plan_micros=gross_micros - line.exact_micros)


def _by_destination(
    conn: Connection, invoice: Invoice, *, own_table: int
) -> dict[LineKey, list[AnnexRow]]:
    zone = the_tenant(conn).zone
    query = _calls_on(conn, invoice, zone)
    if query is None:
        return {}
    table = func.coalesce(rates.c.rate_table_id, own_table).label("rate_table_id")
    late = _is_late(invoice, zone).label("late")
    place = place_or_none().label("destination")
    charge = func.sum(calls.c.charge_micros)
    summed = (
        query.add_columns(late, table, place, func.count(), func.sum(calls.c.billed_s), charge)
        .where(calls.c.rate_state == RateState.RATED)
        .group_by(late, table, place)
        .order_by(late, table, charge.desc(), place)
    )
    found: dict[LineKey, list[AnnexRow]] = {}
    for is_late, table_id, *row in conn.execute(summed):
        found.setdefault((bool(is_late), table_id), []).append(AnnexRow(*row))
    return found


def _is_late(invoice: Invoice, zone: ZoneInfo) -> ColumnElement[bool]:
    if invoice.from_day is None:
        return false()
    return calls.c.started_at < day_start(invoice.from_day, zone)


def _calls_on(conn: Connection, invoice: Invoice, zone: ZoneInfo) -> Select[()] | None:
    """Return a query over the calls on an invoice with their rates; none if it takes no calls."""
    cover = invoice_coverage.c
    days = select(func.min(cover.from_day), func.max(cover.to_day))
    first, last = conn.execute(days.where(cover.invoice_id == invoice.id)).one()
    if first is None:
        return None
    spans = invoice_spans(Period(first, last), zone, invoice_id=invoice.id)
    return select().select_from(
        spans.join(calls, held_by(spans)).outerjoin(rates, rates.c.id == calls.c.rate_id)
    )
