"""A changed table is seen before it is in force."""

from datetime import date

import pytest

from data.domain.errors import ImportRefused, Refused
from data.domain.periods import Period
from data.domain.preview import Difference
from data.exchange.rates import table_previewed
from data.store.queries.rates import active_rates
from tests import factories
from tests.ingesting import add_auth_code, add_rates, deliver, ingested, lines

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture(autouse=True)
def four_calls(store, settings):
    """Two calls to 1 at 0.60 a minute, one to 49 without a rate, one not answered."""
    with store.writing() as conn:
        table = add_rates(conn, "Retail", p1=600_000)
        customer = factories.add_customer(conn, "Ada", rate_table_id=table)
        add_auth_code(conn, customer, "acc1")
    content = lines(1, 2) + lines(3, dst="+4915550101") + lines(4, disposition="NO ANSWER")
    deliver(settings, "a.csv", content)
    ingested(store, settings)


def seen(store, path):
    with store.snapshot() as conn:
        return table_previewed(conn, "Retail", path, JUNE)


def test_the_preview_is_what_processing_again_would_charge(store, csv_file):
    found = seen(store, csv_file("code,rate", "1,0.90", "49,0.30"))

    assert found.rows == (
        Difference("place 1", 2, 1_200_000, 1_800_000, 0, 0),
        Difference("", 1, 0, 300_000, 1, 0),
    )
    assert found.total == Difference("", 3, 1_200_000, 2_100_000, 1, 0)


def test_calls_that_would_lose_their_rate_are_counted(store, csv_file):
    assert seen(store, csv_file("code,rate", "44,0.90")).total.newly_unrated == 2


def test_a_deck_with_dates_is_laid_over_the_table(store, csv_file):
    found = seen(store, csv_file("code,rate,effective", "49,0.30,2026-06-01", "1,9,2026-06-20"))

    assert found.total == Difference("", 3, 1_200_000, 1_500_000, 1, 0)


def test_nothing_is_stored(store, csv_file):
    seen(store, csv_file("code,rate", "44,0.90"))

    with store.snapshot() as conn:
        assert [rate.pattern for rate in active_rates(conn, 1)] == ["1"]


def test_a_preview_needs_a_table_and_a_good_file(store, csv_file):
    with pytest.raises(ImportRefused):
        seen(store, csv_file("code,rate", "44,dear"))
    with pytest.raises(Refused, match="no rate table"), store.snapshot() as conn:
        table_previewed(conn, "Wholesale", csv_file("code,rate", "44,1"), JUNE)
