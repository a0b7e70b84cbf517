"""The fictional reseller's first day: its name, customers, auth codes, prices and sources."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from data.domain.authorship import By
from data.exchange.auth_codes import auth_codes_imported
from data.exchange.customers import customers_imported
from data.exchange.rates import table_imported
from data.store.connect import Store
from data.store.queries.tenant import the_tenant
from data.store.writes.tenant import tenant_changed
from ingest.demo.company import NAME
from ingest.demo.paper import Paper
from ingest.demo.papers import auth_codes, customers
from ingest.demo.prices import rate_tables


def reseller_founded(store: Store, papers: Path, by: By, *, billing_start: date) -> None:
    """Bring in everything that must be there before the first file is processed."""
    tables = rate_tables()
    written(papers, [customers(), auth_codes(), *(paper for _, paper in tables)])
    with store.writing() as conn:
        tenant = replace(the_tenant(conn), name=NAME, billing_start=billing_start)
        tenant_changed(conn, tenant, by)
        customers_imported(conn, papers / customers().name, by)
        auth_codes_imported(conn, papers / auth_codes().name, by)
        for name, paper in tables:
            table_imported(conn, name, papers / paper.name, by)


def written(folder: Path, papers: Iterable[Paper]) -> None:
    """Write files to import into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in papers:
        (folder / paper.name).write_text(paper.text)
