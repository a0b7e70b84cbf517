import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from data.backup import backed_up, restored
from data.domain.authorship import By
from data.domain.errors import (
    CopyUnwritable,
    NotOurStore,
    Refused,
    StoreDamaged,
    StoreInUse,
    StoreMisplaced,
)
from data.store.connect import create_or_upgrade, open_store
from data.store.schema import audit_log, sessions, tickets, users
from data.store.sqlite_file import condition
from data.store.writes.versions import version_raised
from tests.disks import files_as_large_as

pytestmark = pytest.mark.sqlite

HOLDS_OPEN = """
import sys
from data.store.connect import create_or_upgrade, open_store
with open_store(sys.argv[1]).snapshot():
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def by(now):
    return By("operator", now)


def opened_ticket(store, now, subject):
    with store.writing() as conn:
        conn.execute(insert(tickets).values(subject=subject, opened_at=now))
        version_raised(conn, now)


def subjects(store):
    with store.snapshot() as conn:
        return list(conn.execute(select(tickets.c.subject).order_by(tickets.c.id)).scalars())


def url_of(path):
    return f"sqlite:///{path}"


@pytest.fixture
def backup(store, tmp_path, now):
    opened_ticket(store, now, "before")
    backed_up(store, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_a_backup_is_one_private_file_that_opens_as_the_store(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(p.name for p in backup.parent.iterdir()) == ["backup.db", "var"]
    copy = open_store(url_of(backup))
    assert subjects(copy) == ["before"]
    copy.close()


def test_backups_taken_while_a_writer_works_are_each_a_consistent_moment(store, tmp_path, now):
    stop = threading.Event()

    def writes():
        while not stop.is_set():
            with store.writing() as conn:  # always two at once: a half is a torn copy
                conn.execute(insert(tickets), [{"subject": "x", "opened_at": now}] * 2)
                version_raised(conn, now)

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        found = [backed_up(store, tmp_path / f"{n}.db") for n in range(20)]
    finally:
        stop.set()
        writer.join()

    assert [one.problems for one in found] == [()] * 20
    assert found[0].version < found[-1].version
    for n, one in enumerate(found):
        copy = open_store(url_of(tmp_path / f"{n}.db"))
        assert len(subjects(copy)) == 2 * (one.version - 1)  # the tenant's founding was the first
        copy.close()


def test_a_backup_never_overwrites_a_file(store, tmp_path):
    target = tmp_path / "precious.db"
    target.write_text("mine")

    with pytest.raises(Refused, match="left alone"):
        backed_up(store, target)

    assert target.read_text() == "mine"


def test_a_backup_makes_one_folder_and_not_a_whole_path(store, tmp_path):
    with pytest.raises(Refused, match=r"no folder .*nowhere/else; nothing was written"):
        backed_up(store, tmp_path / "nowhere" / "else" / "backup.db")
    assert not (tmp_path / "nowhere").exists()

    backed_up(store, tmp_path / "backups" / "backup.db")
    assert (tmp_path / "backups" / "backup.db").is_file()


def test_what_is_no_file_is_not_restored_and_the_store_stays(store, tmp_path, by):
    for missing, why in (
        (tmp_path / "no.db", r"no backup file .*no\.db\."),
        (tmp_path, "that folder"),
    ):
        with pytest.raises(Refused, match=why):
            restored(str(store.url), missing, by, discard_newer=False)

    assert subjects(store) == []


@pytest.mark.parametrize("named", ["its own name", "a symbolic link", "a second name"])
def test_the_store_itself_is_no_backup_of_it(store, tmp_path, by, named):
    path = Path(store.url.database)
    store.close()
    other = tmp_path / "backup.db"
    if named == "a symbolic link":
        other.symlink_to(path)
    elif named == "a second name":
        other.hardlink_to(path)
    else:
        other = path
    before = sorted(path.parent.iterdir())

    with pytest.raises(Refused, match="is the store itself"):
        restored(str(store.url), other, by, discard_newer=True)

    assert sorted(path.parent.iterdir()) == before


def test_a_damaged_store_is_not_backed_up_as_if_it_were_sound(store, tmp_path, now):
    with store.writing() as conn:
        conn.execute(
            insert(tickets), [{"subject": "x" * 500, "opened_at": now} for _ in range(2000)]
        )
    store.close()
    path = Path(store.url.database)
    content = bytearray(path.read_bytes())
    content[-16384 * 20 : -16384 * 8] = b"\xff" * (16384 * 12)
    path.write_bytes(content)

    with pytest.raises(StoreDamaged, match="damaged"):
        backed_up(store, tmp_path / "backup.db")

    assert [p.name for p in tmp_path.iterdir()] == ["var"]


def test_a_restore_brings_back_the_moment_and_keeps_what_stood_there(store, backup, by, now):
    opened_ticket(store, now, "after")
    store.close()

    done = restored(str(store.url), backup, by, discard_newer=True)

    again = open_store(str(store.url))
    assert subjects(again) == ["before"]
    again.close()
    kept = open_store(url_of(done.kept))
    assert subjects(kept) == ["before", "after"]
    kept.close()


def test_newer_data_is_not_overwritten_without_its_flag(store, backup, by, now):
    opened_ticket(store, now, "after")
    store.close()

    with pytest.raises(Refused, match="--discard-newer"):
        restored(str(store.url), backup, by, discard_newer=False)

    assert subjects(store) == ["before", "after"]


def test_a_store_that_a_process_has_open_is_not_overwritten(store, backup, by):
    store.close()
    held = subprocess.Popen(
        [sys.executable, "-c", HOLDS_OPEN, str(store.url)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert held.stdout is not None
        assert held.stdout.readline() == "open\n"
        with pytest.raises(StoreInUse, match="systemctl stop"):
            restored(str(store.url), backup, by, discard_newer=True)
    finally:
        held.communicate()

    assert [p.name for p in Path(store.url.database).parent.glob("*before*")] == []


def test_a_restore_ends_all_sessions_and_is_in_the_audit_log(store, tmp_path, by, now):
    with store.writing() as conn:
        values = {"email": "a@example.com", "password_hash": "-", "role": "viewer"}
        conn.execute(insert(users).values(**values, created_at=now, password_changed_at=now))
        times = {"created_at": now, "authenticated_at": now, "expires_at": now}
        conn.execute(insert(sessions).values(id_hash="0" * 64, user_id=1, **times))
    backed_up(store, tmp_path / "backup.db")
    store.close()

    restored(str(store.url), tmp_path / "backup.db", by, discard_newer=False)

    with store.snapshot() as conn:
        assert conn.execute(select(func.count()).select_from(sessions)).scalar_one() == 0
        assert conn.execute(select(audit_log.c.actor, audit_log.c.action)).all() == [
            ("operator", "store_restored")
        ]


def emptied(path):
    path.write_bytes(b"")


def zeroed(path):
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])


def lost(path):
    path.unlink()


@pytest.mark.parametrize("damage", [emptied, zeroed, cut, lost])
def test_a_damaged_or_lost_store_is_replaced_and_its_remains_are_kept(store, backup, by, damage):
    store.close()
    path = Path(store.url.database)
    damage(path)
    remains = path.read_bytes() if path.exists() else None

    done = restored(str(store.url), backup, by, discard_newer=False)

    assert subjects(store) == ["before"]
    assert (done.kept.read_bytes() if done.kept else None) == remains


def test_a_group_that_shares_a_store_shares_a_restored_one(store, backup, by):
    store.close()
    path = Path(store.url.database)
    lost(path)

    before = os.umask(0o007)
    try:
        restored(str(store.url), backup, by, discard_newer=False)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o660


@pytest.mark.parametrize("damage", [emptied, zeroed, cut])
def test_a_damaged_backup_is_never_put_in_place(store, backup, by, damage):
    store.close()
    damage(backup)

    with pytest.raises((StoreDamaged, NotOurStore), match="Nothing was changed"):
        restored(str(store.url), backup, by, discard_newer=True)

    assert subjects(store) == ["before"]


def test_a_backup_whose_files_do_not_balance_is_refused(backup):
    copy = open_store(url_of(backup))
    with copy.writers.connect() as conn:
        conn.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        conn.exec_driver_sql(
            "INSERT INTO cdr_files (name, sha256, stored_bytes, location, status, received_at,"
            " lines, loaded) VALUES ('a', 'b', 0, '', 'success', 0, 5, 4)"
        )
        conn.commit()
    copy.close()

    assert condition(backup).problems == ("1 CDR file(s) do not balance",)


def test_another_programs_file_in_the_stores_place_is_left_alone(backup, tmp_path, by):
    path = tmp_path / "other.db"
    shutil.copy(backup, path)
    content = bytearray(path.read_bytes())
    content[68:72] = b"else"  # the application id
    path.write_bytes(content)

    with pytest.raises(NotOurStore, match="another program"):
        restored(url_of(path), backup, by, discard_newer=True)

    assert path.read_bytes() == bytes(content)


def test_a_restore_on_a_database_server_names_the_command_that_does_it(backup, by):
    with pytest.raises(Refused, match="pg_restore --clean"):
        restored("postgresql://example/x", backup, by, discard_newer=True)


def test_a_backup_that_does_not_fit_is_told_as_such_and_leaves_nothing(store, tmp_path):
    told = pytest.raises(CopyUnwritable, match=r"the store is as it was; make room")
    with files_as_large_as(200_000), told:
        backed_up(store, tmp_path / "backup.db")

    assert [p.name for p in tmp_path.iterdir()] == ["var"]


def test_a_restore_that_does_not_fit_leaves_the_store_as_it_was(store, tmp_path, by, now):
    backed_up(store, tmp_path / "small.db")
    with store.writing() as conn:
        conn.execute(insert(tickets), [{"subject": "x" * 999, "opened_at": now}] * 2000)
        version_raised(conn, now)
    backed_up(store, tmp_path / "large.db")
    store.close()
    restored(str(store.url), tmp_path / "small.db", by, discard_newer=True)

    told = pytest.raises(CopyUnwritable, match=r"the store is as it was; make room")
    with files_as_large_as(Path(store.url.database).stat().st_size + 500_000), told:
        restored(str(store.url), tmp_path / "large.db", by, discard_newer=True)

    assert subjects(store) == []


def a_link_that_leads_nowhere(path):
    path.unlink()
    path.symlink_to(path.parent / "unmounted" / "x.db")


def a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("put", "why"),
    [
        (a_link_that_leads_nowhere, r"a link to .*unmounted/x.db, which is not there\. Mount"),
        (a_folder, r"a folder\. Name the store's file"),
    ],
)
def test_a_folder_or_a_lost_link_in_the_stores_place_is_told_and_left_alone(
    store, backup, by, put, why
):
    store.close()
    path = Path(store.url.database)
    put(path)

    for used in (
        lambda: open_store(str(store.url)),
        lambda: create_or_upgrade(str(store.url)),
        lambda: restored(str(store.url), backup, by, discard_newer=True),
    ):
        with pytest.raises(StoreMisplaced, match=why):
            used()

    assert path.is_symlink() or path.is_dir()
