"""A clock that is ahead for one run lets nothing go, and what it did once can be put right."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.context import Context
from data.doctor.examination import findings
from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.operation import Level
from data.domain.retention import GivenUp, LastSeen, is_doubtful
from data.retention import Keeping, date_checked, expired, moved_back
from data.store.queries.cut_off import last_seen
from data.store.queries.retention import calls_expired_before
from data.store.schema import calls
from data.store.writes.retention import calls_kept_from
from ingest.checking import Asked, check_told
from ingest.run import run
from tests.ingesting import (
    NOON,
    NOW,
    again,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    rows,
)

AHEAD = NOW + timedelta(days=400)
BY = By("operator", NOW)
AT_ONCE = Keeping(archive_days=5, calls_days=30, given_up=GivenUp(unclaimed=True))


def kept_from(store):
    with store.snapshot() as conn:
        return calls_expired_before(conn)


@pytest.fixture
def cut_off(store, settings):
    """A store whose calls of 10 June went, set to keep calls from a day that is not past yet."""
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    expired(store, AT_ONCE, By("operator", AHEAD), settings.archive_dir)
    assert kept_from(store) == date(2026, 6, 11)
    far = date(2027, 6, 20)
    with store.writing() as conn:
        calls_kept_from(conn, far)
    return far


def test_what_comes_late_is_loaded_unless_calls_of_its_day_or_after_have_gone(store, settings):
    long_ago, gone = NOW - timedelta(days=900), NOW - timedelta(days=300)
    expired(store, AT_ONCE, BY, settings.archive_dir)
    deliver(settings, "first.csv", lines(1, at=gone))
    first = ingested(store, settings)
    expired(store, AT_ONCE, BY, settings.archive_dir)
    deliver(settings, "late.csv", line(1, at=long_ago) + lines(2, 3, at=gone))
    deliver(settings, "later.csv", lines(4, at=gone + timedelta(days=1)))

    late = ingested(store, settings)

    assert [loaded for _, _, loaded, *_ in first] == [1]
    assert {name: loaded for name, _, loaded, *_ in late} == {"late.csv": 0, "later.csv": 1}


@pytest.mark.parametrize(
    ("unwritten_days", "call_age_days", "doubtful"),
    [(40, 62, False), (41, 62, True), (40, 63, True), (None, None, False), (0, None, False)],
)
def test_a_date_is_doubtful_far_beyond_the_last_change_or_the_newest_call(
    unwritten_days, call_age_days, doubtful
):
    today = date(2026, 6, 15)
    days = (
        None if age is None else today - timedelta(days=age)
        for age in (unwritten_days, call_age_days)
    )

    assert is_doubtful(today, LastSeen(*days)) is doubtful


def test_the_newest_call_is_told_by_its_switch_and_not_by_a_clock_that_stood_wrong(store, settings):
    far = datetime(2031, 1, 1, tzinfo=UTC)
    deliver(settings, "a.csv", lines(1) + line(2, at=far))
    ingested(store, settings)

    with store.snapshot() as conn:
        assert last_seen(conn, AHEAD, ZoneInfo("UTC")) == LastSeen(NOW.date(), NOON.date())


def test_retention_of_a_clock_that_is_ahead_is_refused_until_told_that_it_is_right(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    store.close()
    ahead = Context(lambda: AHEAD, lambda: settings, "operator")
    words = ["retention", "--archive-days", "5", "--calls-days", "30", "--unclaimed-too"]

    refused = CliRunner().invoke(app, words, obj=ahead)

    assert isinstance(refused.exception, Refused)
    assert str(refused.exception).startswith(
        "The clock says 2027-07-20, and the last change or file is of 2026-06-15, "
        "the newest call of 2026-06-10."
    )
    assert kept_from(store) is None
    assert len(list(settings.archive_dir.rglob("*.csv"))) == 1
    done = CliRunner().invoke(app, [*words, "--date-is-right"], obj=ahead)
    assert done.output.startswith("2 calls and 1 archived file")


def test_files_that_came_under_the_wrong_clock_do_not_vouch_for_it(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings, now=AHEAD)

    with pytest.raises(Refused, match="the newest call of 2026-06-10"):
        date_checked(store, By("operator", AHEAD))


def test_the_doctor_names_a_cut_off_that_cannot_be_and_how_to_put_it_right(
    store, settings, cut_off
):
    (found,) = [
        one for one in findings(lambda: settings, NOW, deep=False) if one.check == "retention"
    ]

    assert found.level is Level.ERROR
    assert f"kept from {cut_off} on, and today is 2026-06-15" in found.text
    assert "restore PATH; or: python -m data retention --calls-from 2026-06-14" in str(found.action)
    moved_back(store, date(2026, 6, 14), BY)
    after = findings(lambda: settings, NOW, deep=False)
    assert [one for one in after if one.check == "retention"] == []


def test_a_file_of_which_every_line_is_too_old_says_so_in_a_run_and_in_a_check(
    store, settings, cut_off
):
    today = deliver(settings, "b.csv", lines(1, 2, at=NOW - timedelta(hours=2)))
    checked, _ = check_told(settings, Asked(today), NOW)

    (told,) = run(an_ingest(store, settings)).files

    assert (told.status.value, told.counts.loaded, told.counts.ignored) == ("success", 0, 2)
    assert f"No line of it was loaded: 2 lines of calls before {cut_off}" in told.as_line()
    assert "2 lines = 0 loaded + 0 rejected + 0 duplicate + 2 ignored" in checked
    assert "warning: every call is of a day before the first that retention keeps" in checked
    assert "ignored, expired: 2 (of days whose calls retention has let go" in checked


@pytest.mark.usefixtures("cut_off")
def test_a_cut_off_moved_back_loads_again_what_was_ignored(store, settings):
    deliver(settings, "b.csv", lines(3, at=NOW - timedelta(hours=2)))
    ingested(store, settings)

    assert moved_back(store, date(2026, 6, 11), BY) == [2]

    assert again(store, settings, 2).files[0].counts.loaded == 1
    with store.snapshot() as conn:
        assert rows(conn, calls, "file_id") == [(2,)]


def test_a_cut_off_never_moves_to_days_whose_calls_are_gone(store, cut_off):
    for day, why in ((date(2026, 6, 10), "The earliest day is 2026-06-11"), (cut_off, "nothing")):
        with pytest.raises(Refused, match=why):
            moved_back(store, day, BY)

    assert kept_from(store) == cut_off


def test_a_store_that_keeps_all_calls_has_no_cut_off_to_move(store, settings):
    deliver(settings, "a.csv", lines(1))
    ingested(store, settings)

    with pytest.raises(Refused, match="all calls are kept"):
        moved_back(store, date(2026, 6, 1), BY)
    with store.snapshot() as conn:
        assert_books_balance(conn)
