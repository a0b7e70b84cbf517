import re
import shutil
import subprocess
import sys

import pytest
from pydantic import SecretStr
from sqlalchemy import inspect
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.context import Context
from data.domain.errors import Refused, SchemaTooOld, StoreMissing
from data.opening import founded, opened
from data.settings import Settings
from data.store import migrations
from data.store.queries.health import health

NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op
revision = "{new}"
down_revision = "{old}"
def upgrade():
    op.create_table("added", sa.Column("id", sa.Integer, primary_key=True))
    {then}
"""


@pytest.fixture
def run(settings, now):
    context = Context(lambda: now, lambda: settings, "operator")

    def invoke(*words):
        return CliRunner().invoke(app, [str(word) for word in words], obj=context)

    return invoke


@pytest.fixture
def next_version(settings, now, tmp_path, monkeypatch):
    """Stand in the next release, whose schema has one revision more."""
    store = founded(settings, now)
    with store.snapshot() as conn:
        old = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    store.close()
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    monkeypatch.setattr(migrations, "FOLDER", folder)

    def released(then=""):
        text = NEXT_REVISION.format(old=old, new="9000", then=then)
        (folder / "versions" / "9000_added.py").write_text(text)

    return released


@pytest.mark.sqlite
def test_migrate_makes_a_store_on_a_first_use_and_says_so_when_there_is_nothing_to_do(run):
    assert "Made a store" in run("migrate").output
    assert "already" in run("migrate").output


@pytest.mark.sqlite
def test_migrate_does_not_replace_a_lost_store_unless_told(run, settings, now):
    founded(settings, now).close()
    (settings.var / "tollboard.db").unlink()

    assert isinstance(run("migrate").exception, StoreMissing)
    assert "Made a store" in run("migrate", "--new").output


@pytest.mark.sqlite
def test_an_upgrade_is_preceded_by_a_backup_that_the_old_version_can_open(
    run, settings, next_version, now
):
    next_version()

    result = run("migrate")

    assert result.exit_code == 0, result.output
    assert "Upgraded" in result.output
    saved = list((settings.var / "backups").iterdir())
    assert [path.name for path in saved] == ["tollboard-20260615T120000Z.db"]
    store = opened(settings)
    assert inspect(store.readers).has_table("added")
    with store.snapshot() as conn:
        assert health(conn, now).backed_up_at == now
    store.close()


@pytest.mark.sqlite
def test_an_upgrade_that_fails_leaves_the_store_as_it_was(run, settings, next_version):
    next_version(then="raise RuntimeError('half-way')")

    assert isinstance(run("migrate").exception, RuntimeError)

    with pytest.raises(SchemaTooOld):
        opened(settings)
    store_file = settings.var / "tollboard.db"
    assert b"CREATE TABLE added" not in store_file.read_bytes()


@pytest.mark.sqlite
def test_backup_into_a_folder_names_the_file_by_time_and_restore_takes_it(run, tmp_path):
    run("migrate")
    (tmp_path / "backups").mkdir()

    saved = run("backup", tmp_path / "backups")
    back = run("restore", tmp_path / "backups" / "tollboard-20260615T120000Z.db")

    assert "verified" in saved.output
    assert back.exit_code == 0, back.output
    assert re.match(r"Restored data version \d+( of 2026-06-15 12:00:00 UTC)?\.\n", back.output)
    assert "kept as" in back.output


@pytest.mark.sqlite
def test_a_restore_into_a_new_place_makes_the_inbox_that_an_ingest_looks_for(
    run, settings, tmp_path
):
    run("migrate")
    run("backup", tmp_path / "saved.db")
    settings.var.rename(tmp_path / "before")

    assert run("restore", tmp_path / "saved.db").exit_code == 0

    assert settings.inbox_dir.is_dir()


@pytest.mark.sqlite
@pytest.mark.parametrize("ending", ["/", "/."])
def test_a_backup_into_a_folder_that_is_not_there_is_refused_and_writes_no_file(
    run, tmp_path, ending
):
    run("migrate")

    refused = run("backup", f"{tmp_path}/unmounted{ending}").exception

    assert isinstance(refused, Refused)
    assert f"There is no folder {tmp_path}/unmounted; nothing was written" in str(refused)
    assert not (tmp_path / "unmounted").exists()


def test_what_cannot_run_ends_with_2_and_one_message(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "data", "backup", tmp_path / "x.db"],
        env={"TOLLBOARD_VAR": str(tmp_path / "none"), "PATH": "", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("There is no store at")
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_told_by_name(monkeypatch, tmp_path, now):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLLBOARD_PORT", "0")

    result = CliRunner().invoke(
        app, ["migrate"], obj=Context(lambda: now, Settings.read, "operator")
    )

    assert "TOLLBOARD_PORT" in str(result.exception)


@pytest.mark.sqlite
def test_a_new_key_takes_the_place_of_the_old_one_unless_one_is_set(run, settings, now):
    run("migrate")
    before = settings.session_secret()
    assert "everybody must log in" in run("new-key").output
    assert settings.session_secret() != before

    key = SecretStr("dR7kq-2Zp0vLx8YbN3mWc5Tg9Hf1Js6Ua4Ei_Oo")
    of_env = Context(lambda: now, lambda: settings.model_copy(update={"secret_key": key}), "me")
    assert "TOLLBOARD_SECRET_KEY" in str(CliRunner().invoke(app, ["new-key"], obj=of_env).exception)
