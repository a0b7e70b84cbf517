"""What a file of few lines costs, counted in steps: the same on every machine, however busy."""

import cProfile
from collections import Counter

import pytest
from sqlalchemy import event

from ingest.head import Head
from ingest.run import run
from tests.ingesting import an_ingest, deliver, lines

pytestmark = pytest.mark.sqlite  # COPY takes some steps and statements more
MOST_STEPS = 24_000
MOST_STATEMENTS = 22


@pytest.fixture
def warm(store, settings):
    """A store whose ingest has met a file of the format before."""
    _deliver(settings, range(3))
    run(an_ingest(store, settings))
    return store


def _deliver(settings, numbers):
    for number in numbers:
        deliver(settings, f"{number}.csv", lines(*range(20 * number, 20 * number + 20)))


def _steps(store, settings):
    """Run once and return the Python calls for each file."""
    profile = cProfile.Profile()
    report = profile.runcall(run, an_ingest(store, settings))
    return sum(entry.callcount for entry in profile.getstats()) / len(report.files)


def test_a_small_file_costs_few_steps_and_no_more_when_many_wait(warm, settings):
    _deliver(settings, range(3, 13))
    few = _steps(warm, settings)
    _deliver(settings, range(13, 63))
    many = _steps(warm, settings)

    assert many < MOST_STEPS
    assert many < 1.02 * few


def test_a_small_file_costs_two_write_transactions_and_few_statements(warm, settings):
    found: Counter[str] = Counter()

    def counted(_conn, _cursor, statement, *_given):
        found[statement if statement.startswith("BEGIN") else "other"] += 1

    _deliver(settings, range(3, 13))
    for engine in (warm.readers, warm.writers):
        event.listen(engine, "before_cursor_execute", counted)
    report = run(an_ingest(warm, settings))

    files = len(report.files)
    assert found["BEGIN IMMEDIATE"] < 2 * files + 5
    assert found["other"] / files < MOST_STATEMENTS


def test_formats_that_split_alike_share_the_work():
    head = Head(("a,b", "c,d"), 0, "")
    split = []

    def by_comma(line):
        split.append(line)
        return line.split(",")

    for _ in range(3):
        rows = head.rows("alike", iter(head.lines), by_comma)

    assert rows == [["a", "b"], ["c", "d"]]
    assert split == ["a,b", "c,d"]
