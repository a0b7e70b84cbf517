"""The commands of billing, as a person types them."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from data.domain.errors import BillingError, Refused, SystemRefused
from data.store.queries.tenant import the_tenant
from data.store.schema import invoices, tenant

JUNE = ("--date", "2026-07-01", "--from", "2026-06-01", "--to", "2026-06-30")


def test_from_imports_to_a_paid_invoice(kit, says, csv_file):
    says("taxes", "set", "Quebec", "GST=5%", "QST=9.975%+")
    says("rates", "import", "Retail", csv_file("code,rate", "44,0.05"))
    says("plans", "set", "Basic", "--fee", "20", "--minutes", "500", "--destination", "+44")
    says("charges", "add", "Rental", "--amount", "30", "--every-months", "1")
    output = says(
        "customers",
        "import",
        csv_file(
            "custid,cname,taxcategory,ratetable,plan", "1001,Analytical Ltd,Quebec,Retail,Basic"
        ),
    )
    assert "1 added" in output
    says("charges", "give", "Rental", "1001", "--from", "2026-06-15")
    says(
        "auth-codes",
        "import",
        csv_file("custid,field,kind,pattern", "1001,CallingNumber,prefix,1519555"),
    )
    kit.usage(1, (6, 3), 50_000_000)

    assert "115.47" in says("invoices", "draft", *JUNE)
    assert "Nothing to bill" in says("invoices", "draft", *JUNE)
    assert "D1 is invoice 1" in says("invoices", "record", "--all")
    assert "outstanding 15.47" in says("payments", "add", "--invoice", "1", "--amount", "100")
    assert "outstanding 10.47" in says(
        "payments", "credit", "--customer", "1001", "--amount", "5", "--invoice", "1"
    )
    assert "outstanding 0.00" in says("payments", "write-off", "1")
    reversed_by = says("payments", "reverse", "3", "--why", "they paid after all")
    assert reversed_by == "Reversed by 4. Balance 10.47, outstanding 10.47, on account 0.00\n"
    assert "10.47" in says("invoices", "list", "--customer", "1001")
    assert "on account 89.53" in says(
        "payments", "add", "--customer", "1001", "--amount", "100", "--date", "2026-06-05"
    )
    refunded = says("payments", "refund", "--customer", "1001", "--amount", "80")
    assert refunded.endswith(" Balance -9.53, outstanding 0.00, on account 9.53\n")
    assert says("payments", "list").count("\n") == 7
    applied = says("payments", "apply", "--customer", "1001")
    assert applied.startswith("0.00 put to invoices. Balance -9.53, ")


def test_a_draft_is_deleted_and_a_recorded_invoice_taken_back(kit, says):
    kit.usage(kit.customer("1"), (6, 3), 1_000_000)
    says("invoices", "draft", *JUNE, "--customer", "1")
    says("invoices", "record", "D1")

    says("invoices", "unrecord", "1")
    says("invoices", "delete", "D1")

    assert "D2" in says("invoices", "draft", *JUNE)


def test_a_bill_run_is_looked_at_before_it_is_done(kit, says):
    kit.usage(kit.customer("1"), (6, 3), 1_000_000, unrated=2)

    first = says("invoices", "preflight", *JUNE)
    assert "1 draft, 1.00 in all" in first
    assert "2 calls without a rate (1)" in first
    says("invoices", "draft", *JUNE)
    kit.usage(1, (7, 3), 3_000_000)
    kit.usage(kit.customer("2"), (6, 3), 5_000_000)
    says("invoices", "draft", *JUNE)

    july = ("--date", "2026-08-01", "--from", "2026-07-01", "--to", "2026-07-31")
    again = says("invoices", "preflight", *july)

    assert "before, 2026-06-01 to 2026-06-30: 2 invoices, 6.00" in again
    assert "2 was billed 5.00, now nothing" in again
    assert "1: 1.00, now 3.00" in again


def test_drafts_out_of_date_are_marked_and_named_by_the_run_that_makes_others(kit, store, says):
    kit.usage(kit.customer("1"), (6, 3), 1_000_000)
    kit.usage(kit.customer("2"), (6, 3), 1_000_000)
    says("invoices", "draft", *JUNE)
    with store.writing() as conn:
        conn.execute(update(invoices).where(invoices.c.id == 1).values(outdated=True))
    kit.usage(1, (6, 3), 5_000_000)
    july = ("--date", "2026-08-01", "--from", "2026-07-01", "--to", "2026-07-31")

    marked = [line.split()[0] for line in says("invoices", "list").splitlines() if "out of" in line]
    before = says("invoices", "preflight", *JUNE)
    others = [says("invoices", "draft", *july), says("invoices", "draft", *JUNE, "--customer", "2")]
    again = says("invoices", "draft", *JUNE)

    assert marked == ["D1"]
    for told in (before, again):
        assert "Out of date, of this period: D1. Delete them ('invoices delete D1')" in told
    assert not any("Out of date" in told for told in others)


def test_a_run_that_leaves_out_days_of_customers_on_a_plan_names_both(kit, says, csv_file):
    says("plans", "set", "Basic", "--fee", "20", "--minutes", "500")
    says("customers", "import", csv_file("custid,cname,plan", "7,Ada,Basic"))
    kit.usage(1, (6, 3), 1_000_000)
    says("invoices", "draft", *JUNE)
    august = ("--date", "2026-09-01", "--from", "2026-08-01", "--to", "2026-08-31")

    for command in ("preflight", "draft"):
        told = says("invoices", command, *august)
        assert "Never billed: 2026-07-01 to 2026-07-31: 1 customer on a plan: 7. Bill" in told


@pytest.mark.parametrize("command", ["preflight", "draft"])
def test_a_run_with_odd_dates_says_so(says, command):
    told = says("invoices", command, "--date", "2030-01-01", *JUNE[2:])

    assert "Invoice date: 2030-01-01 is " in told


@pytest.mark.parametrize("kind", ["add", "credit"])
def test_an_equal_entry_is_named_and_one_with_a_reference_entered_once(kit, says, kind):
    kit.customer("1")
    entry = ("payments", kind, "--customer", "1", "--amount", "10")

    first, second = says(*entry), says(*entry)
    under_reference = [says(*entry, "--once", "bank 77") for _ in range(2)]

    assert "says the same" not in first
    assert "Entry 1 says the same." in second
    assert under_reference[0] == under_reference[1]
    assert "on account 30.00" in under_reference[1]


def test_the_setup_is_checked(kit, run):
    assert run("customers", "check")[0] == 0
    kit.customer("1")

    code, output = run("customers", "check")

    assert code == 1
    assert "has no rate table" in output


def test_ledgers_of_another_system_come_in(kit, says, csv_file):
    kit.customer("1")
    header = "number,custid,invoice_date,due_date,total,tax,status"

    says("invoices", "import", csv_file(header, "A,1,2026-05-01,2026-05-31,100,10,RECORDED"))
    says(
        "payments",
        "import",
        csv_file("invoice,date,amount,method,notes", "A,2026-05-05,40,card,"),
    )

    assert "60.00" in says("invoices", "list", "--status", "RECORDED")


def test_partial_takes_the_others_and_names_the_refused(says, csv_file):
    output = says("customers", "import", csv_file("custid,cname", "1,One", ",Two"), "--partial")

    assert "1 added, 0 changed, 0 unchanged, 1 refused" in output
    assert "line 3: custid" in output
    assert "One" in says("customers", "list")


def test_a_customer_is_deleted(kit, says, run):
    kit.customer("1")

    says("customers", "delete", "1")

    with pytest.raises(Refused, match="no customer 1"):
        run("customers", "delete", "1")


def test_tickets_are_opened_listed_and_resolved(says, run):
    assert "Ticket 1 is open" in says("ticket", "add", "No calls to Germany", "--priority", "high")
    assert "No calls to Germany" in says("ticket", "list")
    says("ticket", "resolve", "1")
    assert "Germany" not in says("ticket", "list")
    assert "Germany" in says("ticket", "list", "--all")
    with pytest.raises(Refused, match="already"):
        run("ticket", "resolve", "1")


def test_a_sources_name_has_64_characters_at_most(says, run):
    says("source", "add", "x" * 64)

    with pytest.raises(Refused, match="64 characters at most"):
        run("source", "add", "x" * 65)


def test_sources_are_added_edited_and_switched(settings, says, run):
    words = ("--profile", "asterisk-cdr-csv", "--timezone", "Europe/London", "--expect-every", "1h")
    numbers = ("--country-code", "44", "--international-prefix", "00", "--trunk-prefix", "0")
    says("source", "add", "london", *words, *numbers, "--growing")
    ours = ("--own-numbers", "442079460*, 2xx", "--toll-free", "44800*", "--reject-at-most", "1%")
    says("source", "edit", "london", "--expect-every", "30m", *ours)
    says("source", "disable", "london")

    listed = says("source", "list")

    assert "1800" in listed
    assert "442079460*,2XX,44800*" in listed
    assert "off" in listed
    assert (settings.inbox_dir / "london").is_dir()
    says("source", "enable", "london")
    for command, name in (
        ("add", "london"),
        ("add", "../etc"),
        ("edit", "paris"),
        ("enable", "london"),
    ):
        with pytest.raises(Refused):
            run("source", command, name)


def test_the_tenant_is_set_fact_by_fact(kit, says, run):
    for fact, value in (
        ("name", "Northern Voice Ltd"),
        ("address", "1 Mill St\\nGuelph"),
        ("tax-id", "RT0001"),
        ("bank", "IBAN GB00"),
        ("days-to-pay", "14"),
        ("next-invoice-number", "1000"),
        ("billing-start", "2026-06-01"),
    ):
        says("tenant", "set", fact, value)

    tenant = kit.read(the_tenant)

    assert (tenant.name, tenant.address) == ("Northern Voice Ltd", "1 Mill St\nGuelph")
    assert (tenant.days_to_pay, tenant.next_invoice_number) == (14, 1000)
    assert tenant.billing_start == date(2026, 6, 1)
    assert "Northern Voice Ltd" in says("tenant", "show")
    for fact, value in (
        ("name", " "),
        ("name", "x" * 201),
        ("name", "Northern\nVoice"),
        ("tax-id", "x" * 201),
        ("address", "x" * 4_001),
        ("days-to-pay", "soon"),
        ("next-invoice-number", "999"),
        ("billing-start", "June"),
    ):
        with pytest.raises(Refused):
            run("tenant", "set", fact, value)


@pytest.mark.parametrize("digits", [0, 3])
def test_every_amount_has_the_decimals_of_the_currency(kit, says, run, csv_file, digits):
    with kit.store.writing() as conn:
        conn.execute(update(tenant).values(minor_digits=digits))
    kit.usage(kit.customer("1"), (6, 3), 1_500_000_000)
    kit.customer("2")
    invoices = "number,custid,invoice_date,total"

    said = [
        says("taxes", "set", "Fees", "Levy=2<9"),
        says("taxes", "list"),
        says("plans", "set", "Basic", "--fee", "20"),
        says("plans", "list"),
        says("charges", "add", "Rental", "--amount", "30"),
        says("charges", "list"),
        says("invoices", "preflight", *JUNE),
        says("invoices", "draft", *JUNE),
        says("invoices", "record", "--all"),
        says("invoices", "list"),
        says("payments", "add", "--customer", "1", "--amount", "5", "--once", "A"),
        says("payments", "list"),
        says("payments", "credit", "--customer", "1", "--amount", "2000"),
        says("payments", "refund", "--customer", "1", "--amount", "10"),
        says("payments", "apply", "--customer", "1"),
        says("invoices", "import", csv_file(invoices, "X,2,2026-06-01,100")),
        says("payments", "import", csv_file("invoice,date,amount", "X,2026-06-02,90")),
    ]
    for words in (
        ("payments", "add", "--customer", "1", "--amount", "6", "--once", "A"),
        ("payments", "credit", "--customer", "2", "--amount", "99", "--invoice", "X"),
        ("payments", "refund", "--customer", "1", "--amount", "9999"),
        ("plans", "set", "Less", "--fee", "-1"),
        ("invoices", "import", csv_file(invoices, "X,2,2026-06-01,50")),
    ):
        with pytest.raises(BillingError) as refused:
            run(*words)
        said.append(str(refused.value))

    text = "\n".join(said)
    decimals = {len(after) for after in re.findall(r"\d+\.(\d+)", text)}
    assert decimals == ({digits} if digits else set())
    assert f"1500.{'0' * digits}" in text if digits else " 1500 " in text


@pytest.mark.parametrize(
    "words",
    [
        ("customers", "import"),
        ("auth-codes", "import"),
        ("rates", "import", "Retail"),
        ("invoices", "import"),
        ("payments", "import"),
        ("tenant", "set", "logo"),
    ],
)
def test_a_file_that_is_not_there_is_told_by_its_whole_path_and_not_as_a_row(run, words):
    with pytest.raises(SystemRefused, match=r"^/nowhere/x cannot be used: No such file"):
        run(*words, "/nowhere/x")
