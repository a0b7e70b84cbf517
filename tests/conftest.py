"""Fresh, real things for every test: a store in a file of its own, and settings that name it."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection

from data.opening import founded
from data.settings import Settings
from data.store.connect import Store

# Machines are shared: a slow example is no failure. In CI every run sees the same examples, so that
# a landing is judged by its change; elsewhere each run looks at new ones.
hypothesis_settings.register_profile("here", deadline=None, print_blob=True)
hypothesis_settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")

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


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user of this machine can reach, for tests that become another one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
