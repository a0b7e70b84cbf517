import json
import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner

from data import mounts
from data.__main__ import app
from data.commands.context import Context
from data.doctor.examination import findings
from data.domain.operation import Level
from data.domain.records import FileStatus, Role
from data.opening import founded
from data.settings import Settings
from data.store import sqlite_engine
from data.store.schema import data_version, users
from data.store.writes.settings import setting_kept
from tests.factories import add_file, add_source

AS_NOBODY = """
import os, pwd, sys
from data.__main__ import main
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
sys.argv = ["data", "doctor"]
main()
"""


@pytest.fixture
def looked_after(store, now):
    """A store that the doctor has nothing to say about."""
    with store.writing() as conn:
        person = {"email": "a@example.com", "password_hash": "-", "role": Role.ADMIN}
        conn.execute(insert(users).values(**person, created_at=now, password_changed_at=now))
    return store


@pytest.fixture
def told(settings, now):
    """What the doctor says of this store, the good news left out: (level, check, text, action)."""

    def ask(*, deep=False, at=now):
        found = findings(lambda: settings, at, deep=deep)
        return [one for one in found if one.level != Level.OK and one.check != "disk"]

    return ask


def only(found, check, level):
    assert [(one.check, one.level) for one in found] == [(check, level)]
    assert found[0].action
    return found[0].text


@pytest.mark.usefixtures("looked_after")
def test_a_healthy_store_gets_no_complaint(told):
    assert told(deep=True) == []


@pytest.mark.usefixtures("looked_after")
def test_what_lies_in_the_inbox_and_is_never_taken_is_named(settings, told):
    (settings.inbox_dir / "pbx" / "2026-11").mkdir(parents=True)
    (settings.inbox_dir / "pbx" / "a.csv").write_text("a file that is taken")
    (settings.inbox_dir / ".hidden").symlink_to("/etc/hosts")

    text = only(told(), "inbox", Level.WARNING)
    for number in range(7):
        (settings.inbox_dir / f"link-{number}").symlink_to("/etc/hosts")

    assert text.startswith("'pbx/2026-11' in the inbox is never taken. It is a folder inside")
    assert [one.text for one in told()][-1] == "The same is true of 3 more names in the inbox."


def test_wrong_settings_are_each_told_and_nothing_else_is_looked_at(monkeypatch, tmp_path, now):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLLBOARD_PORT", "0")
    monkeypatch.setenv("TOLLBOARD_TIMEZONE", "Mars/Olympus")

    found = list(findings(Settings.read, now, deep=True))

    assert [(one.check, one.level) for one in found] == [("settings", Level.ERROR)] * 2


@pytest.mark.usefixtures("looked_after")
def test_a_folder_of_profiles_that_is_not_there_is_an_error(settings, now, tmp_path):
    elsewhere = settings.model_copy(update={"profiles": tmp_path / "nope"})

    found = [one for one in findings(lambda: elsewhere, now, deep=False) if one.level != Level.OK]

    assert "nope is missing" in only(
        [one for one in found if one.check != "disk"], "folders", Level.ERROR
    )


def test_a_name_that_is_no_setting_is_a_warning(monkeypatch, tmp_path, now):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLLBOARD_TIMEZON", "Australia/Sydney")

    found = [one for one in findings(Settings.read, now, deep=False) if one.check == "settings"]

    assert "did you mean TOLLBOARD_TIMEZONE?" in only(found[1:], "settings", Level.WARNING)


@pytest.mark.usefixtures("looked_after")
def test_a_key_that_others_can_read_is_an_error(settings, told):
    settings.key_file.chmod(0o644)

    assert "can be read by others" in only(told(), "secrets", Level.ERROR)


@pytest.mark.usefixtures("looked_after")
def test_a_short_key_is_an_error(settings, told):
    settings.key_file.write_text("short")

    assert "shorter" in only(told(), "secrets", Level.ERROR)


