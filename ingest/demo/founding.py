"""The fictional reseller's first day: its name, customers, auth codes, prices and sources."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from data.domain.authorship import By
from data.domain.invoicing import Plan, Tax
from data.exchange.auth_codes import auth_codes_imported
from data.exchange.customers import customers_imported
from data.exchange.rates import table_imported
from data.store.connect import Store
from data.store.queries.tenant import the_tenant
from data.store.writes.pricing import plan_set, taxes_set
from data.store.writes.source_settings import SourceSettings, source_added
from data.store.writes.tenant import tenant_changed
from ingest.demo.company import ADDRESS, BANK, NAME, TAX_ID
from ingest.demo.deliveries import BERLIN_FOLDER, LONDON_FOLDER
from ingest.demo.logo import logo
from ingest.demo.paper import Paper
from ingest.demo.papers import auth_codes, customers
from ingest.demo.prices import rate_tables

TAXES = {
    "UK VAT": Tax("VAT 20 %", rate_ppm=200_000),
    "DE VAT": Tax("USt 19 %", rate_ppm=190_000),
}
HOME = ("44", "49")
PLANS = (
    Plan(name="Office", monthly_fee_micros=39_000_000, included_s=18_000, destinations=HOME),
    Plan(name="Team", monthly_fee_micros=129_000_000, included_s=54_000, destinations=HOME),
)

SOURCES = {
    LONDON_FOLDER: SourceSettings(
        timezone="UTC",
        country_code="44",
        international_prefix="00",
        trunk_prefix="0",
    ),
    BERLIN_FOLDER: SourceSettings(
        timezone="Europe/Berlin",
        country_code="49",
        international_prefix="00",
        trunk_prefix="0",
    ),
}


def reseller_founded(store: Store, papers: Path, by: By, *, billing_start: date) -> None:
    """Bring in everything that must be there before the first file is processed."""
    tables = rate_tables()
    written(papers, [customers(), auth_codes(), *(paper for _, paper in tables)])
    with store.writing() as conn:
        tenant = replace(
            the_tenant(conn),
            name=NAME,
            address=ADDRESS,
            tax_id=TAX_ID,
            bank=BANK,
            logo=logo(),
            billing_start=billing_start,
        )
        tenant_changed(conn, tenant, by)
        for category, tax in TAXES.items():
            taxes_set(conn, category, [tax], by)
        for plan in PLANS:
            plan_set(conn, plan, by)
        customers_imported(conn, papers / customers().name, by)
        auth_codes_imported(conn, papers / auth_codes().name, by)
        for name, wanted in SOURCES.items():
            source_added(conn, name, wanted, by)
        for name, paper in tables:
            table_imported(conn, name, papers / paper.name, by)


def written(folder: Path, papers: Iterable[Paper]) -> None:
    """Write files to import into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in papers:
        (folder / paper.name).write_text(paper.text)
