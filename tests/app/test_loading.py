"""What a page loads when it starts, and what only where it is used; in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTED = """
import sys
from datetime import UTC, datetime
from app import Outside, create_app
from data.opening import opened
from data.settings import Settings

for issuer in ("", "https://provider.example"):
    settings = Settings(
        var=sys.argv[1], database_url=sys.argv[2], oidc_issuer=issuer, oidc_client_id="x",
        _env_file=None,
    )
    store = opened(settings)
    create_app(settings, store, Outside(lambda: datetime.now(UTC), lambda: "s" * 40))
    store.close()
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
SIGN_ON = {"authlib", "joserfc", "requests", "cryptography"}
DOCUMENTS = {"openpyxl", "reportlab", "pandas"}


@pytest.mark.usefixtures("store")
def test_sign_on_is_loaded_where_a_provider_is_named_and_documents_where_one_is_made(settings):
    told = subprocess.run(
        [sys.executable, "-c", STARTED, settings.var, settings.database_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    alone, with_provider = ({*line.split()} for line in told.splitlines())
    assert "flask" in alone
    assert (SIGN_ON | DOCUMENTS) & alone == set()
    assert with_provider >= SIGN_ON
    assert DOCUMENTS & with_provider == set()


def test_an_ingest_that_has_nothing_to_do_loads_nothing_that_reads_files():
    command = [sys.executable, "-c", "import sys, ingest.program; print(*sys.modules)"]

    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {"numpy", "pandas", "pyarrow"} & {*loaded.split()} == set()