@pytest.mark.sqlite
@pytest.mark.usefixtures("looked_after")
def test_a_store_that_others_can_read_is_a_warning_unless_its_folder_is_closed(settings, told):
    (settings.var / "tollboard.db").chmod(0o644)
    settings.var.chmod(0o755)

    assert "tollboard.db can be read by others" in only(told(), "secrets", Level.WARNING)

    settings.var.chmod(0o750)
    assert told() == []


@pytest.mark.usefixtures("looked_after")
def test_a_lost_key_is_an_error_with_the_command_that_makes_one(settings, told):
    settings.key_file.unlink()

    found = told()

    assert "secret.key is missing" in only(found, "secrets", Level.ERROR)
    assert "python -m data new-key" in found[0].action


@pytest.mark.usefixtures("looked_after")
def test_a_missing_folder_is_an_error(settings, told):
    settings.inbox_dir.rmdir()

    assert str(settings.inbox_dir) in only(told(), "folders", Level.ERROR)


@pytest.mark.sqlite
@pytest.mark.usefixtures("looked_after")
def test_a_network_file_system_is_refused_by_the_doctor_and_at_opening(told, monkeypatch, tmp_path):
    fake = tmp_path / "mountinfo"
    fake.write_text("27 1 0:40 / / rw,relatime shared:1 - nfs4 nas:/export rw")
    monkeypatch.setattr(mounts, "MOUNTS", fake)

    found = told()

    assert [one.check for one in found] == ["folders", "store"]
    assert all("nfs4" in one.text for one in found)


@pytest.mark.sqlite
def test_a_missing_store_is_told_with_its_command(settings, told):
    for folder in (settings.inbox_dir, settings.archive_dir):
        folder.mkdir(parents=True)
    settings.key_made()

    found = told(deep=True)

    assert only(found, "store", Level.ERROR).startswith("There is no store")
    assert "migrate --new" in found[0].action


def emptied(path):
    path.write_bytes(b"")


def zeroed(path):
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])


def a_page_overwritten(path):
    content = bytearray(path.read_bytes())
    for page in range(16, 28):
        at = 16384 * page
        content[at : at + 4096] = random.Random(page).randbytes(4096)
    path.write_bytes(content)


def foreign(path):
    content = bytearray(path.read_bytes())
    content[68:72] = b"else"
    path.write_bytes(content)


def text(path):
    path.write_text("calldate,src,dst\n" * 1000)


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", [emptied, zeroed, cut, a_page_overwritten, foreign, text])
def test_each_damage_of_the_store_is_reported_with_the_way_back(looked_after, told, damage):
    looked_after.close()
    damage(Path(looked_after.url.database))

    found = [one for one in told(deep=True) if one.level == Level.ERROR]

    assert found
    assert all("restore" in one.action for one in found if one.check in ("store", "audit"))


@pytest.mark.sqlite
@pytest.mark.usefixtures("looked_after")
def test_an_old_sqlite_is_a_warning_that_names_the_race(told, monkeypatch):
    monkeypatch.setattr(sqlite_engine.sqlite_module(), "sqlite_version_info", (3, 40, 1))

    assert "race" in only(told(), "store", Level.WARNING)


@pytest.mark.sqlite
def test_a_log_that_is_not_emptied_is_a_warning(looked_after, told):
    with looked_after.snapshot():  # a reader keeps the log
        log = Path(f"{looked_after.url.database}-wal")
        with log.open("ab") as grown:
            grown.truncate(300 << 20)
        found = told()
        with log.open("ab") as shrunk:
            shrunk.truncate(0)

    assert "300 MiB" in only(found, "store", Level.WARNING)


def test_a_failed_file_and_one_that_waits_for_long_are_warnings(looked_after, told, now):
    with looked_after.writing() as conn:
        add_file(conn, status=FileStatus.ERROR, processed_at=now, location="")
        add_file(conn, status=FileStatus.WAITING, received_at=now - timedelta(hours=2))

    assert [(one.check, one.level) for one in told()] == [("ingest", Level.WARNING)] * 2


