"""Books to bill from: customers and usage put straight into a store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Connection, func, insert, select, update

from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.records import Direction
from data.store.connect import Store
from data.store.schema import customers, data_version, invoice_lines, invoices, usage_by_customer
from data.store.writes.usage import usage_rows_added
from data.store.writes.versions import version_raised

SUMS = [column.name for column in usage_by_customer.columns if not column.primary_key]
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
JUNE_RUN = BillRun(date(2026, 7, 1), JUNE)
UNIT = 1_000_000


@pytest.fixture
def by(now):
    return By("analyst@example.com", now)


@dataclass
class Kit:
    """Fills a store and looks into it."""

    store: Store
    by: By

    def customer(self, custid, **columns):
        """Add a customer and return its id."""
        with self.store.writing() as conn:
            row = {"custid": custid, "company": f"Company {custid}", "created_at": self.by.at}
            result = conn.execute(
                insert(customers).values(**row | columns).returning(customers.c.id)
            )
            return result.scalar_one()

    def changed(self, customer_id, **columns):
        """Change a customer's columns."""
        with self.store.writing() as conn:
            conn.execute(update(customers).where(customers.c.id == customer_id).values(**columns))

    def usage(self, customer_id, day, charge, calls=1, **columns):
        """Add calls of one day as an ingest does, with the data version raised."""
        row = dict.fromkeys(SUMS, 0) | {
            "day": date(2026, *day),
            "source_id": 1,
            "customer_id": customer_id,
            "direction": Direction.OUTBOUND,
            "invoice_id": 0,
            "rate_table_id": 0,
            "calls": calls,
            "answered": calls,
            "rated": calls,
            "billed_s": 60 * calls,
            "charge_micros": charge,
        }
        with self.store.writing() as conn:
            usage_rows_added(conn, [row | columns])
            return version_raised(conn, self.by.at)

    def add(self, table, **columns):
        """Insert one row and return its id."""
        with self.store.writing() as conn:
            return conn.execute(insert(table).values(**columns).returning(table.c.id)).scalar_one()

    def read(self, query: Callable[[Connection], object]):
        with self.store.snapshot() as conn:
            return query(conn)

    def rows(self, query):
        return self.read(lambda conn: [tuple(row) for row in conn.execute(query)])

    def lines(self, invoice_id):
        """Return an invoice's lines: kind, description, amount."""
        table = invoice_lines.c
        query = select(table.kind, table.description, table.amount_micros)
        return self.rows(query.where(table.invoice_id == invoice_id).order_by(table.position))

    def unbilled(self):
        """Return the charge of the calls on no invoice."""
        query = select(func.coalesce(func.sum(usage_by_customer.c.charge_micros), 0))
        return self.rows(query.where(usage_by_customer.c.invoice_id == 0))[0][0]

    def version(self):
        return self.rows(select(data_version.c.version))[0][0]

    def totals_hold(self):
        """Every invoice's total is the sum of its lines, and its usage that of its rollups."""
        query = (
            select(invoices.c.id, invoices.c.total_micros, func.sum(invoice_lines.c.amount_micros))
            .join_from(invoices, invoice_lines)
            .group_by(invoices.c.id)
        )
        return all(total == lines for _, total, lines in self.rows(query))


@pytest.fixture
def kit(store, by):
    return Kit(store, by)


@pytest.fixture
def csv_file(tmp_path):
    """Return a function that writes lines to a file and returns its path."""

    def written(*lines, name="file.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return written
