"""Reading rate decks, CDR2Cloud's and others: what is taken, and what is refused and why."""

import os
from contextlib import nullcontext
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from data.domain.errors import ImportRefused
from data.domain.rating import Rate
from data.exchange.cells import first_day
from data.exchange.deck_columns import deck_columns
from data.exchange.decks import Deck, deck_rates
from data.exchange.rates import rate_file, table_imported
from data.exchange.tables import CellRefused, Refusals, Row

DECKS = Path(__file__).parents[4] / "shared" / "rate-decks"
CDR2CLOUD_HEADER = (
    "pattern description bill_period_initial_len bill_period_incremental_len day_start "
    "day_initial_charge day_increment_charge eve_start eve_initial_charge eve_increment_charge "
    "night_start night_initial_charge night_increment_charge weekend_initial_charge "
    "weekend_increment_charge blocked connectionCharge compensation maximum markup"
).replace(" ", "\t")
UK = (
    "44 UK 60 6 08:00 0.06 0.006 1800 0.04 0.004 23 0.02 0.002 0.01 0.001 0 0.05 0 2.5 0"
).replace(" ", "\t")
UK_RATE = Rate(
    pattern="44",
    destination="UK",
    initial_s=60,
    increment_s=6,
    day_start_min=480,
    day_initial_micros=60_000,
    day_increment_micros=6_000,
    evening_start_min=1_080,
    evening_initial_micros=40_000,
    evening_increment_micros=4_000,
    night_start_min=1_380,
    night_initial_micros=20_000,
    night_increment_micros=2_000,
    weekend_initial_micros=10_000,
    weekend_increment_micros=1_000,
    connection_micros=50_000,
    maximum_micros=2_500_000,
)


def read(path, currency="USD"):
    refusals = Refusals()
    found = rate_file(path, refusals, currency=currency)
    return found, [(row.line, row.reason) for row in refusals.sorted()]


@pytest.mark.parametrize("lines", [[CDR2CLOUD_HEADER, UK], [UK]], ids=["header", "no header"])
def test_cdr2clouds_twenty_columns_are_a_whole_table(csv_file, lines):
    found, refused = read(csv_file(*lines))

    assert (found.rates, found.whole, refused) == ((UK_RATE,), True, [])


def test_a_range_whose_ends_are_the_same_is_one_price(csv_file):
    found, refused = read(csv_file("code,rate", "44,$0.313-$0.313", "1,0.3-0.4", "49,-0.3"))

    assert [rate.per_minute_micros for rate in found.rates] == [313_000]
    assert [line for line, _ in refused] == [3, 4]


def test_cdr2cloud_rows_are_refused_one_by_one(csv_file):
    cells = UK.split("\t")

    def changed(**places):
        row = list(cells)
        for place, text in places.items():
            row[int(place[1:])] = text
        return "\t".join(row)

    _, refused = read(
        csv_file(
            CDR2CLOUD_HEADER,
            changed(c0="", c1="no pattern"),
            changed(c0="45", c3="0"),
            changed(c0="46", c4="25:00"),
            changed(c0="47", c5="dear"),
            changed(c0="48", c19="15"),
            changed(c0="49", c5="", c6=""),
            changed(c0="50", c15="perhaps"),
        )
    )

    assert [line for line, _ in refused] == [2, 3, 4, 5, 6, 7, 8]
    for word, (_, reason) in zip(
        ("empty", "at least 1", "25:00", "dear", "markup", "0 for free", "perhaps"),
        refused,
        strict=True,
    ):
        assert word in reason


def test_a_markup_without_charges_is_a_price_on_the_cost(csv_file):
    row = "\t".join(["44", "UK", "1", "1", *[""] * 15, "12.5"])

    found, refused = read(csv_file(CDR2CLOUD_HEADER, row))

    assert refused == []
    assert found.rates[0].markup_ppm == 125_000


