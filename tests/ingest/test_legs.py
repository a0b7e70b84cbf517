"""Which lines of a file are legs of one call, and which are calls of their own."""

from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store.schema import calls
from ingest.check_text import warnings
from ingest.checked import Basis, checked
from ingest.profile import profiles
from ingest.profile_values import FoldRule
from ingest.staged import Legs, StagedSegment
from ingest.whole_file import line_changes
from tests.ingesting import a_customer, assert_books_balance, deliver, ingested, line, rows

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2].parent / "shared" / "cdr-samples" / "asterisk-cdr_csv"
TRUNK, MOBILE, FRANCE = "PJSIP/carrier-00000002", "07700900125", "0033145000001"
DDI, OTHER_DDI = "02079460102", "02079460202"


def leg(dst, dstchannel, talk_s, *, account="ACME", channel="PJSIP/101-00000001"):
    answer = '"2026-06-10 12:00:05"' if talk_s else ""
    word = "ANSWERED" if talk_s else "NO ANSWER"
    return (
        f'"{account}","02079460101","{dst}","from-internal","""A"" <1>","{channel}","{dstchannel}",'
        f'"Dial","x","2026-06-10 12:00:00",{answer},"2026-06-10 12:30:00",{talk_s + 5},{talk_s},'
        f'"{word}","DOCUMENTATION","1781092800.{{line}}","","","1781092800.1",{{line}}'
    )


