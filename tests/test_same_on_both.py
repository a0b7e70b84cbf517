"""The same files, billed in the same way, come to the same rows and figures on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from bench.postgresql import ON_POSTGRESQL
from callbacks.api import dashboard_json
from callbacks.snapshots import Snapshots
from data.domain.views import AskedView
from data.opening import opened
from data.settings import Settings
from data.store.schema import metadata
from ingest.demo.command import Outside, demo_made
from ingest.demo.story import Plot

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
SALTED = {"password_hash"}


def told_of(settings: Settings) -> tuple[dict[str, list[tuple[str, ...]]], dict[str, object]]:
    """Return every row of a store, and what its page shows."""
    demo_made(
        settings,
        Outside(lambda: NOW, lambda: "seven-brass-kettles", np.random.default_rng(1), print),
        Plot(calls=400, months=1),
    )
    store = opened(settings)
    figures = dashboard_json(Snapshots(store, lambda: NOW).shown(AskedView()).dashboard)
    rows = {}
    with store.snapshot() as conn:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in SALTED]
            found = conn.execute(select(*columns).order_by(*table.primary_key))
            rows[table.name] = [
                tuple(str(value).replace(str(settings.var), "VAR") for value in row)
                for row in found
            ]
    store.close()
    return rows, figures


@pytest.mark.skipif(ON_POSTGRESQL, reason="compares with SQLite; the other run has it")
def test_the_demo_comes_to_the_same_rows_and_figures_on_both_databases(server, tmp_path: Path):
    here = Settings(var=tmp_path / "here", settle_s=0, _env_file=None)
    there = Settings(
        var=tmp_path / "there", database_url=server.database(), settle_s=0, _env_file=None
    )

    rows_here, figures_here = told_of(here)
    rows_there, figures_there = told_of(there)

    assert [name for name, rows in rows_here.items() if rows_there[name] != rows] == []
    assert figures_there == figures_here
    assert rows_here["calls"]
    assert rows_here["invoices"]