@pytest.mark.parametrize(
    ("lines", "rate"),
    [
        pytest.param(
            ["prefix,destination,price per minute", "+44,UK,0.05"],
            Rate(pattern="44", destination="UK", per_minute_micros=50_000),
            id="plain",
        ),
        pytest.param(
            ["Dial Code;Country;Rate/Min;Billing Increments;Connect Fee", "0044;UK;0,05;60/6;0,1"],
            Rate(
                pattern="44",
                destination="UK",
                per_minute_micros=50_000,
                initial_s=60,
                increment_s=6,
                connection_micros=100_000,
            ),
            id="semicolons and decimal commas",
        ),
        pytest.param(
            [
                "\ufeffCode,Destination,Cost / Min (USD),Initial Increment,Increment",
                "44,UK,$1.5,30,30",
            ],
            Rate(
                pattern="44",
                destination="UK",
                per_minute_micros=1_500_000,
                initial_s=30,
                increment_s=30,
            ),
            id="byte order mark, currency and two increments",
        ),
        pytest.param(
            ["Prefix\tName\tRate\tEffective Date", "44\tUK\t.05\t2026-06-01"],
            Rate(
                pattern="44",
                destination="UK",
                per_minute_micros=50_000,
                effective_from=date(2026, 6, 1),
            ),
            id="tabs and a date",
        ),
        pytest.param(
            ["code,rate,increment", "44,0.05,60"],
            Rate(pattern="44", per_minute_micros=50_000, increment_s=60),
            id="one increment",
        ),
    ],
)
def test_usual_decks_are_read(csv_file, lines, rate):
    found, refused = read(csv_file(*lines))

    assert refused == []
    assert found.rates == (rate,)
    assert found.whole is (rate.effective_from == date(1970, 1, 1))


@pytest.mark.parametrize("header", ["unit", "Per", "Billing Unit", "rate_unit", "Unit of Measure"])
@pytest.mark.parametrize("unit", ["minute", "Min", "per minute", "/min", "1 min.", "MINUTES"])
def test_a_column_may_say_that_the_price_is_of_a_minute(csv_file, header, unit):
    found, refused = read(csv_file(f"code,rate,{header},increment", f"44,0.05,{unit},1"))

    assert ([rate.per_minute_micros for rate in found.rates], refused) == ([50_000], [])
    assert found.notes == ()


@given(
    unit=st.one_of(st.text(), st.from_regex(r"(per |/ ?|\d{1,2} ?)?(second|sec|s|hour|60|call)"))
)
@example(unit="second")
@example(unit="")
@example(unit="2 minutes")
def test_a_price_of_anything_but_a_minute_is_refused_with_what_to_do(unit):
    assume("min" not in unit.casefold() or unit == "2 minutes")
    refusals = Refusals()
    deck = Deck(deck_columns(["code", "rate", "unit"]), {})

    rates = deck_rates(deck, [Row(2, {"code": "44", "rate": "0.01", "unit": unit})], refusals)

    assert rates == []
    assert "write the price of a minute" in refusals.rows[0].reason


def test_a_unit_in_a_header_is_no_currency(csv_file):
    found, refused = read(csv_file("code,rate (MIN),max charge (SEC)", "44,0.05,1"))

    assert ([rate.per_minute_micros for rate in found.rates], refused) == ([50_000], [])


def test_several_prefixes_in_a_cell_are_several_rates(csv_file):
    found, _ = read(csv_file("code,rate", '"(+1-829,1809,1849)",0.11'))

    assert [rate.pattern for rate in found.rates] == ["1829", "1809", "1849"]


@pytest.mark.parametrize(
    ("cell", "patterns"),
    [
        ("44-7700,7701", ["447700", "447701"]),
        ("+1 (809), 829; 849", ["1809", "1829", "1849"]),
        ("44-7700,44-7701", ["447700", "447701"]),
        ("44-7700,447701,7702", ["447700", "447701", "447702"]),
        ("0044 20,0044 121", ["4420", "44121"]),
        ("44,33", ["44", "33"]),
    ],
)
def test_a_country_code_set_apart_is_that_of_the_prefixes_listed_after_it(csv_file, cell, patterns):
    found, refused = read(csv_file("code,rate", f'"{cell}",0.11'))

    assert refused == []
    assert [rate.pattern for rate in found.rates] == patterns


