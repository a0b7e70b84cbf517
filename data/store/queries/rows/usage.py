"""The rows of what a period's calls came to on each recorded invoice, and its paid share."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, select, true

from data.domain.balances import paid_part
from data.domain.panel_rows import InvoicedUsageRow, PanelRow
from data.domain.panels import Scope
from data.domain.row_pages import Tally, Total
from data.store.queries.conditions import (
    billed_calls,
    of_customer,
    overdue,
    paid_by_invoice,
    recorded,
    unpaid,
)
from data.store.queries.rows.asked import Asked
from data.store.queries.rows.filters import filtered, ordered
from data.store.schema import customers, invoices, usage_by_customer


@dataclass(frozen=True)
class UsageSource:
    """The recorded invoices that the calls of a period are on.

    The paid share is reckoned as the page does, invoice by invoice, which no store does exactly;
    so all invoices of the period are read, and never their calls.
    """

    asked: Asked

    def tally(self, conn: Connection) -> Tally:
        """Return how many invoices, and what their parts in the period come to."""
        rows = self._rows(conn)
        names = self.asked.request.plan.totals
        return Tally(
            len(rows),
            tuple(Total(name, sum(getattr(row, name) for row in rows)) for name in names),
        )

    def page(self, conn: Connection, _tally: Tally) -> tuple[PanelRow, ...]:
        """Return the rows asked for."""
        return tuple(self._rows(conn)[self.asked.request.start : self.asked.request.end])

    def stream(self, conn: Connection, _tally: Tally) -> Iterator[PanelRow]:
        """Give all rows in order."""
        yield from self._rows(conn)

    def _rows(self, conn: Connection) -> list[InvoicedUsageRow]:
        inner = self._query().subquery("rows")
        columns = {column.name: column for column in inner.c}
        query = (
            select(inner)
            .where(filtered(self.asked.request, columns, self.asked.zone))
            .order_by(*ordered(self.asked.request, columns))
        )
        rows = []
        for row in conn.execute(query):
            net, total = int(row.invoiced_micros), int(row.total_micros)
            paid = paid_part(net, paid_micros=int(row.all_paid_micros), total_micros=total)
            left = net - paid
            rows.append(
                InvoicedUsageRow(
                    id=row.id,
                    number=row.number,
                    customer_id=row.customer_id,
                    custid=row.custid,
                    company=row.company,
                    invoice_date=row.invoice_date,
                    due_date=row.due_date,
                    calls=int(row.calls),
                    plan_micros=int(row.plan_micros),
                    invoiced_micros=net,
                    paid_micros=paid,
                    outstanding_micros=left,
                    overdue_micros=left if row.due_date < self.asked.today else 0,
                )
            )
        return rows

    def _query(self) -> Select[*tuple[object, ...]]:
        rollup = usage_by_customer.c
        paid = paid_by_invoice()
        paid_micros = func.coalesce(paid.c.paid_micros, 0)
        shown = (
            *(invoices.c[name] for name in ("id", "number", "customer_id", "invoice_date")),
            invoices.c.due_date,
            invoices.c.total_micros,
            customers.c.custid,
            customers.c.company,
            paid_micros.label("all_paid_micros"),
        )
        return (
            select(
                *shown,
                billed_calls().label("calls"),
                func.sum(rollup.plan_micros).label("plan_micros"),
                func.sum(rollup.charge_micros - rollup.plan_micros).label("invoiced_micros"),
            )
            .select_from(
                usage_by_customer.join(invoices, invoices.c.id == rollup.invoice_id)
                .join(customers, customers.c.id == invoices.c.customer_id)
                .outerjoin(paid, paid.c.invoice_id == invoices.c.id)
            )
            .where(
                invoices.c.deleted_at.is_(None) if self._in_plan else recorded(),
                self.asked.on_days(rollup.day),
                of_customer(rollup.customer_id, self.asked.request.customer_id),
                self._cut(invoices.c.total_micros - paid_micros),
            )
            .group_by(*shown)
            .having(func.sum(rollup.plan_micros) > 0 if self._in_plan else true())
        )

    @property
    def _in_plan(self) -> bool:
        """Whether what plans cover is asked for: drafts cover it as recorded invoices do."""
        return self.asked.request.scope is Scope.IN_PLAN

    def _cut(self, outstanding: ColumnElement[int]) -> ColumnElement[bool]:
        cuts = {
            Scope.NOT_DUE: and_(unpaid(outstanding), not_(overdue(self.asked.today))),
            Scope.OVERDUE: and_(unpaid(outstanding), overdue(self.asked.today)),
        }
        return cuts.get(self.asked.request.scope, true())
