"""After any sequence of ingest, reprocess, bill, record, pay and undo, the books agree.

Rollups are the calls; an invoice is the sum of its lines and of the calls in its rectangles;
balances are invoices less payments; recorded numbers have no gap; no call is on two invoices.
"""

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select, update

from data.bill_run import deleted, drafted, recorded, unrecorded
from data.domain.authorship import By
from data.domain.balances import Payment, PaymentKind
from data.domain.books import BillRun
from data.domain.errors import Refused
from data.domain.invoicing import LineKind
from data.domain.money import rounded_to_minor
from data.domain.periods import Period
from data.domain.rating import Rate
from data.domain.records import InvoiceStatus, RateState
from data.settings import Settings
from data.store.queries.billable import live_coverage
from data.store.queries.differences import difference_sums, invoiced_differences_of
from data.store.queries.invoices import balance, invoices_of
from data.store.queries.payments import payment_entries
from data.store.schema import (
    auth_codes,
    calls,
    customers,
    free_invoice_numbers,
    invoice_coverage,
    invoice_lines,
    invoiced_differences,
    plans,
    tenant,
    usage_by_customer,
)
from data.store.writes.accounts import account_applied
from data.store.writes.payments import payment_received, payment_reversed, refund_paid
from data.store.writes.rates import rates_imported
from data.store.writes.versions import version_raised
from ingest.upkeep import requeueing, withdrawal
from tests import factories
from tests.founding import just_founded
from tests.ingesting import (
    add_auth_code,
    add_rates,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
)

TODAY = datetime(2026, 9, 1, 9, tzinfo=UTC)
BY = By("machine", TODAY)
MONTHS = [Period(date(2026, 6, 1), date(2026, 6, 30)), Period(date(2026, 7, 1), date(2026, 7, 31))]
UNIT = 1_000_000
picks = st.integers(0, 99)


