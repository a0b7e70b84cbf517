"""The benches work and can fail: their shortened forms, with bounds that only a blunder breaks."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import ingest as ingest_bench
from bench.cdr_lines import written

LINES = 15_000


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    cdr_file = folder / "Master.csv"
    written(cdr_file, LINES, broken_ppm=10_000)
    return (
        ingest_bench.ingested(folder, cdr_file, LINES),
        ingest_bench.by_hand(folder, cdr_file),
    )


def test_an_ingest_is_no_different_order_of_magnitude_than_loading_by_hand(measured):
    ours, by_hand = measured

    assert ours.seconds < 10 * by_hand.seconds


def test_memory_stays_within_the_bound_that_is_promised_for_any_file(measured):
    ours, _ = measured

    assert ours.peak_mib < 400


def test_broken_arithmetic_is_noticed_and_whole_arithmetic_passes():
    module = "data.domain.coverage"
    command = [sys.executable, "-m", "bench.mutants", "--only", module, "--every", "27"]

    done = subprocess.run(
        command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "of 1 mutants survived" in done.stdout
