"""One small reseller's store, written once for all tests that only read it."""

from collections.abc import Iterator

import pytest

from data.settings import Settings
from data.store.connect import Store
from tests.books import NOON, write_books
from tests.founding import just_founded


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, shared_url: str) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("books")
    settings = Settings(var=folder / "var", database_url=shared_url, settle_s=0, _env_file=None)
    store = just_founded(settings, NOON)
    with store.writing() as conn:
        write_books(conn)
    yield store
    store.close()
