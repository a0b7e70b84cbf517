"""The page's budget in its shortened form: what `python -m bench.page` measures at full size."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select

from bench.aims import Aim, p95
from bench.beside import measured
from bench.cdr_lines import written
from bench.faults.web import readers_stay
from bench.faults.worlds import NOW, ingest_once
from bench.refreshing import Inside, refreshes
from bench.stores import many_times, settings_of, with_a_viewer
from data.opening import opened
from data.store.queries.audit import file_differences, usage_differences
from data.store.queries.summary_audit import summary_differences
from data.store.schema import calls
from tests.founding import just_founded


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    var = tmp_path_factory.mktemp("page-cost") / "small"
    just_founded(settings_of(var), NOW).close()
    written(var / "inbox" / "Master.csv", 300, broken_ppm=20_000)
    assert ingest_once(var) == 0
    with_a_viewer(var)
    return var


def test_a_store_with_many_times_the_calls_adds_up_as_the_one_it_was_made_of(small, tmp_path):
    large = many_times(tmp_path / "large", small, 7)

    counts = []
    for var in (small, large):
        store = opened(settings_of(var))
        with store.snapshot() as conn:
            counts.append(conn.execute(select(func.count()).select_from(calls)).scalar_one())
            for differences in (file_differences, usage_differences, summary_differences):
                assert [*differences(conn)] == []
        store.close()
    assert counts[1] == 7 * counts[0] > 0


@pytest.fixture
def viewer(small, tmp_path):
    now = datetime.now(UTC)
    viewer = Inside.of(shutil.copytree(small, tmp_path / "seen"), lambda: now)
    yield viewer
    viewer.store.close()


def test_a_refresh_sends_few_bytes_and_next_to_none_when_nothing_moved(viewer):
    ((_, moved_bytes),) = refreshes([viewer], 2, changed=True)
    ((_, still_bytes),) = refreshes([viewer], 2, changed=False)

    assert 300 < moved_bytes < 40_000
    assert still_bytes < 300


def test_a_refresh_reads_no_call_and_an_unchanged_one_next_to_nothing(viewer):
    asked: list[str] = []

    @event.listens_for(viewer.store.readers, "before_cursor_execute")
    def note(*given: object) -> None:
        asked.append(str(given[2]))

    viewer.refreshed()
    of_a_change = [*asked]
    asked.clear()
    viewer.refreshed()

    read = [text.replace("\n", " ") for text in of_a_change if not text.startswith("BEGIN")]
    assert 20 < len(read) < 50
    assert not [text for text in read if " FROM calls" in text or " JOIN calls" in text]
    assert len([text for text in asked if not text.startswith("BEGIN")]) <= 3


def test_viewers_and_a_person_who_writes_are_served_beside_an_ingest(tmp_path):
    found = measured(tmp_path, 3_000, viewers=8, every_s=1)

    assert (found.failed, found.unwritten) == (0, [])
    assert len(found.waits_s) > 5
    assert found.writes_s
    assert max(found.writes_s) < 3
    assert found.log_bytes < 16 << 20


def test_no_request_leaves_a_reader_that_keeps_the_log_from_being_emptied(tmp_path):
    assert readers_stay(tmp_path, 1).wrong == ()


def test_an_aim_is_missed_by_a_figure_above_its_bound_and_by_none():
    aim = Aim("wait", 250.0, 250, "ms")

    assert aim.reached
    assert not replace(aim, found=250.1).reached
    assert not replace(aim, found=float("nan")).reached
    assert p95([0.1] * 94 + [9.0] * 6) == 9.0
