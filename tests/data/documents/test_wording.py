"""Money, dates and lengths are written so that nobody reads them wrongly."""

from datetime import date

import pytest

from data.documents.wording import Money, country, days, duration, file_stem
from data.domain.periods import Period
from data.domain.records import InvoiceStatus
from tests.invoice_documents import invoice_document


@pytest.mark.parametrize(
    ("currency", "minor_digits", "written"),
    [
        ("GBP", 2, "£1,234.57"),
        ("CHF", 2, "CHF\N{NO-BREAK SPACE}1,234.57"),
        ("CAD", 2, "CA$1,234.57"),
        ("JPY", 0, "¥1,235"),
        ("KWD", 3, "KWD\N{NO-BREAK SPACE}1,234.568"),
    ],
)
def test_an_amount_has_its_currency_and_minor_digits(currency, minor_digits, written):
    assert Money(currency, minor_digits).printed(1_234_567_890) == written


def test_a_negative_amount_keeps_its_sign_before_the_currency():
    assert Money("GBP", 2).printed(-5_000_000) == "-£5.00"


def test_exact_amounts_get_the_fewest_decimals_that_lose_nothing():
    money = Money("GBP", 2)

    assert money.decimals_for([1_500_000]) == 2
    assert money.decimals_for([1_500_000, 1_230_500]) == 4
    assert money.decimals_for([1]) == 6
    assert money.exact(1_204_037_500, decimals=4) == "1,204.0375"


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2026, 5, 1), date(2026, 5, 31), "1 – 31 May 2026"),
        (date(2026, 5, 1), date(2026, 5, 1), "1 May 2026"),
        (date(2026, 5, 20), date(2026, 6, 3), "20 May 2026 – 3 June 2026"),
    ],
)
def test_a_period_names_both_its_ends(first, last, written):
    assert days(Period(first, last)) == written


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0:00:00"), (65, "0:01:05"), (4_334_709, "1,204:05:09")]
)
def test_a_length_is_hours_minutes_and_seconds(seconds, written):
    assert duration(seconds) == written


def test_a_country_code_is_written_as_its_name_and_an_unknown_one_as_it_is():
    assert (country("DNK"), country("GBR"), country("QQZ")) == ("Denmark", "United Kingdom", "QQZ")


def test_a_file_is_named_after_the_number_and_a_draft_after_its_customer():
    draft = invoice_document(status=InvoiceStatus.DRAFT, number="")

    assert file_stem(invoice_document(number="2026/07 ../x")) == "invoice-2026-07----x"
    assert file_stem(draft) == "quotation-C-1042"
