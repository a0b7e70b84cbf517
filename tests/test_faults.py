"""Every fault of the catalogue in a form short enough for every run; `make faults` does all."""

from pathlib import Path

import pytest

from bench.faults import connection_lost, contention
from bench.faults.case import Case, InSuite, NotHere
from bench.faults.catalogue import ROWS

TESTS = Path(__file__).parent
ON_A_SERVER = (*connection_lost.CASES, *contention.CASES)
SHORT = [row for row in ROWS if isinstance(row, Case) and row.short]


@pytest.mark.parametrize("case", SHORT, ids=[case.id for case in SHORT])
def test_what_must_hold_of_a_fault_holds(case, tmp_path, request):
    if case in ON_A_SERVER:
        request.getfixturevalue("server")  # the trials find it running
    try:
        found = case.trial(tmp_path, case.short)
    except NotHere as lack:
        pytest.skip(f"needs {lack}")

    assert found.wrong == (), found.figure


@pytest.mark.parametrize(
    "row", [row for row in ROWS if isinstance(row, InSuite)], ids=lambda row: row.id
)
def test_the_tests_that_a_row_names_are_there(row):
    for file, name in row.each():
        assert f"def {name}(" in (TESTS / file).read_text()


def test_each_fault_has_one_row():
    ids = [row.id for row in ROWS]

    assert len(ids) == len(set(ids))
