"""The fictional reseller's papers pass the same imports that a real one's do."""

from datetime import date

from sqlalchemy import func, select

from data.domain.authorship import By
from data.store.schema import auth_codes, customers, rates
from ingest.demo.founding import reseller_founded


def test_every_paper_is_imported_without_a_refused_row(store, now, tmp_path):
    by = By("demo", now)

    reseller_founded(store, tmp_path / "papers", by, billing_start=date(2026, 3, 16))

    with store.snapshot() as conn:
        counts = [
            conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (customers, auth_codes, rates)
        ]
    assert counts == [40, 41, 16 + 2 * 15 + 3 * 16]
