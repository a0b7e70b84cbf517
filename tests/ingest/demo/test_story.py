"""One month of the fictional reseller, through the real ingest and the real bill run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from data.domain.authorship import By
from data.domain.errors import Refused
from data.opening import opened
from data.settings import Settings
from data.store.connect import Store
from data.store.schema import calls, cdr_files, invoices, tickets
from ingest.demo.command import Outside, demo_made, kept_arriving
from ingest.demo.founding import reseller_founded
from ingest.demo.story import Plot, demo_is_there

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
PLOT = Plot(calls=400, months=1)


def outside(said: list[str], now: datetime = NOW) -> Outside:
    return Outside(
        lambda: now, lambda: "seven-brass-kettles", np.random.default_rng(1), said.append
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[str]]:
    """A store with a month of the demo in it, and what was said while it was made."""
    settings = Settings(var=tmp_path_factory.mktemp("demo") / "var", settle_s=0, _env_file=None)
    said: list[str] = []
    demo_made(settings, outside(said), PLOT)
    return settings, said


def counted(settings: Settings, *what) -> list[Any]:
    store = opened(settings)
    with store.snapshot() as conn:
        found = conn.execute(select(*what, func.count()).group_by(*what).order_by(*what)).all()
    store.close()
    return [tuple(row) for row in found]


def test_files_of_every_outcome_are_there(told):
    settings, _ = told
    by_status = dict(counted(settings, cdr_files.c.status))

    assert by_status["success"] > 30
    assert by_status["error"] >= 1
    assert by_status["waiting"] >= 2


def test_calls_of_every_state_are_there(told):
    settings, _ = told

    assert len(counted(settings, calls.c.match_state)) >= 2
    assert len(counted(settings, calls.c.rate_state)) >= 2


def test_the_month_before_is_recorded_and_the_newest_is_a_draft(told):
    settings, _ = told
    found = counted(settings, invoices.c.status, invoices.c.external)

    assert {(status, bool(external)) for status, external, _ in found} == {
        ("DRAFT", False),
        ("RECORDED", False),
        ("RECORDED", True),
    }


def test_two_tickets_are_open(told):
    settings, _ = told
    open_ones = [row for row in counted(settings, tickets.c.resolved_at) if row[0] is None]

    assert open_ones == [(None, 2)]


def test_the_login_is_said_once(told):
    settings, said = told
    again: list[str] = []

    demo_made(settings, outside(again), PLOT)

    assert any("seven-brass-kettles" in line for line in said)
    assert not any("seven-brass-kettles" in line for line in again)


def test_making_it_again_doubles_nothing(told):
    settings, _ = told
    before = counted(settings, cdr_files.c.status), counted(settings, invoices.c.status)

    demo_made(settings, outside([]), PLOT)

    assert (counted(settings, cdr_files.c.status), counted(settings, invoices.c.status)) == before


def test_a_store_of_somebodys_own_is_left_alone(store: Store, tmp_path: Path, now):
    reseller_founded(store, tmp_path, By("me", now), billing_start=now.date())

    with pytest.raises(Refused, match="customers of its own"):
        demo_is_there(store)


class Enough(Exception):
    """The looker-on has seen enough."""


def test_files_keep_arriving_and_are_processed(settings: Settings):
    demo_made(settings, outside([]), Plot(calls=60, months=1))
    clock = iter(NOW + timedelta(seconds=20 * step) for step in range(1, 10_000))
    rounds = iter(range(2))
    before = dict(counted(settings, cdr_files.c.status))["success"]

    def rest(_seconds: float) -> None:
        if next(rounds, None) is None:
            raise Enough

    moving = Outside(lambda: next(clock), lambda: "", np.random.default_rng(2), print)
    with pytest.raises(Enough):
        kept_arriving(settings, moving, rest)

    after = dict(counted(settings, cdr_files.c.status))
    assert after["success"] > before
