"""Rates that are taken into a store: whole tables, versions by date, override values."""

import pytest

from data.domain.errors import ImportRefused, Refused
from data.domain.rating import of_group
from data.exchange.rates import RateTarget, table_imported
from data.store.queries.rates import active_rates, rate, rate_table_sizes
from data.store.writes.rates import rate_table_named


def table(conn, by):
    return rate_table_named(conn, "Retail", by)


def old_price(conn, rate_id):
    found = rate(conn, rate_id)
    assert found is not None
    return found.per_minute_micros


def prices(conn, by):
    rates = active_rates(conn, table(conn, by))
    return {(rate.pattern, rate.effective_from.year): rate.per_minute_micros for rate in rates}


@pytest.mark.parametrize("name", ["retail", "RETAIL ", " Retail"])
def test_a_table_whose_name_is_nearly_anothers_is_not_made(conn, by, csv_file, name):
    table(conn, by)

    with pytest.raises(Refused, match="Write 'Retail' to mean it"):
        table_imported(conn, name, csv_file("prefix,price per minute", "44,0.05"), by)

    assert [name for name, *_ in rate_table_sizes(conn)] == ["Retail"]


def test_a_deck_without_dates_replaces_the_table_and_keeps_what_calls_were_priced_by(
    conn, by, csv_file
):
    table_imported(conn, "Retail", csv_file("code,rate", "44,0.05", "1,0.01"), by)
    old = {rate.pattern: rate.id for rate in active_rates(conn, table(conn, by))}

    result = table_imported(conn, "Retail", csv_file("code,rate", "44,0.06", "49,0.02"), by)

    assert prices(conn, by) == {("44", 1970): 60_000, ("49", 1970): 20_000}
    assert (result.added, result.changed, result.unchanged) == (1, 1, 0)
    assert old_price(conn, old["44"]) == 50_000
    assert old_price(conn, old["1"]) == 10_000


def test_a_deck_with_dates_adds_versions(conn, by, csv_file):
    table_imported(conn, "Retail", csv_file("code,rate", "44,0.05", "1,0.01"), by)

    table_imported(conn, "Retail", csv_file("code,rate,effective", "44,0.06,2026-07-01"), by)

    assert prices(conn, by) == {("44", 1970): 50_000, ("44", 2026): 60_000, ("1", 1970): 10_000}


def test_rates_of_an_override_value_are_a_table_beside_the_others(conn, by, csv_file):
    table_imported(conn, "Retail", csv_file("code,rate", "44,0.05"), by)
    for lines in (["44,0.06", "1,0.01"], ["44,0.07"]):
        table_imported(conn, RateTarget("Retail", "SMS"), csv_file("code,rate", *lines), by)
    table_imported(conn, "Retail", csv_file("code,rate", "44,0.05"), by)

    rates = active_rates(conn, table(conn, by))

    for value, priced in (("SMS", 70_000), ("", 50_000), ("MMS", 50_000)):
        assert [rate.per_minute_micros for rate in of_group(rates, value)] == [priced]


@pytest.mark.parametrize("written", ["SMS|MMS", "^(SMS|MMS)$", "(?:SMS|MMS)", "SMS | MMS"])
def test_an_expression_of_whole_words_is_rates_for_each_of_them(conn, by, csv_file, written):
    for target, head, row in (
        (RateTarget("Retail", written), "code,rate", "44,0.06"),
        (RateTarget("Retail"), "code,rate,override", f"1,0.01,{written}"),
    ):
        table_imported(conn, target, csv_file(head, row), by)

        rates = active_rates(conn, table(conn, by))
        assert {rate.group_value for rate in rates} == {"SMS", "MMS"}
        assert {rate.pattern for rate in rates} == {row.partition(",")[0]}


@pytest.mark.parametrize("written", ["SMS.*x+", "S?MS", "[SM]MS", "(SMS|(MMS|X))", "SMS|", "a\\d"])
def test_an_expression_for_more_than_words_is_refused_not_compared_as_text(
    conn, by, csv_file, written
):
    with pytest.raises(Refused, match="more than whole words"):
        table_imported(conn, RateTarget("Retail", written), csv_file("code,rate", "44,0.06"), by)
    with pytest.raises(ImportRefused, match="more than whole words"):
        table_imported(conn, "Retail", csv_file("code,rate,override", f"44,0.01,{written}"), by)


def test_the_same_deck_again_changes_nothing(conn, by, csv_file):
    path = csv_file("code,rate", "44,0.05")
    table_imported(conn, "Retail", path, by)
    before = active_rates(conn, table(conn, by))

    result = table_imported(conn, "Retail", path, by)

    assert (result.added, result.changed, result.unchanged) == (0, 0, 1)
    assert active_rates(conn, table(conn, by)) == before


def test_nothing_is_half_imported(store, by, csv_file):
    with store.writing() as conn:
        table_imported(conn, "Retail", csv_file("code,rate", "44,0.05"), by)

    with pytest.raises(ImportRefused), store.writing() as conn:
        table_imported(conn, "Retail", csv_file("code,rate", "44,0.06", "x,1"), by)

    with store.writing() as conn:
        assert prices(conn, by) == {("44", 1970): 50_000}


def test_partial_keeps_what_the_file_lacks_because_a_refused_row_may_mean_it(conn, by, csv_file):
    table_imported(conn, "Retail", csv_file("code,rate", "44,0.05", "441,0.09"), by)

    result = table_imported(
        conn, "Retail", csv_file("code,rate", "44,0.06", "441,dear"), by, partial=True
    )

    assert prices(conn, by) == {("44", 1970): 60_000, ("441", 1970): 90_000}
    assert [row.line for row in result.refusals] == [3]
