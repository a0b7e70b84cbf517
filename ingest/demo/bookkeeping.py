"""The fictional reseller's books: bill runs, what comes in, and the tickets of its customers."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from data.bill_run import drafted, recorded
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.money import decimal_units
from data.domain.periods import Period, previous_calendar_month
from data.exchange.ledger import invoices_imported, payments_imported
from data.store.connect import Store
from data.store.queries.invoices import invoice_named
from ingest.demo.arrears import invoices, old_invoices, payments
from ingest.demo.debts import Owed, Paid, payments_to_come
from ingest.demo.founding import written
from ingest.demo.paper import csv_paper


def month_billed(store: Store, invoice_date: date, by: By, rng: np.random.Generator) -> list[Paid]:
    """Bill the calendar month before a date, record the invoices, and draw how they are paid."""
    run = BillRun(invoice_date, previous_calendar_month(invoice_date))
    numbers = recorded(store, [draft.name for draft in drafted(store, run, by)], by)
    with store.snapshot() as conn:
        found = [invoice_named(conn, number) for number in numbers]
    owed = [Owed(one.name, one.due_date, one.total_micros) for one in found if one is not None]
    return payments_to_come(owed, rng)


def newest_drafted(store: Store, today: date, by: By) -> None:
    """Make drafts for the month that is not over, up to yesterday."""
    first = today.replace(day=1)
    drafted(store, BillRun(today, Period(first, max(first, today - timedelta(days=1)))), by)


def payments_booked(store: Store, papers: Path, paid: Sequence[Paid], by: By) -> None:
    """Take payments from the file that a bank gives."""
    if not paid:
        return
    columns = ("invoice", "date", "amount", "method", "notes")
    rows = [
        (one.number, one.on.isoformat(), decimal_units(one.amount_micros), "transfer", "")
        for one in paid
    ]
    paper = csv_paper(f"payments-{by.at:%Y%m%d}.csv", columns, rows)
    written(papers, [paper])
    with store.writing() as conn:
        payments_imported(conn, papers / paper.name, by)


def old_books_taken_over(
    store: Store, papers: Path, by: By, *, today: date, rng: np.random.Generator
) -> None:
    """Import what is owed from another system, of every age, and part payments of it."""
    old = old_invoices(today, rng)
    written(papers, [invoices(old), payments(old)])
    with store.writing() as conn:
        invoices_imported(conn, papers / invoices(old).name, by)
        payments_imported(conn, papers / payments(old).name, by)
