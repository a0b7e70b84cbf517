from datetime import date, timedelta

from data.domain.history import Figure
from data.domain.records import FileStatus
from data.store.queries.history import tiles_of_days
from data.store.writes.history import tiles_due, tiles_kept
from tests.factories import add_customer, add_file

TODAY = date(2026, 6, 15)


def keep(conn, now):
    due = tiles_due(conn, now)
    assert due is not None
    tiles_kept(conn, *due)


def test_the_newest_look_of_a_day_stands_for_it(conn, now):
    add_customer(conn, "Acme")
    keep(conn, now - timedelta(hours=3))
    add_customer(conn, "Beta")
    keep(conn, now)

    assert tiles_of_days(conn, TODAY, TODAY).line(Figure.CUSTOMERS) == ((TODAY, 2),)


def test_a_day_that_says_the_same_is_not_written_again(conn, now):
    keep(conn, now)

    assert tiles_due(conn, now) is None
    add_file(conn, status=FileStatus.ERROR)
    assert tiles_due(conn, now) is not None


def test_a_day_that_was_not_kept_is_stood_for_by_the_week_before_it_and_by_nothing_older(conn, now):
    keep(conn, now)
    history = tiles_of_days(conn, TODAY - timedelta(days=62), TODAY)

    assert history.before(Figure.ERROR, TODAY + timedelta(days=6)) == (TODAY, 0)
    assert history.before(Figure.ERROR, TODAY + timedelta(days=7)) is None
    assert history.before(Figure.ERROR, TODAY - timedelta(days=1)) is None
