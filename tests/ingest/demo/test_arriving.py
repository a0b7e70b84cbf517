"""Files that arrive while one looks on."""

from datetime import UTC, datetime, timedelta

import numpy as np

from ingest.demo.arriving import delivered, fresh_files
from ingest.demo.deliveries import Delivery

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def test_two_rounds_write_different_files():
    rng = np.random.default_rng(1)

    first = list(fresh_files(NOW, rng))
    second = list(fresh_files(NOW + timedelta(seconds=20), rng))

    assert first
    assert {file.name for file in first}.isdisjoint({file.name for file in second})
    assert {file.content for file in first}.isdisjoint({file.content for file in second})


def test_a_delivered_file_is_there_whole_and_alone(tmp_path):
    delivered(tmp_path, Delivery(NOW, "london/lon-1.csv", b"line\n"))

    assert [path.name for path in (tmp_path / "london").iterdir()] == ["lon-1.csv"]
    assert (tmp_path / "london" / "lon-1.csv").read_bytes() == b"line\n"