@pytest.mark.parametrize("cell", ["44-7700,33", "7-700,770", "7701,44-7700", "44-121,20"])
def test_a_prefix_whose_country_code_is_uncertain_is_refused(csv_file, cell):
    _, refused = read(csv_file("code,rate", "1,0.01", f'"{cell}",0.11'))

    assert [(line, "is uncertain" in reason) for line, reason in refused] == [(3, True)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",0.05,", "empty"),
        ("UK,0.05,", "not digits"),
        ("4.4E+11,0.05,", "spreadsheet"),
        ("4470-4479,0.05,", "range"),
        ("44,,", "empty"),
        ("44,-0.05,", "below 0"),
        ("44,0.1-0.2,", "range"),
        ("44,dear,", "not an amount"),
        ("44,0.00000001,", "finer"),
        ("44,0.05,01/06/2026", "two days"),
        ("44,0.05,2026-02-30", "calendar"),
        ("44,0.05,soon", "not a date"),
    ],
)
def test_a_row_that_cannot_be_priced_is_refused_with_its_line(csv_file, cells, reason):
    _, refused = read(csv_file("code,rate,effective", "1,0.01,", cells))

    assert [line for line, _ in refused] == [3]
    assert reason in refused[0][1]


@pytest.mark.parametrize(
    "written", ["2026-06-13", "2026/6/13", "13/06/2026", "06/13/2026", "13.06.2026", "13-Jun-2026"]
)
def test_a_date_that_can_be_one_day_only_is_read(csv_file, written):
    found, refused = read(csv_file("code,rate,effective", f"1,0.01,{written}"))

    assert refused == []
    assert found.rates[0].effective_from == date(2026, 6, 13)


@pytest.mark.parametrize("day", ["2026-06-13", "6/13/2026", "13 Jun 2026"])
@pytest.mark.parametrize(
    "midnight", [" 00:00", "T00:00:00Z", " 0:00:00", " 12:00:00 AM", "T00:00:00.000+02:00"]
)
def test_midnight_in_an_effective_date_is_its_day(csv_file, day, midnight):
    found, refused = read(csv_file("code,rate,effective", f"1,0.01,{day}{midnight}"))

    assert refused == []
    assert found.rates[0].effective_from == date(2026, 6, 13)


@given(time=st.times(), form=st.sampled_from(["T%H:%M:%S.%f", " %H:%M", "T%H:%M:%SZ", " %I:%M %p"]))
@example(time=time(12), form=" %H:%M")
@example(time=time(12), form="T%H:%M:%SZ")
@example(time=time(12), form=" %I:%M %p")
@example(time=time(0), form=" %I:%M %p")
def test_another_time_in_an_effective_date_is_refused(time, form):
    written = time.strftime(form)
    at_its_beginning = datetime.strptime(written, form).time() == time.min
    refused = pytest.raises(CellRefused, match="from the beginning of a day")

    with nullcontext() if at_its_beginning else refused:
        assert first_day(f"2026-06-13{written}", "effective date") == date(2026, 6, 13)


