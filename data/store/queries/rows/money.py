"""The rows of invoices, their lines, and payments."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, select, true

from data.domain.balances import Bucket
from data.domain.panels import AGEING, Scope
from data.store.queries.conditions import (
    BUCKET_DAYS,
    draft,
    money_received,
    of_customer,
    overdue,
    paid_by_invoice,
    recorded,
    unpaid,
)
from data.store.queries.rows.asked import Asked
from data.store.schema import customers, invoice_lines, invoices, payment_allocations, payments


def invoice_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the invoices not deleted; what a draft comes to is not outstanding."""
    paid = paid_by_invoice()
    paid_micros = func.coalesce(paid.c.paid_micros, 0)
    outstanding = invoices.c.total_micros - paid_micros
    return (
        select(
            *invoices.c,
            customers.c.custid,
            customers.c.company,
            paid_micros.label("paid_micros"),
            case((recorded(), outstanding), else_=0).label("outstanding_micros"),
        )
        .select_from(
            invoices.join(customers, customers.c.id == invoices.c.customer_id).outerjoin(
                paid, paid.c.invoice_id == invoices.c.id
            )
        )
        .where(
            invoices.c.deleted_at.is_(None),
            _invoice_cut(asked, outstanding),
            of_customer(invoices.c.customer_id, asked.request.customer_id),
            asked.on_days(invoices.c.invoice_date),
        )
    )


def _invoice_cut(asked: Asked, outstanding: ColumnElement[int]) -> ColumnElement[bool]:
    scope = asked.request.scope
    if scope in AGEING:
        return and_(unpaid(outstanding), _bucket(asked, scope))
    cuts = {
        Scope.ALL: true(),
        Scope.DRAFTS: draft(),
        Scope.RECORDED: and_(recorded(), customers.c.provider.is_(False)),
        Scope.UNPAID: unpaid(outstanding),
        Scope.OVERDUE: and_(unpaid(outstanding), overdue(asked.today)),
    }
    return cuts.get(scope, false())


def _bucket(asked: Asked, scope: Scope) -> ColumnElement[bool]:
    """Return the condition of an ageing bucket: whole days after the due date."""
    due = invoices.c.due_date
    if scope is Scope.NOT_DUE:
        return due >= asked.today
    if scope is Scope.OVER_90:
        return due < asked.today - timedelta(days=90)
    least, most = BUCKET_DAYS[Bucket(scope.value)]
    return due.between(asked.today - timedelta(days=most), asked.today - timedelta(days=least))


def invoice_line_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the printed lines of one invoice; their amounts add up to its total."""
    return select(*invoice_lines.c).where(invoice_lines.c.invoice_id == asked.request.invoice_id)


def payment_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return payments and what undoes or reduces them, and what of each stays on account."""
    spread = _spread()
    undoing = payments.alias("undoing")
    allocated = func.coalesce(spread.c.allocated_micros, 0)
    received = and_(money_received(), customers.c.provider.is_(False))
    return (
        select(
            *payments.c,
            customers.c.custid,
            customers.c.company,
            allocated.label("allocated_micros"),
            (payments.c.amount_micros - allocated).label("on_account_micros"),
            func.coalesce(spread.c.invoices, 0).label("invoices"),
            undoing.c.id.is_not(None).label("reversed"),
        )
        .select_from(
            payments.join(customers, customers.c.id == payments.c.customer_id)
            .outerjoin(spread, spread.c.payment_id == payments.c.id)
            .outerjoin(undoing, undoing.c.reverses_id == payments.c.id)
        )
        .where(
            received if asked.request.scope is Scope.RECEIVED else true(),
            of_customer(payments.c.customer_id, asked.request.customer_id),
            asked.on_days(payments.c.paid_on),
        )
    )


def _spread() -> Subquery:
    return (
        select(
            payment_allocations.c.payment_id,
            func.sum(payment_allocations.c.amount_micros).label("allocated_micros"),
            func.count().label("invoices"),
        )
        .group_by(payment_allocations.c.payment_id)
        .subquery("spread")
    )
