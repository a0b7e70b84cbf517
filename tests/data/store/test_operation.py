from datetime import timedelta

from data.domain.operation import OperatingFigures, SourceLag
from data.domain.records import FileStatus, LineCounts
from data.store.queries.operation import operating_figures
from tests.factories import add_file, add_source


def test_a_new_store_has_zeros_and_no_ages(conn, now):
    figures = operating_figures(conn, now)

    assert figures == OperatingFigures(
        as_of=now,
        files=tuple((status, 0) for status in FileStatus),
        lines=LineCounts(),
        lags=(),
        newest_call_at=None,
        oldest_waiting_at=None,
        changed_at=now,
        version=1,
        kept_bytes=0,
    )


def test_files_lines_and_waiting_are_counted_and_dismissed_files_are_not(conn, now):
    add_file(conn, loaded=5, rejected=1, duplicate=2, ignored=3)
    add_file(conn, status=FileStatus.ERROR, processed_at=now)
    add_file(conn, status=FileStatus.ERROR, processed_at=now, dismissed_at=now)
    for hours in (1, 3, 2):
        at = now - timedelta(hours=hours)
        add_file(conn, status=FileStatus.WAITING, received_at=at, stored_bytes=10)

    figures = operating_figures(conn, now)

    assert dict(figures.files) == {
        FileStatus.WAITING: 3,
        FileStatus.PROCESSING: 0,
        FileStatus.SUCCESS: 1,
        FileStatus.ERROR: 1,
    }
    assert figures.lines == LineCounts(loaded=5, rejected=1, duplicate=2, ignored=3)
    assert figures.oldest_waiting_at == now - timedelta(hours=3)
    assert figures.kept_bytes == 3030


def test_every_source_that_delivered_has_a_lag_and_is_late_by_its_declared_interval(conn, now):
    late = add_source(conn, "late", expect_every_s=3600)
    easy = add_source(conn, "easy", expect_every_s=86_400)
    silent = add_source(conn, "off", expect_every_s=60, disabled_at=now)
    add_source(conn, "never delivered", expect_every_s=60)
    for source_id in (late, easy, silent):
        for hours in (2, 5):
            add_file(conn, source_id=source_id, received_at=now - timedelta(hours=hours))

    lags = operating_figures(conn, now).lags

    two = timedelta(hours=2)
    assert lags == (SourceLag("easy", two, late=False), SourceLag("late", two, late=True))
