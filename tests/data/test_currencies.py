"""A store's currency: its minor unit is found by its code, and amounts are whole ones of it."""

import pytest

from data.bill_run import drafted
from data.domain.errors import SettingsError
from data.opening import founded, newly_founded
from data.store.queries.tenant import the_tenant
from tests.data.conftest import JUNE_RUN, Kit
from tests.founding import just_founded


@pytest.fixture
def founded_in(settings, now):
    opened = []

    def made(currency):
        opened.append(just_founded(settings.model_copy(update={"currency": currency}), now))
        return opened[-1]

    yield made
    for store in opened:
        store.close()


@pytest.mark.sqlite  # a server's stores are founded before a test gets one
@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("RSD", 2), ("CLF", 4)]
)
def test_a_store_knows_the_decimals_of_its_currency(founded_in, currency, digits):
    with founded_in(currency).snapshot() as conn:
        assert the_tenant(conn).minor_digits == digits


@pytest.mark.parametrize("currency", ["XXQ", "XAU", "XTS"], ids=["no code", "gold", "for tests"])
def test_what_is_no_currency_founds_no_store(settings, now, currency):
    with pytest.raises(SettingsError, match=f"{currency} is no currency of ISO 4217"):
        newly_founded(settings.model_copy(update={"currency": currency}), now)

    assert not settings.var.exists()


def test_a_store_that_is_there_keeps_its_currency_whatever_the_settings_say(store, settings, now):
    founded(settings.model_copy(update={"currency": "XXQ"}), now).close()

    with store.snapshot() as conn:
        assert the_tenant(conn).currency == settings.currency


@pytest.mark.sqlite
@pytest.mark.parametrize(("currency", "billed"), [("JPY", 1_235_000_000), ("KWD", 1_234_568_000)])
def test_a_line_of_an_invoice_is_rounded_to_the_currencys_minor_unit(
    founded_in, by, currency, billed
):
    kit = Kit(founded_in(currency), by)
    kit.usage(kit.customer("1"), (6, 3), 1_234_567_500)

    (draft,) = drafted(kit.store, JUNE_RUN, by)

    assert draft.total_micros == billed
