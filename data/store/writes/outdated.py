"""Drafts that a change of rules makes out of date: they cannot be recorded as they are."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select, update
from sqlalchemy.sql.dml import Update

from data.domain.invoicing import LineKind
from data.domain.records import InvoiceStatus
from data.store.schema import customers, invoice_lines, invoices

_TAXABLE = invoices.c.net_micros != 0


def drafts_outdated(conn: Connection, *which: ColumnElement[bool]) -> int:
    """Mark drafts as out of date and return how many that were not; imported ones stay."""
    return conn.execute(_marking(*which)).rowcount


def taxed_drafts_outdated(conn: Connection, category_id: int) -> int:
    """Mark the drafts that bear, or would bear, the taxes of a category."""
    whose = select(customers.c.id).where(customers.c.tax_category_id == category_id)
    return drafts_outdated(conn, _TAXABLE, invoices.c.customer_id.in_(whose))


def plan_drafts_outdated(conn: Connection, name: str) -> int:
    """Mark the drafts that bill a month of a plan."""
    line = invoice_lines.c
    billing_it = select(line.invoice_id).where(line.kind == LineKind.PLAN, line.description == name)
    return drafts_outdated(conn, invoices.c.id.in_(billing_it))


def drafts_of_others_plan_outdated(conn: Connection, customer_ids: Collection[int]) -> None:
    """Mark the drafts of customers that were given another plan, where it would be billed.

    A draft of days whose month another invoice bills stays: the other plan counts after them.
    """
    mine, others = invoice_lines.alias(), invoice_lines.alias()
    its_fee = exists().where(mine.c.invoice_id == invoices.c.id, mine.c.kind == LineKind.PLAN)
    of_others = invoices.alias()
    its_month = exists().where(
        others.c.invoice_id == of_others.c.id,
        others.c.kind == LineKind.PLAN,
        of_others.c.customer_id == invoices.c.customer_id,
        of_others.c.deleted_at.is_(None),
        others.c.from_day <= invoices.c.from_day,
        others.c.to_day >= invoices.c.to_day,
    )
    _each(conn, _marking(or_(its_fee, ~its_month)), customer_ids)


def drafts_of_others_taxes_outdated(conn: Connection, customer_ids: Collection[int]) -> None:
    """Mark the drafts of customers that were given another tax category."""
    _each(conn, _marking(_TAXABLE), customer_ids)


def _each(conn: Connection, marking: Update, customer_ids: Collection[int]) -> None:
    rows: list[dict[str, Any]] = [{"of_customer": customer} for customer in customer_ids]
    if rows:
        conn.execute(marking.where(invoices.c.customer_id == bindparam("of_customer")), rows)


def _marking(*which: ColumnElement[bool]) -> Update:
    return (
        update(invoices)
        .where(
            invoices.c.status == InvoiceStatus.DRAFT,
            invoices.c.deleted_at.is_(None),
            invoices.c.external.is_(False),
            invoices.c.outdated.is_(False),
            *which,
        )
        .values(outdated=True)
    )
