"""The demo's files: the same for the same seed, fictional to the last digit, and busy by day."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest

from ingest.demo.arrears import old_invoices
from ingest.demo.company import CARRIERS, SUBSCRIBERS
from ingest.demo.deliveries import Delivery, switch_files
from ingest.demo.mishaps import with_mishaps
from ingest.demo.papers import auth_codes, customers
from ingest.demo.prices import rate_tables
from ingest.demo.traffic import ANSWERED, Traffic, calls_between

BEGIN = datetime(2026, 3, 16, tzinfo=UTC)
NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
COUNT = 6_000
FICTIONAL = re.compile(
    r"442079460\d{3}|441(61|13|21|31)4960\d{3}|447700900\d{3}|448081570\d{3}|449098790\d{3}"
    r"|1(212|310|416)55501\d\d|35320912\d{4}|3319900\d{4}|3363998\d{4}|493023125\d{3}"
    r"|498999998\d{3}|494066969\d{3}|4917139200\d{2}|6125550\d{4}|468465004\d{2}|467017406\d{2}"
    r"|99955501\d\d"
)


def traffic(seed: int = 1) -> Traffic:
    return calls_between(BEGIN, NOW, count=COUNT, rng=np.random.default_rng(seed))


@cache
def files(seed: int = 1) -> tuple[Delivery, ...]:
    rng = np.random.default_rng(seed)
    made = calls_between(BEGIN, NOW, count=COUNT, rng=rng)
    written = switch_files(made, begin=BEGIN.date(), now=NOW, rng=rng)
    return tuple(with_mishaps(written, NOW.date()))


def called_numbers(delivery: Delivery) -> list[str]:
    """The third and second column, without Asterisk's or FreeSWITCH's way of dialling."""
    rows = [line.split('","') for line in delivery.content.decode().splitlines()]
    own = "44" if delivery.name.startswith("london") else "49"
    dialled = [row[2] for row in rows]
    return [number[2:] if number[:2] == "00" else own + number[1:] for number in dialled]


def test_the_same_seed_gives_the_same_files():
    assert files.__wrapped__() == files.__wrapped__()


def test_another_seed_gives_other_files():
    assert files(1) != files(2)


def test_every_call_is_over_before_now():
    assert traffic().ended_s.max() < NOW.timestamp()


def test_one_attempt_in_five_is_not_answered():
    answered = (traffic().outcome == ANSWERED).mean()

    assert 0.78 < answered < 0.82


def test_only_answered_calls_have_talk_time():
    made = traffic()

    assert ((made.talk_s > 0) == (made.outcome == ANSWERED)).all()


def test_working_days_are_busier_than_sundays():
    by_weekday = Counter(
        datetime.fromtimestamp(second, UTC).weekday() for second in traffic().started_s.tolist()
    )

    assert by_weekday[1] > 5 * by_weekday[6]


def test_every_number_is_reserved_for_fiction():
    whole = [file for file in files() if re.search(r"(lon|ber)-\d{8}\.csv$", file.name)]
    broken = {"london/lon-20260529.csv", "london/lon-20260606.csv", "london/lon-20260613.csv"}

    numbers = [
        number for file in whole if file.name not in broken for number in called_numbers(file)
    ]

    assert len(numbers) > COUNT * 0.8
    assert [number for number in numbers if not FICTIONAL.fullmatch(number)] == []


def test_asterisk_lines_have_21_columns_and_freeswitch_lines_15():
    by_name = {file.name: file.content for file in files()}
    asterisk = by_name["london/lon-20260401.csv"].decode().splitlines()[0]
    freeswitch = by_name["berlin/ber-20260401.csv"].decode().splitlines()[0]

    assert len(re.sub(r'"(?:[^"]|"")*"', "", asterisk).split(",")) == 21
    assert len(freeswitch.split('","')) == 15


def test_berlin_writes_its_own_time():
    content = next(file.content for file in files() if file.name == "berlin/ber-20260401.csv")
    ends = re.findall(rb'"(\d{4}-\d\d-\d\d \d\d):\d\d:\d\d","\d+","\d+"', content)

    assert min(ends) >= b"2026-04-01 02"  # midnight UTC, in summer


@pytest.mark.parametrize(
    "name",
    [
        "bank-statement.csv",
        "london/lon-20260505.csv.gz",
        "london/lon-20260522-copy.csv",
        "berlin/greeting.wav",
        "berlin/ber-rotated.csv",
    ],
)
def test_a_file_that_went_wrong_is_among_them(name):
    assert name in [file.name for file in files()]


def test_the_file_that_was_cut_off_comes_again_whole():
    again = [file.at for file in files() if file.name.startswith("london/lon-20260505")]

    assert len(again) == 2
    assert again[0] < again[1]


def test_files_arrive_in_order_of_time():
    arrivals = [file.at for file in files() if "20260505" not in file.name]

    assert arrivals == sorted(arrivals)


def test_there_are_forty_customers_of_which_three_are_providers():
    rows = customers().text.splitlines()[1:]

    assert len(rows) == len(SUBSCRIBERS) + len(CARRIERS) == 40
    assert sum(row.endswith(",yes") for row in rows) == 3


def test_auth_codes_come_in_all_three_kinds():
    kinds = {row.split(",")[2] for row in auth_codes().text.splitlines()[1:]}

    assert kinds == {"equals", "prefix", "regex"}


def test_prices_of_a_prefix_within_a_prefix_differ():
    tables = dict(rate_tables())
    rows = [row.split(",")[:3] for row in tables["Europe"].text.splitlines()[1:]]
    prices = {prefix: price for prefix, _, price in rows}

    assert prices["44"] != prices["4420"] != prices["447"]


def test_the_twenty_columns_are_twenty_in_every_row():
    rows = dict(rate_tables())["Standard"].text.splitlines()

    assert {len(row.split("\t")) for row in rows} == {20}


def test_old_invoices_are_of_every_age():
    late_days = {
        (date(2026, 6, 15) - one.due).days
        for one in old_invoices(date(2026, 6, 15), np.random.default_rng(1))
    }

    assert {min(days // 30, 3) for days in late_days} == {0, 1, 2, 3}