def standing(tmp_path, *legs):
    """Return the called number and the talk time of each call that a file of legs comes to."""
    path = tmp_path / "Master.csv"
    path.write_text("".join(f"{each.format(line=n)}\n" for n, each in enumerate(legs)))
    found = checked(path, profiles(), Basis(UTC, NOW))
    assert found.counts.lines == len(legs)
    return [(call.called_number, call.talk_ms // 1000) for call in found.calls]


def test_a_call_that_is_forwarded_to_a_mobile_leaves_the_mobile_to_be_paid(tmp_path):
    half = f"Local/{MOBILE}@fwd-00000001"
    inbound = leg(DDI, f"{half};1", 300, account="", channel="PJSIP/carrier-00000001")
    outbound = leg(MOBILE, TRUNK, 299, channel=f"{half};2")

    assert standing(tmp_path, inbound, outbound) == [(DDI, 300), (MOBILE, 299)]


def test_a_longer_forwarded_leg_does_not_hide_the_call_that_it_came_from(tmp_path):
    half = f"Local/{MOBILE}@fwd-00000001"
    first = leg(OTHER_DDI, f"{half};1", 300)
    second = leg(MOBILE, TRUNK, 301, account="BETA", channel=f"{half};2")

    assert standing(tmp_path, first, second) == [(OTHER_DDI, 300), (MOBILE, 301)]


def test_a_consultation_before_a_transfer_is_a_call_besides_the_first(tmp_path):
    legs = leg(MOBILE, TRUNK, 600), leg(FRANCE, "PJSIP/carrier-00000003", 300)

    assert standing(tmp_path, *legs) == [(MOBILE, 600), (FRANCE, 300)]


@pytest.mark.parametrize("written", [MOBILE, "+447700900125", "907700900125"])
def test_the_halves_of_a_local_channel_to_one_number_are_one_call(tmp_path, written):
    half = f"Local/{MOBILE}@out-00000001"
    legs = leg(written, f"{half};1", 300), leg(MOBILE, TRUNK, 300, channel=f"{half};2")

    assert len(standing(tmp_path, *legs)) == 1


def test_a_way_on_that_an_optimised_local_channel_left_without_talk_is_told(tmp_path):
    half = f"Local/{MOBILE}@fwd-00000001"
    lost = leg(MOBILE, TRUNK, 0, channel=f"{half};2").replace("NO ANSWER", "ANSWERED")
    unanswered = leg(MOBILE, TRUNK, 0, channel=f"{half};2")
    inside = leg("102", "PJSIP/102-00000003", 0, channel=f"{half};2").replace("NO ANS", "ANS")
    path = tmp_path / "Master.csv"
    path.write_text("".join(f"{each.format(line=1)}\n" for each in (lost, unanswered, inside)))

    found = checked(path, profiles(), Basis(UTC, NOW))

    (said,) = [each for each in warnings(found) if "Local channel" in each]
    assert said.startswith("1 call went on to a number outside")


def test_what_rang_without_an_answer_folds_into_the_leg_that_answered(tmp_path):
    legs = leg(DDI, "PJSIP/102-00000002", 0), leg(MOBILE, TRUNK, 60), leg(FRANCE, TRUNK, 0)

    assert standing(tmp_path, *legs) == [(MOBILE, 60)]


def test_a_queue_and_the_extensions_that_answer_it_are_one_call(tmp_path):
    half = "Local/102@from-queue-00000001"
    legs = leg(DDI, f"{half};1", 300), leg("102", "PJSIP/102-00000002", 280, channel=f"{half};2")

    assert standing(tmp_path, *legs) == [(DDI, 300)]


def checked_calls(tmp_path, text):
    path = tmp_path / "cdrs.csv"
    path.write_text(text)
    found = checked(path, profiles(), Basis(UTC, NOW))
    return found.profile.name, [(call.line, call.called_number) for call in found.calls]


@pytest.mark.parametrize(
    ("second", "standing"),
    [("02079460001", [(2, "02079460001")]), (MOBILE, [(1, MOBILE), (2, "02079460001")])],
    ids=["of one call", "forwarded"],
)
def test_the_sides_of_a_freeswitch_call_are_one_unless_the_second_went_elsewhere(
    tmp_path, second, standing
):
    side = (
        '"Ann","02079460101","{called}","default","2026-06-10 12:00:00","2026-06-10 12:00:05",'
        '"2026-06-10 12:01:06","66","61","NORMAL_CLEARING","{own}","{other}","{account}","P","P"\n'
    )
    one, other = (f"0000000{n}-4c15-11ea-97a0-9dd79410affb" for n in "12")
    text = side.format(called=second, own=other, other=one, account="")
    text += side.format(called="02079460001", own=one, other=other, account="ACME")
    text += side.format(called=FRANCE, own=one.replace("1-", "3-", 1), other="", account="ACME")

    assert checked_calls(tmp_path, text) == ("freeswitch-cdr-csv", [*standing, (3, FRANCE)])


def test_of_the_runs_of_a_cgrates_call_a_rated_one_stands(tmp_path):
    run = (
        "{id},{run},*voice,o1,*rated,*out,example.com,call,acme,acme,02079460001,"
        "2026-06-10 12:00:00 +0000 UTC,2026-06-10 12:00:05 +0000 UTC,1m1s,{cost},x,y,z\n"
    )
    runs = [("a1", "*raw", "-1"), ("a1", "*default", "0.05"), ("a2", "*raw", "-1")]
    text = "".join(run.format(id=each, run=name, cost=cost) for each, name, cost in runs)

    assert checked_calls(tmp_path, text)[1] == [(2, "02079460001"), (3, "02079460001")]


def test_both_parts_of_a_transferred_call_are_charged_and_the_books_balance(store, settings):
    with store.writing() as conn:
        a_customer(conn, p1555=60_000)
    first, second = "+15555550101", "+15555550202"
    legs = line(1, linkedid=1, dst=first, talk_s=600) + line(2, linkedid=1, dst=second)
    deliver(settings, "a.csv", legs + line(3, linkedid=1, dst=second, talk_s=5))

    assert ingested(store, settings) == [("a.csv", "success", 2, 0, 0, 1)]

    with store.snapshot() as conn:
        charged = rows(conn, calls, "called_number", "charge_micros")
        assert charged == [(first, 600_000), (second, 60_000)]
        assert_books_balance(conn)


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the samples are not beside the project")
def test_the_legs_of_the_real_sample_are_thirty_six_calls_of_944_seconds():
    (path,) = SAMPLE.iterdir()

    found = checked(path, profiles(), Basis(UTC, NOW))

    assert (found.counts.loaded, found.counts.ignored) == (36, 48)
    assert sum(call.talk_ms for call in found.calls) == 944_000


some_legs = st.lists(
    st.tuples(
        st.integers(1, 3),  # the call
        st.integers(0, 2),  # the called number
        st.integers(0, 3),  # the talk time: 0 is unanswered
        st.booleans(),  # apart
    ),
    max_size=14,
)


@given(some_legs)
def test_the_lines_that_stand_are_those_of_the_rule_told_leg_by_leg(legs):
    columns = [np.array(column, dtype=np.int64) for column in zip(*legs, strict=True)]
    key, called, talk, apart = columns or [np.zeros(0, np.int64)] * 4
    numbers = np.arange(1, len(legs) + 1)
    answered = talk > 0
    flags = apart.astype(np.bool_), apart > 1  # the latter: none is preferred
    staged = Legs(key, numbers, talk, talk * 0, talk * 0, answered, called, *flags)
    segment = StagedSegment(0, legs=[staged])

    folded = {change.line for change in line_changes([segment], FoldRule.LONGEST)}

    assert set(numbers.tolist()) - folded == _standing(legs)


def _standing(legs):
    """The rule, leg by leg: each call's answered numbers, those that do not stand apart as one."""
    numbered = sorted((key, n, *rest) for n, (key, *rest) in enumerate(legs, 1))
    found = set()
    for _, group in groupby(numbered, lambda each: each[0]):
        call = [each[1:] for each in group]
        answered = [each for each in call if each[2]]
        joined = {called for _, called, _, apart in answered if not apart}
        groups: dict[int | None, list[tuple[int, ...]]] = {}
        for each in answered or call:
            whole = not each[3] or each[1] in joined or not answered
            groups.setdefault(None if whole else each[1], []).append(each)
        found |= {max(each, key=lambda leg: (leg[2], -leg[0]))[0] for each in groups.values()}
    return found
