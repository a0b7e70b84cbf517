"""Which calls of an invoice its included minutes cover, reckoned from what the invoice says."""

from sqlalchemy import Connection, select

from data.domain.call_ids import CallId
from data.domain.coverage import Coverage
from data.domain.included_minutes import PlanUse, Pool, plan_use
from data.domain.invoicing import LineKind
from data.domain.periods import Period
from data.domain.tenant import Tenant
from data.store.queries.plan_calls import plan_calls
from data.store.schema import invoice_coverage, invoice_lines, invoices


def plan_use_of_invoice(conn: Connection, invoice_id: int, tenant: Tenant) -> PlanUse:
    """Return what included minutes cover on an invoice, call by call.

    The seconds that its lines say were used are given to its calls in call order, by the
    destinations that they say.
    """
    line = invoice_lines.c
    used = (
        select(line.from_day, line.to_day, line.billed_s, line.destinations)
        .where(line.invoice_id == invoice_id, line.kind == LineKind.INCLUDED)
        .order_by(line.position)
    )
    pools = [
        Pool(Period(first, last), seconds, destinations)
        for first, last, seconds, destinations in conn.execute(used)
    ]
    if not pools:
        return PlanUse()
    cover = invoice_coverage.c
    rectangles = conn.execute(
        select(cover.from_day, cover.to_day, cover.after_version, cover.upto_version)
        .where(cover.invoice_id == invoice_id)
        .order_by(cover.id)
    )
    coverage = [Coverage(*row) for row in rectangles]
    customer_id = conn.execute(
        select(invoices.c.customer_id).where(invoices.c.id == invoice_id)
    ).scalar_one()
    return plan_use(pools, plan_calls(conn, customer_id, coverage, tenant))


def included_seconds(conn: Connection, call: CallId, invoice_id: int, tenant: Tenant) -> int:
    """Return how many billed seconds of a call its invoice's included minutes cover."""
    return plan_use_of_invoice(conn, invoice_id, tenant).seconds.get(call, 0)
