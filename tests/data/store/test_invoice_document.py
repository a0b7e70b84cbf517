"""An invoice shows what the store holds of it, to the micro."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import delete, insert, update

from data.bill_run import deleted, drafted, recorded
from data.domain.balances import PaymentKind
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.invoice_document import Annex, AnnexRow, Settlement
from data.domain.invoicing import LineKind
from data.domain.periods import Period
from data.domain.records import Direction, Disposition, InvoiceStatus, MatchState, RateState
from data.exchange.ledger import invoices_imported
from data.store.queries.invoice_document import billed_calls, invoice_document
from data.store.queries.invoices import invoice_named
from data.store.schema import (
    call_rows,
    invoice_lines,
    payment_allocations,
    payments,
    rate_tables,
    rates,
    tenant,
)

JUNE_RUN = BillRun(date(2026, 7, 1), Period(date(2026, 6, 1), date(2026, 6, 30)))
JULY_RUN = BillRun(date(2026, 8, 1), Period(date(2026, 7, 1), date(2026, 7, 31)))
UNIT = 1_000_000
_keys = count(1)


class Desk:
    """Loads calls as an ingest does, with their rollup, and looks at invoices."""

    def __init__(self, kit, store, by):
        self.kit, self.store, self.by = kit, store, by
        self.table = kit.add(rate_tables, name="Retail")
        whose = {"company": "Ada & Co", "first_name": "Ada", "city": "Bath", "zip": "B1"}
        self.ada = kit.customer("C-1", rate_table_id=self.table, **whose)
        self.rates = {
            place: kit.add(rates, rate_table_id=self.table, pattern=place[:9], destination=place)
            for place in ("France", "Spain", "Åland")
        }

    def loaded(self, at, place=None, charge=0, state=RateState.RATED, customer=None):
        """Add one call and its rollup row; return when it started."""
        customer_id = customer or self.ada
        rated = state is RateState.RATED
        day = at.date()
        version = self.kit.usage(
            customer_id,
            (day.month, day.day),
            charge,
            rated=int(rated),
            billed_s=60,
            rate_table_id=self.table if rated else 0,
        )
        row = {
            "started_at": at,
            "call_key": next(_keys),
            "file_id": 1,
            "line": 1,
            "load_version": version,
            "talk_ms": 30_500,
            "calling_number": "+447700900001",
            "called_number": "02079460000",
            "direction": Direction.OUTBOUND,
            "disposition": Disposition.ANSWERED,
            "time_flags": 0,
            "match_state": MatchState.MATCHED,
            "customer_id": customer_id,
            "rate_state": state,
            "rate_id": self.rates[place] if place else None,
            "billed_s": 60,
            "charge_micros": charge if state in (RateState.RATED, RateState.NOT_NEEDED) else None,
        }
        with self.store.writing() as conn:
            conn.execute(insert(call_rows).values(row))
        return at

    def shown(self, name, *, with_calls=False):
        return self.kit.read(
            lambda conn: invoice_document(conn, self.found(conn, name), with_calls=with_calls)
        )

    def found(self, conn, name):
        invoice = invoice_named(conn, name)
        assert invoice is not None
        return invoice


@pytest.fixture
def desk(kit, store, by):
    return Desk(kit, store, by)


def june(day, hour=12):
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def test_a_document_names_both_sides_and_the_days(desk, store, by):
    with store.writing() as conn:
        conn.execute(update(tenant).values(name="Harbour", bank="IBAN GB00", tax_id="GB 1"))
    desk.loaded(june(3), "France", 3 * UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)

    document = desk.shown(draft.name)

    assert (document.number, document.status) == (f"D{draft.id}", InvoiceStatus.DRAFT)
    assert (document.issuer.name, document.issuer.bank) == ("Harbour", "IBAN GB00")
    assert document.recipient.company == "Ada & Co"
    assert document.recipient.contact == "Ada"
    assert document.recipient.address == ("B1 Bath",)
    assert (document.invoice_date, document.period) == (date(2026, 7, 1), JUNE_RUN.period)
    assert document.sums.total_micros == draft.total_micros


def test_the_annex_is_by_destination_and_adds_up_to_the_line_unrounded(desk, store, by):
    desk.loaded(june(3), "France", 1_004_001)
    desk.loaded(june(4), "France", 1_000_000)
    desk.loaded(june(5), "Spain", 2_004_001)
    desk.loaded(june(6), "Åland", 2_004_001)
    (draft,) = drafted(store, JUNE_RUN, by)

    (annex,) = desk.shown(draft.name).annexes

    assert annex == Annex(
        "Calls, Retail",
        (
            AnnexRow("France", 2, 120, 2_004_001),
            AnnexRow("Spain", 1, 60, 2_004_001),
            AnnexRow("Åland", 1, 60, 2_004_001),
        ),
    )
    (line,) = desk.shown(draft.name).lines
    assert annex.exact_micros == line.exact_micros == 6_012_003
    assert line.amount_micros == 6_010_000


def test_what_included_minutes_cover_is_taken_off_in_the_annex(desk, store, by):
    desk.loaded(june(3), "France", 3 * UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)
    with store.writing() as conn:
        conn.execute(update(invoice_lines).values(exact_micros=2 * UNIT))

    (annex,) = desk.shown(draft.name).annexes

    assert (annex.plan_micros, annex.exact_micros) == (UNIT, 2 * UNIT)


def test_late_calls_have_an_annex_of_their_own(desk, store, by):
    desk.loaded(june(3), "France", UNIT)
    drafted(store, JUNE_RUN, by)
    desk.loaded(june(4), "Spain", 2 * UNIT)
    desk.loaded(datetime(2026, 7, 5, tzinfo=UTC), "Spain", 3 * UNIT)
    (july,) = drafted(store, JULY_RUN, by)

    document = desk.shown(july.name, with_calls=True)

    assert [annex.rows for annex in document.annexes] == [
        (AnnexRow("Spain", 1, 60, 3 * UNIT),),
        (AnnexRow("Spain", 1, 60, 2 * UNIT),),
    ]
    assert [call.late for call in document.calls] == [True, False]


def test_a_day_begins_at_midnight_of_the_tenant(desk, store, by):
    with store.writing() as conn:
        conn.execute(update(tenant).values(timezone="America/New_York"))
    desk.loaded(datetime(2026, 6, 1, 4, 0, tzinfo=UTC), "France", UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)

    (call,) = desk.shown(draft.name, with_calls=True).calls

    assert call.started.isoformat() == "2026-06-01T00:00:00-04:00"
    assert not call.late


def test_calls_are_listed_in_time_order_free_ones_too_and_unpriced_or_foreign_ones_never(
    desk, kit, store, by
):
    bob = kit.customer("C-2")
    second = desk.loaded(june(4), "France", 24_000)
    first = desk.loaded(june(3), None, 0, state=RateState.NOT_NEEDED)
    desk.loaded(june(5), None, 0, state=RateState.UNRATED)
    desk.loaded(june(6), None, 0, state=RateState.BLOCKED)
    desk.loaded(june(7), "Spain", UNIT, customer=bob)
    drafts = drafted(store, JUNE_RUN, by)
    desk.loaded(june(8), "France", UNIT)  # after the bill run: it goes on the next invoice

    document = desk.shown(drafts[0].name, with_calls=True)
    listed = document.calls

    assert [annex.rows for annex in document.annexes] == [(AnnexRow("France", 1, 60, 24_000),)]

    assert [(call.started, call.charge_micros) for call in listed] == [
        (first, 0),
        (second, 24_000),
    ]
    assert (listed[1].destination, listed[0].destination) == ("France", "")
    assert (listed[1].talk_ms, listed[1].billed_s) == (30_500, 60)


def test_calls_are_read_one_by_one(desk, kit, store, by):
    for minute in range(5):
        desk.loaded(june(3) + timedelta(minutes=minute), "France", UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)

    first = kit.read(lambda conn: next(billed_calls(conn, desk.found(conn, draft.name))))

    assert first.started == june(3)


def test_more_calls_than_people_read_are_left_to_the_csv(desk, store, by, monkeypatch):
    monkeypatch.setattr("data.store.queries.invoice_document.MOST_LISTED", 1)
    for day in (3, 4):
        desk.loaded(june(day), "France", UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)

    with pytest.raises(Refused, match="--csv FILE"):
        desk.shown(draft.name, with_calls=True)


def test_a_line_whose_calls_are_gone_has_no_annex_rather_than_a_wrong_one(desk, store, by):
    desk.loaded(june(3), "France", UNIT)
    desk.loaded(june(4), "Spain", UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)
    with store.writing() as conn:
        conn.execute(delete(call_rows).where(call_rows.c.started_at == june(3)))

    assert desk.shown(draft.name).annexes == (Annex("Calls, Retail", ()),)


def test_what_was_paid_and_undone_is_on_it_by_day(desk, kit, store, by):
    desk.loaded(june(3), "France", 3 * UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)
    (number,) = recorded(store, [draft.name], by)
    for day, kind, amount in ((20, "reversal", -UNIT), (10, "payment", UNIT)):
        payment = kit.add(
            payments,
            customer_id=desk.ada,
            kind=kind,
            paid_on=date(2026, 7, day),
            amount_micros=amount,
            created_at=by.at,
        )
        with store.writing() as conn:
            allocation = {"payment_id": payment, "invoice_id": draft.id, "amount_micros": amount}
            conn.execute(insert(payment_allocations).values(allocation))

    document = desk.shown(number)

    assert document.settlements == (
        Settlement(date(2026, 7, 10), PaymentKind.PAYMENT, UNIT),
        Settlement(date(2026, 7, 20), PaymentKind.REVERSAL, -UNIT),
    )
    assert document.outstanding_micros == 3 * UNIT


def test_an_invoice_made_elsewhere_is_shown_without_calls(desk, store, by, csv_file):
    file = csv_file(
        "number,custid,invoice_date,due_date,total,tax,status",
        "INV-9,C-1,2026-06-01,2026-07-01,12.00,2.00,RECORDED",
    )
    with store.writing() as conn:
        invoices_imported(conn, file, by)

    document = desk.shown("INV-9", with_calls=True)

    assert (document.period, document.annexes, document.calls) == (None, (), ())
    assert [line.kind for line in document.lines] == [LineKind.EXTERNAL, LineKind.TAX]


def test_a_deleted_draft_has_nothing_to_show(desk, store, by):
    desk.loaded(june(3), "France", UNIT)
    (draft,) = drafted(store, JUNE_RUN, by)
    deleted(store, [draft.name], by)

    with pytest.raises(Refused, match="was deleted"):
        desk.shown(draft.name)
