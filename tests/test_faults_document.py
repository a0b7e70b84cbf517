"""The map of faults and attacks names what is tried, and what it names is there."""

import re
from pathlib import Path

import pytest

from bench.faults.catalogue import ROWS, line_of

TESTS = Path(__file__).parent
DOCUMENT = (TESTS.parent / "docs" / "faults-and-attacks.md").read_text()
ATTACKS = "".join(path.read_text() for path in sorted((TESTS / "attack").glob("test_*.py")))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_fault_has_its_line_in_the_map(row):
    assert line_of(row) in DOCUMENT


def test_the_map_has_no_line_of_a_fault_that_is_not_tried():
    named = set(re.findall(r"\| ([IFDWMO]\d+) \|$", DOCUMENT, re.MULTILINE))

    assert named == {row.id for row in ROWS}


def test_every_attack_is_in_the_map_and_every_one_of_the_map_is_tried():
    named = set(re.findall(r"`(test_[wx]\d+_\w+)`", DOCUMENT))

    assert named == set(re.findall(r"^def (test_[wx]\d+_\w+)\(", ATTACKS, re.MULTILINE))
