"""Fresh, real things for every test: a store in a file of its own, and settings that name it."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection

from bench.postgresql import ON_POSTGRESQL, Cluster, Stores, binaries, cluster
from data import passwords
from data.opening import founded
from data.settings import Settings
from data.store.connect import Store
from tests.browsing import (  # noqa: F401 (fixtures)
    chromium,
    dash_br,
    left_out_without_a_browser,
    web,
)
from tests.founding import just_founded

# Machines are shared: a slow example is no failure. In CI every run sees the same examples, so that
# a landing is judged by its change, and fewer are enough; elsewhere each run looks at new ones.
hypothesis_settings.register_profile("here", deadline=None, print_blob=True)
hypothesis_settings.register_profile(
    "ci", deadline=None, print_blob=True, derandomize=True, max_examples=60
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")

HERE = Path(__file__).parent
MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes folders of its own there)
LEAST_ROOM_BYTES = 4 << 30
AS_SERVED = passwords.HASHER
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """The test's present: a Monday in the middle of June."""
    return NOW


def pytest_configure() -> None:
    """Let files of tests be in memory where there is room: on a disk every commit waits for it.

    Whoever wants to look into what a failed test left names a folder by TMPDIR. And let a password
    cost little in the process of the tests; the servers that they start have it cost what it costs.
    """
    passwords.HASHER = PasswordHasher.from_parameters(CHEAPEST)
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize >= LEAST_ROOM_BYTES and not found.f_flag & os.ST_NOEXEC:
        folder = tempfile.mkdtemp(prefix="tollboard-tests-", dir=MEMORY)
        Path(folder).chmod(0o755)  # some tests become another user
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        # Last of all: multiprocessing removes a folder of its own in there at the very end.
        Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=-1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what speaks of a database or a browser that there is not in this run.

    Of three processes, each of which gets a third to begin with, one has what waits for a browser,
    the next what takes longest, the programs as a whole; what is left at the end is short.
    """
    left_out_without_a_browser(items)
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    long = [item for item in items if item.path.parent == HERE]
    short = [item for item in items if item.path.parent != HERE]
    third = len(items) // 3
    items[:] = [*short[:third], *long, *short[third:]]
    other = "sqlite" if ON_POSTGRESQL else "postgresql"
    for item in items:
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=f"speaks of {other}"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the collector what every test loads; it would walk it all again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL server of our own."""
    if binaries() is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def stores(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Stores on that server."""
    var = tmp_path_factory.mktemp("founded")

    def founding(url: str) -> None:
        founded(Settings(var=var, database_url=url, _env_file=None), NOW).close()

    return Stores(server, founding)


@pytest.fixture(scope="module")
def shared_url(request: pytest.FixtureRequest) -> str:
    """Where a store that a module's tests share will be: in its own file, or in a database."""
    return request.getfixturevalue("stores").take() if ON_POSTGRESQL else ""


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a test's store will be: in its own file, or in a database of its own."""
    if not ON_POSTGRESQL:
        yield ""
        return
    stores: Stores = request.getfixturevalue("stores")
    url = stores.take()
    yield url
    stores.give_back(url)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(var=tmp_path / "var", settle_s=0, database_url=database_url, _env_file=None)


@pytest.fixture
def dear_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a password cost what it costs who logs in."""
    monkeypatch.setattr(passwords, "HASHER", AS_SERVED)
    passwords.nobodys_hash.cache_clear()
    yield
    passwords.nobodys_hash.cache_clear()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = just_founded(settings, NOW)
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