class Books(RuleBasedStateMachine):
    """Two customers, one with included minutes, and everything that can happen to their books."""

    @initialize()
    def open_books(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tollboard-machine-"))
        self.settings = Settings(var=self.folder, settle_s=0, _env_file=None)
        self.store = just_founded(self.settings, TODAY)
        self.files, self.seconds = 0, 0
        with self.store.writing() as conn:
            table = add_rates(conn, "Retail", p1=600_000)
            plan = conn.execute(
                plans.insert()
                .values(name="Talk", monthly_fee_micros=5 * UNIT, included_s=300)
                .returning(plans.c.id)
            ).scalar_one()
            for account, plan_id in (("acc1", None), ("acc2", plan)):
                customer = factories.add_customer(
                    conn, account, rate_table_id=table, plan_id=plan_id
                )
                add_auth_code(conn, customer, account)

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def invoices(self, status=None):
        with self.store.snapshot() as conn:
            return sorted(invoices_of(conn, status=status), key=lambda invoice: invoice.id)

    def try_to(self, change):
        """Do what the rules may refuse; a refusal changes nothing, which the invariants hold."""
        try:
            change()
        except Refused:
            return

    @rule(
        month=st.sampled_from([6, 7]),
        accounts=st.lists(st.sampled_from(["acc1", "acc2", "nobody"]), min_size=1, max_size=4),
        talk_s=st.integers(1, 400),
        abroad=st.booleans(),
    )
    def a_file_arrives(self, month, accounts, talk_s, abroad):
        rows = []
        for account in accounts:
            self.seconds += 1
            at = datetime(2026, month, 10, 12, tzinfo=UTC) + timedelta(minutes=self.seconds)
            dst = "+4915550101" if abroad else "+15555550101"
            rows.append(line(self.seconds, at=at, account=account, talk_s=talk_s, dst=dst))
        self.files += 1
        deliver(self.settings, f"{self.files}.csv", "".join(rows))
        ingested(self.store, self.settings)

    @precondition(lambda self: self.files)
    @rule(pick=picks)
    def a_file_is_processed_again(self, pick):
        ingest = an_ingest(self.store, self.settings)
        self.try_to(lambda: requeueing(ingest, [1 + pick % self.files], ""))  # or withdrawn
        ingested(self.store, self.settings)

    @precondition(lambda self: self.files)
    @rule(pick=picks, undo=st.booleans())
    def a_file_is_withdrawn(self, pick, undo):
        ingest = an_ingest(self.store, self.settings)
        self.try_to(lambda: withdrawal(ingest, 1 + pick % self.files, undo=undo))
        ingested(self.store, self.settings)

    @rule(customer=st.sampled_from([1, 2]))
    def an_account_changes_hands(self, customer):
        with self.store.writing() as conn:
            moved = update(auth_codes).where(auth_codes.c.pattern == "acc2")
            conn.execute(moved.values(customer_id=customer, position=2))
            version_raised(conn, TODAY)

    @rule(price=st.integers(1, 2_000_000), germany=st.booleans())
    def the_rates_change(self, price, germany):
        wanted = [Rate(pattern="1", per_minute_micros=price)]
        wanted += [Rate(pattern="49", per_minute_micros=price)] if germany else []
        with self.store.writing() as conn:
            rates_imported(conn, "Retail", wanted, BY, whole=True)

    @rule(period=st.sampled_from(MONTHS))
    def a_bill_run(self, period):
        drafted(self.store, BillRun(period.last, period), BY)
        assert drafted(self.store, BillRun(period.last, period), BY) == []

    @precondition(lambda self: self.invoices(InvoiceStatus.DRAFT))
    @rule(pick=picks)
    def a_draft_is_recorded(self, pick):
        found = self.invoices(InvoiceStatus.DRAFT)
        self.try_to(lambda: recorded(self.store, [found[pick % len(found)].name], BY))

    @precondition(lambda self: self.invoices(InvoiceStatus.DRAFT))
    @rule(pick=picks)
    def a_draft_is_deleted(self, pick):
        found = self.invoices(InvoiceStatus.DRAFT)
        deleted(self.store, [found[pick % len(found)].name], BY)

    @precondition(lambda self: self.invoices(InvoiceStatus.RECORDED))
    @rule(pick=picks)
    def an_invoice_is_taken_back(self, pick):
        found = self.invoices(InvoiceStatus.RECORDED)
        self.try_to(lambda: unrecorded(self.store, [found[pick % len(found)].name], BY))

    @precondition(lambda self: self.invoices(InvoiceStatus.RECORDED))
    @rule(
        pick=picks,
        units=st.integers(1, 30),
        kind=st.sampled_from([PaymentKind.PAYMENT, PaymentKind.CREDIT_NOTE, PaymentKind.WRITE_OFF]),
    )
    def somebody_pays(self, pick, units, kind):
        found = self.invoices(InvoiceStatus.RECORDED)
        payment = Payment(
            customer_id=found[pick % len(found)].customer_id,
            paid_on=TODAY.date(),
            amount_micros=units * UNIT,
            kind=kind,
        )

        def pay():
            with self.store.writing() as conn:
                payment_received(conn, payment, BY)

        self.try_to(pay)

    @rule(customer=st.sampled_from([1, 2]), units=st.integers(1, 10), refund=st.booleans())
    def money_on_account_moves(self, customer, units, refund):
        payment = Payment(customer_id=customer, paid_on=TODAY.date(), amount_micros=units * UNIT)

        def move():
            with self.store.writing() as conn:
                if refund:
                    refund_paid(conn, payment, BY)
                else:
                    account_applied(conn, customer, BY)

        self.try_to(move)

    @rule(pick=picks)
    def a_payment_is_reversed(self, pick):
        with self.store.snapshot() as conn:
            found = payment_entries(conn)
        if not found:
            return

        def undo():
            with self.store.writing() as conn:
                payment_reversed(conn, found[pick % len(found)].id, TODAY.date(), BY, why="")

        self.try_to(undo)

    @invariant()
    def rollups_are_the_calls(self):
        if hasattr(self, "store"):
            with self.store.snapshot() as conn:
                assert_books_balance(conn)

    @invariant()
    def an_invoice_is_its_lines_and_its_calls(self):
        if not hasattr(self, "store"):
            return
        for invoice in self.invoices():
            with self.store.snapshot() as conn:
                rows = conn.execute(
                    select(invoice_lines).where(invoice_lines.c.invoice_id == invoice.id)
                ).all()
                billed = charge_of_calls(conn, invoice.id)
                usage = usage_by_customer.c
                rolled, plan = conn.execute(
                    select(
                        func.coalesce(func.sum(usage.charge_micros), 0),
                        func.coalesce(func.sum(usage.plan_micros), 0),
                    ).where(usage.invoice_id == invoice.id)
                ).one()
            assert invoice.total_micros == sum(row.amount_micros for row in rows)
            assert all(rounded_to_minor(row.exact_micros) == row.amount_micros for row in rows)
            assert rolled == billed
            if not invoice.outdated:
                kinds = {LineKind.USAGE, LineKind.LATE_USAGE}
                exact = sum(row.exact_micros for row in rows if row.kind in kinds)
                assert exact == billed - plan

    @invariant()
    def no_call_is_on_two_invoices(self):
        if not hasattr(self, "store"):
            return
        with self.store.snapshot() as conn:
            rectangles = live_coverage(conn)
        for of_customer in rectangles.values():
            for one, other in combinations(of_customer, 2):
                days = one.from_day <= other.to_day and other.from_day <= one.to_day
                loads = (
                    one.after_version < other.upto_version
                    and other.after_version < one.upto_version
                )
                assert not (days and loads)

    @invariant()
    def differences_are_of_calls_on_invoices(self):
        """Each is of a call that is there, differs from it, and is listed with its invoice."""
        if not hasattr(self, "store"):
            return
        with self.store.snapshot() as conn:
            sums = difference_sums(conn)
            listed = list(invoiced_differences_of(conn))
            kept = conn.execute(select(func.count()).select_from(invoiced_differences)).scalar_one()
        assert kept == sums.calls
        assert all(
            each.charge_now_micros != each.charge_micros
            or each.customer_now is None
            or each.customer_now.custid != each.customer.custid
            for each in listed
        )
        assert len(listed) == kept
        assert sum(each.difference_micros for each in listed) == sums.moved_micros

    @invariant()
    def balances_are_invoices_less_payments(self):
        if not hasattr(self, "store"):
            return
        with self.store.snapshot() as conn:
            for customer in conn.execute(select(customers.c.id)).scalars():
                owed = balance(conn, customer)
                mine = invoices_of(conn, customer_id=customer, status=InvoiceStatus.RECORDED)
                entries = payment_entries(conn, customer_id=customer)
                assert owed.recorded_micros == sum(invoice.total_micros for invoice in mine)
                assert owed.paid_micros == sum(entry.amount_micros for entry in entries)
                assert owed.outstanding_micros == sum(
                    invoice.outstanding_micros for invoice in mine
                )
                assert all(invoice.outstanding_micros >= 0 for invoice in mine)
                assert owed.on_account_micros >= 0

    @invariant()
    def numbers_have_no_gap(self):
        if not hasattr(self, "store"):
            return
        taken = [int(invoice.number) for invoice in self.invoices() if invoice.number]
        with self.store.snapshot() as conn:
            free = list(conn.execute(select(free_invoice_numbers.c.number)).scalars())
            following = conn.execute(select(tenant.c.next_invoice_number)).scalar_one()
        assert sorted(taken + free) == list(range(1, following))


def charge_of_calls(conn, invoice_id):
    """Return what the priced calls in an invoice's rectangles cost, call by call."""
    rectangles = conn.execute(
        select(invoice_coverage).where(invoice_coverage.c.invoice_id == invoice_id)
    ).all()
    found = conn.execute(select(calls).where(calls.c.rate_state == RateState.RATED)).all()
    return sum(
        call.charge_micros
        for call in found
        for cover in rectangles
        if call.customer_id == cover.customer_id
        and cover.from_day <= call.started_at.date() <= cover.to_day
        and cover.after_version < call.load_version <= cover.upto_version
    )


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=6,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
