"""The books that a bill run reads, all in the caller's one snapshot."""

from dataclasses import replace

from sqlalchemy import Connection

from data.domain.books import BillRun, Books, TableUsage
from data.domain.errors import Refused
from data.store.queries.billable import (
    billed_customers,
    charges_billed,
    current_version,
    included_used,
    invoiced_periods,
    live_coverage,
    plan_months_billed,
    plans_by_id,
    table_names,
    taxes_by_category,
    unbilled_usage,
)
from data.store.queries.charges import charges_by_customer
from data.store.queries.plan_calls import plan_uses
from data.store.queries.tenant import the_tenant


def books(conn: Connection, run: BillRun, known: Books | None = None) -> Books:
    """Return what a bill run needs to know.

    Args:
        conn: An open transaction.
        run: What is asked for.
        known: The same books as they were read a moment ago: what included minutes cover is
            taken from them for each customer whose sums have not moved.

    Raises:
        Refused: A customer that is asked for is not there, or is a provider.
    """
    found = books_without_calls(conn, run)
    return replace(found, plan_use=plan_uses(conn, run, found, known))


def books_without_calls(conn: Connection, run: BillRun) -> Books:
    """Return what a bill run needs to know but what included minutes cover, reading no call.

    Args:
        conn: An open transaction.
        run: What is asked for.

    Raises:
        Refused: A customer that is asked for is not there, or is a provider.
    """
    tenant = the_tenant(conn)
    customers = billed_customers(conn, run.custids)
    unknown = sorted(run.custids - {customer.custid for customer in customers})
    if unknown:
        raise Refused(
            f"No customer that can be invoiced has the number {', '.join(unknown)}. "
            "Nothing was drafted; see 'python -m data customers list'."
        )
    usage: dict[int, list[TableUsage]] = {}
    for part in unbilled_usage(conn, run.period, tenant.billing_start):
        usage.setdefault(part.customer_id, []).append(part)
    return Books(
        version=current_version(conn),
        tenant=tenant,
        customers=customers,
        usage=usage,
        tables=table_names(conn),
        taxes=taxes_by_category(conn),
        plans=plans_by_id(conn),
        charges=charges_by_customer(conn),
        plan_months=plan_months_billed(conn),
        invoiced=invoiced_periods(conn),
        charges_billed=frozenset(charges_billed(conn)),
        coverage=live_coverage(conn),
        included_used=included_used(conn),
    )