def test_a_clock_that_went_back_is_an_error(looked_after, told, now):
    with looked_after.writing() as conn:
        conn.execute(update(data_version).values(changed_at=now + timedelta(hours=1)))

    assert "behind" in only(told(), "clock", Level.ERROR)


def test_a_late_source_and_a_missing_source_folder_are_told(looked_after, told, now):
    with looked_after.writing() as conn:
        source = add_source(conn, "west", expect_every_s=60, folder="west")
        at = now - timedelta(hours=1)
        add_file(conn, source_id=source, received_at=at, processed_at=at, location="")

    found = told()

    assert [(one.check, one.level) for one in found] == [
        ("sources", Level.ERROR),
        ("sources", Level.WARNING),
    ]


@pytest.mark.usefixtures("store")
def test_a_store_without_an_admin_is_a_warning(told):
    assert "Nobody" in only(told(), "people", Level.WARNING)


@pytest.mark.usefixtures("looked_after")
def test_a_zone_that_is_not_the_stores_is_a_warning(settings, now):
    other = settings.model_copy(update={"timezone": "Europe/London"})

    found = [one for one in findings(lambda: other, now, deep=False) if one.level != Level.OK]

    assert "founded with UTC" in only(found, "settings", Level.WARNING)


@pytest.mark.parametrize(("days", "complaints"), [(None, 1), (1, 0), (9, 1)])
def test_a_store_in_use_wants_a_backup_every_week(looked_after, told, now, days, complaints):
    with looked_after.writing() as conn:
        add_file(conn, received_at=now - timedelta(days=30), location="")
        if days is not None:
            setting_kept(conn, "backed_up_at", (now - timedelta(days=days)).isoformat())

    assert [one.check for one in told()] == ["backup"] * complaints


def test_the_exit_status_is_the_worst_finding_and_json_carries_all(looked_after, settings, now):
    context = Context(lambda: now, lambda: settings, "operator")

    well = CliRunner().invoke(app, ["doctor"], obj=context)
    with looked_after.writing() as conn:
        add_file(conn, status=FileStatus.ERROR, processed_at=now, location="")
    look = CliRunner().invoke(app, ["doctor"], obj=context)
    settings.key_file.chmod(0o644)
    broken = CliRunner().invoke(app, ["doctor", "--json"], obj=context)

    assert (well.exit_code, look.exit_code, broken.exit_code) == (0, 1, 2)
    assert "-> read why" in look.output
    told = json.loads(broken.output)
    assert told["status"] == 2
    assert {"check", "level", "text", "action"} == set(told["findings"][0])


def test_files_missing_from_the_archive_and_strangers_in_it_are_told(looked_after, settings, told):
    with looked_after.writing() as conn:
        add_file(conn, location=str(settings.archive_dir / "gone.csv"))
    (settings.archive_dir / "stranger.csv").write_text("x")

    found = told(deep=True)

    assert [(one.check, one.level) for one in found] == [("archive", Level.WARNING)] * 2


def as_nobody(settings):
    env = {"TOLLBOARD_VAR": str(settings.var), "PATH": "", "HOME": "/", "LOGNAME": "nobody"}
    command = [sys.executable, "-c", AS_NOBODY]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_folders_of_another_user_are_told_with_the_user_to_run_as(reachable, settings, now):
    settings = settings.model_copy(update={"var": reachable / "var"})
    founded(settings, now).close()
    settings.var.chmod(0o700)

    done = as_nobody(settings)

    assert done.returncode == 2
    assert "run as root" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_of_the_inbox_that_nothing_can_be_moved_out_of_is_told(reachable, settings, now):
    settings = settings.model_copy(update={"var": reachable / "var"})
    founded(settings, now).close()
    (settings.inbox_dir / "pbx").mkdir()
    for path in (settings.var, *settings.var.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (settings.inbox_dir / "pbx").chmod(0o755)

    assert "can take no file out of" in as_nobody(settings).stdout
