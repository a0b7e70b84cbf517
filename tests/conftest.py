"""Fresh, real things for every test: a store in a file of its own, and settings that name it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from data.opening import founded
from data.settings import Settings
from data.store.connect import Store

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """The test's present: a Monday in the middle of June."""
    return NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "var", settle_s=0, _env_file=None)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = founded(settings, NOW)
    yield store
    store.close()


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    """A write transaction on a fresh store."""
    with store.writing() as connection:
        yield connection