def test_a_prefix_said_twice_must_say_the_same(csv_file):
    found, refused = read(csv_file("code,rate", "44,0.05", "+44,0.05", "0044,0.06"))

    assert len(found.rates) == 1
    assert refused == [(4, "prefix 44 has another price on line 2")]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("code,destination", "price per minute"),
        ("destination,rate", "prefix"),
        ("code,rate,price", "two columns"),
        ("code,rate (EUR)", "books are in USD"),
        ("country code,area code,rate", "two columns"),
        ("Country Code,Area Codes,rate", "two columns"),
        ("country code,city codes,rate", "two columns"),
        ("code,ndc,rate", "two columns"),
        ("1416,0.0123", "no header"),
    ],
)
def test_a_deck_without_a_certain_price_is_refused_whole(csv_file, header, reason):
    with pytest.raises(ImportRefused, match=reason):
        read(csv_file(header, "44,0.05"))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("code,rate", "44,$0.02"),
        ("code,rate", "44,0.02 €"),
        ("code,rate", "44,0.02 usd"),
        ("code,rate,setup fee", "44,0.02,¥1"),
        ("code,rate,currency", "44,0.02,USD"),
        ("code,rate,currency", "44,0.02,$"),
        ("code,rate,setup fee (USD)", "44,0.02,0"),
        ("code,rate ($)", "44,0.02"),
        (CDR2CLOUD_HEADER, UK.replace("0.006", "$0.006")),
    ],
)
def test_a_deck_with_one_price_in_another_currency_is_refused_whole(csv_file, header, row):
    with pytest.raises(ImportRefused, match="books are in GBP"):
        read(csv_file(header, row.replace("44", "33"), row), "GBP")


@pytest.mark.parametrize(
    ("row", "currency"),
    [
        ("44,£0.02,GBP", "GBP"),
        ("44,GBP 0.02,", "GBP"),
        ("44,$0.02,cad", "CAD"),
        ("44,0.02 $,$", "AUD"),
        ("44,€0.02,€", "EUR"),
    ],
)
def test_the_signs_and_codes_of_the_books_own_currency_mean_nothing(csv_file, row, currency):
    found, refused = read(csv_file("code,rate,currency", row), currency)

    assert [rate.per_minute_micros for rate in found.rates] == [20_000]
    assert (refused, found.notes) == ([], ("no increments given: billed by the second",))


@pytest.mark.skipif(
    not DECKS.exists() and "CI" not in os.environ, reason="the collected rate decks are not here"
)
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("AaronSiddiky__zkypee1__rates.csv", "is a range; one price is needed"),
        ("cgrates__cgrates__tutorial_DestinationRates.csv", "no column is the prefix"),
        ("cgrates__cgrates__tutorial_Destinations.csv", "no column is the price"),
        ("cgrates__cgrates__tutorial_Rates.csv", "no column is the prefix"),
        ("cgrates__cgrates__tutorial_RatingPlans.csv", "no column is the prefix"),
        (
            "iNextrix__ASTPP__ASTPP-TERMINATION-RATES-2019-05-24-16-46-40.csv",
            "free first seconds are not supported",
        ),
        ("iNextrix__ASTPP__originationrates_sample.csv", 2),
        ("iNextrix__ASTPP__ratedeck_sample.csv", "no column is the price"),
        ("iNextrix__ASTPP__terminationrates_sample.csv", 2),
        ("sigscale__ocs__tariff-rates.csv", "is no header"),
    ],
)
def test_every_collected_deck_is_taken_or_refused_with_a_reason(conn, by, name, outcome):
    if isinstance(outcome, int):
        assert table_imported(conn, "Deck", DECKS / name, by).added == outcome
    else:
        with pytest.raises(ImportRefused, match=outcome):
            table_imported(conn, "Deck", DECKS / name, by)


@pytest.mark.skipif(
    not DECKS.exists() and "CI" not in os.environ, reason="the collected rate decks are not here"
)
def test_no_collected_deck_is_forgotten():
    assert len(list(DECKS.iterdir())) == 10


def test_one_date_that_can_be_one_day_only_proves_the_order_of_the_others(csv_file):
    found, refused = read(csv_file("code,rate,effective", "1,0.01,01/06/2026", "44,1,13/06/2026"))

    assert refused == []
    assert [rate.effective_from for rate in found.rates] == [date(2026, 6, 1), date(2026, 6, 13)]
    _, refused = read(
        csv_file("code,rate,effective", "1,1,01/06/2026", "2,1,13/06/2026", "3,1,06/13/2026")
    )
    assert [line for line, _ in refused] == [2]
