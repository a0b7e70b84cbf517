"""The rows of customers, tickets, sources, people with a login, and their changes."""

from sqlalchemy import Select, Subquery, case, func, select, true

from data.domain.panels import Scope
from data.store.queries.conditions import (
    customer_kept,
    file_failed,
    of_customer,
    overdue,
    paid_by_invoice,
    recorded,
    ticket_open,
    unpaid,
)
from data.store.queries.rows.asked import Asked
from data.store.schema import (
    audit_log,
    auth_codes,
    cdr_files,
    customers,
    deliveries,
    invoices,
    payments,
    plans,
    rate_tables,
    sources,
    tax_categories,
    tickets,
    users,
)


def customer_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the customers not deleted; providers are customers too."""
    owing, billed, received, codes = _owing(asked), _billed(), _received(), _codes()
    joined = (
        customers.outerjoin(rate_tables, rate_tables.c.id == customers.c.rate_table_id)
        .outerjoin(plans, plans.c.id == customers.c.plan_id)
        .outerjoin(tax_categories, tax_categories.c.id == customers.c.tax_category_id)
        .outerjoin(owing, owing.c.customer_id == customers.c.id)
        .outerjoin(billed, billed.c.customer_id == customers.c.id)
        .outerjoin(received, received.c.customer_id == customers.c.id)
        .outerjoin(codes, codes.c.customer_id == customers.c.id)
    )
    only = customers.c.provider if asked.request.scope is Scope.PROVIDERS else true()
    return (
        select(
            *customers.c,
            rate_tables.c.name.label("rate_table"),
            plans.c.name.label("plan"),
            tax_categories.c.name.label("tax_category"),
            func.coalesce(codes.c.auth_codes, 0).label("auth_codes"),
            func.coalesce(owing.c.outstanding_micros, 0).label("outstanding_micros"),
            func.coalesce(owing.c.overdue_micros, 0).label("overdue_micros"),
            (
                func.coalesce(billed.c.billed_micros, 0)
                - func.coalesce(received.c.received_micros, 0)
            ).label("balance_micros"),
        )
        .select_from(joined)
        .where(customer_kept(), only, of_customer(customers.c.id, asked.request.customer_id))
    )


def _owing(asked: Asked) -> Subquery:
    paid = paid_by_invoice()
    outstanding = invoices.c.total_micros - func.coalesce(paid.c.paid_micros, 0)
    late = case((overdue(asked.today), outstanding), else_=0)
    return (
        select(
            invoices.c.customer_id,
            func.sum(outstanding).label("outstanding_micros"),
            func.sum(late).label("overdue_micros"),
        )
        .select_from(invoices.outerjoin(paid, paid.c.invoice_id == invoices.c.id))
        .where(unpaid(outstanding))
        .group_by(invoices.c.customer_id)
        .subquery("owing")
    )


def _billed() -> Subquery:
    return (
        select(invoices.c.customer_id, func.sum(invoices.c.total_micros).label("billed_micros"))
        .where(recorded())
        .group_by(invoices.c.customer_id)
        .subquery("billed")
    )


def _received() -> Subquery:
    return (
        select(payments.c.customer_id, func.sum(payments.c.amount_micros).label("received_micros"))
        .group_by(payments.c.customer_id)
        .subquery("received")
    )


def _codes() -> Subquery:
    return (
        select(auth_codes.c.customer_id, func.count().label("auth_codes"))
        .group_by(auth_codes.c.customer_id)
        .subquery("codes")
    )


def ticket_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the help tickets, all or those not resolved."""
    only = ticket_open() if asked.request.scope is Scope.OPEN else true()
    return select(*tickets.c).where(only)


def user_rows(_asked: Asked) -> Select[*tuple[object, ...]]:
    """Return everybody with a login."""
    return select(
        users.c.id,
        users.c.email,
        users.c.role,
        users.c.created_at,
        users.c.password_changed_at,
        users.c.disabled_at,
    )


def change_rows(_asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the audit log."""
    return select(*audit_log.c)


def source_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the sources and what each has delivered; repeated deliveries are counted apart."""
    files, repeats = _files_by_source(), _repeats_by_source()
    only = sources.c.disabled_at.is_(None) if asked.request.scope is Scope.IN_USE else true()
    return (
        select(
            *sources.c,
            func.coalesce(files.c.files, 0).label("files"),
            func.coalesce(files.c.in_error, 0).label("in_error"),
            func.coalesce(repeats.c.deliveries, 0).label("deliveries"),
            files.c.last_received_at,
        )
        .select_from(
            sources.outerjoin(files, files.c.source_id == sources.c.id).outerjoin(
                repeats, repeats.c.source_id == sources.c.id
            )
        )
        .where(only)
    )


def _files_by_source() -> Subquery:
    return (
        select(
            cdr_files.c.source_id,
            func.count().label("files"),
            func.sum(case((file_failed(), 1), else_=0)).label("in_error"),
            func.max(cdr_files.c.received_at).label("last_received_at"),
        )
        .group_by(cdr_files.c.source_id)
        .subquery("files")
    )


def _repeats_by_source() -> Subquery:
    return (
        select(cdr_files.c.source_id, func.count().label("deliveries"))
        .join_from(deliveries, cdr_files)
        .group_by(cdr_files.c.source_id)
        .subquery("repeats")
    )
