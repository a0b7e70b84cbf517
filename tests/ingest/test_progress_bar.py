"""The bar of a run: what it says, and what it leaves behind."""

from io import StringIO

import pytest
from rich.console import Console

from data.domain.errors import StoreError
from ingest.progress_bar import ProgressBar
from ingest.report import FileReport
from ingest.run import run
from tests.ingesting import an_ingest, deliver, lines

HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def terminal():
    return Console(file=StringIO(), force_terminal=True, width=100, _environ={})


def test_a_run_draws_how_many_files_are_done_and_which_is_in_work(store, settings, terminal):
    deliver(settings, "[red]a.csv", lines(1, 2))
    deliver(settings, "b.csv", lines(3))
    written: list[FileReport] = []

    run(an_ingest(store, settings), observer=ProgressBar(terminal, written.append))

    drawn = terminal.file.getvalue()
    said = ["0/2", "[red]a.csv", "1/2", "b.csv", "2/2"]
    places = [drawn.index(each) for each in said]
    assert places == sorted(places)
    assert [each.name for each in written] == ["[red]a.csv", "b.csv"]
    assert drawn.index(HIDDEN) < drawn.rindex(SHOWN)
    assert drawn.rindex("\x1b[2K") > drawn.rindex("2/2")  # the bar is wiped away


def test_a_run_that_breaks_off_gives_the_cursor_back(store, settings, terminal):
    deliver(settings, "a.csv", lines(1))

    def breaks(name):
        if name == "claimed":
            raise StoreError("the store is gone")

    with pytest.raises(StoreError):
        run(
            an_ingest(store, settings, step=breaks),
            observer=ProgressBar(terminal, lambda _report: None),
        )

    drawn = terminal.file.getvalue()
    assert drawn.rindex(SHOWN) > drawn.rindex(HIDDEN)


def test_a_run_with_nothing_to_do_draws_nothing(store, settings, terminal):
    run(an_ingest(store, settings), observer=ProgressBar(terminal, lambda _report: None))

    assert terminal.file.getvalue() == ""
