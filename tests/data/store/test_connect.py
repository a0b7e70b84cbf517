import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from data.domain.errors import (
    NotOurStore,
    SchemaTooNew,
    SchemaTooOld,
    StoreBusy,
    StoreDamaged,
    StoreForbidden,
    StoreMisplaced,
    StoreMissing,
)
from data.store import sqlite_engine
from data.store.connect import create_or_upgrade, open_store
from data.store.schema import metadata, tickets
from data.store.sqlite_file import held_alone
from data.store.writes.versions import version_raised


def ticket(subject, now):
    return insert(tickets).values(subject=subject, opened_at=now)


def count(conn):
    return conn.execute(select(func.count()).select_from(tickets)).scalar_one()


def test_migrations_and_the_schema_say_the_same(store):
    with store.snapshot() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_a_snapshot_does_not_move_while_others_write(store, now):
    with store.snapshot() as reader:
        before = count(reader)
        with store.writing() as writer:
            writer.execute(ticket("arrived meanwhile", now))
        assert count(reader) == before

    with store.snapshot() as reader:
        assert count(reader) == before + 1


def test_a_reader_cannot_write(store, now):
    with store.snapshot() as reader, pytest.raises(DBAPIError, match=r"read-?only"):
        reader.execute(ticket("no", now))


def test_a_failed_write_leaves_nothing(store, now):
    def fails():
        with store.writing() as conn:
            conn.execute(ticket("half", now))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    with store.snapshot() as conn:
        assert count(conn) == 0


def test_two_writers_queue_and_each_gets_its_own_version(store, now):
    seen = []

    def write():
        with store.writing() as conn:
            seen.append(version_raised(conn, now))

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(set(seen)) == 8
    assert max(seen) - min(seen) == 7


def test_naive_instants_are_refused(store, now):
    with store.writing() as conn, pytest.raises(StatementError, match="no time zone"):
        conn.execute(ticket("when?", now.replace(tzinfo=None)))


@pytest.mark.sqlite
def test_commits_are_synchronous_and_foreign_keys_hold(store):
    with store.writing() as conn:
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.mark.sqlite
def test_opening_never_makes_a_store(tmp_path):
    with pytest.raises(StoreMissing, match="data migrate"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}")

    assert list(tmp_path.iterdir()) == []


def emptied(path):
    path.write_bytes(b"")


def zeroed(path):
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def foreign(path):
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text)")
    other.commit()
    other.close()


def not_a_database(path):
    path.write_text("calldate,src,dst\n" * 100)


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", [emptied, zeroed, foreign, not_a_database])
@pytest.mark.parametrize("open_it", [open_store, create_or_upgrade])
def test_what_is_not_our_store_is_refused_and_left_alone(store, tmp_path, damage, open_it):
    store.close()
    path = tmp_path / "copy.db"
    shutil.copy(store.url.database, path)
    damage(path)
    before = path.read_bytes()

    with pytest.raises(NotOurStore, match="Nothing was changed"):
        open_it(f"sqlite:///{path}")

    assert path.read_bytes() == before


@pytest.mark.parametrize(("revision", "error"), [("9999", SchemaTooNew), (None, SchemaTooOld)])
def test_a_store_of_another_version_is_refused(store, revision, error):
    with store.writing() as conn:
        conn.exec_driver_sql("DELETE FROM alembic_version")
        if revision:
            conn.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})

    with pytest.raises(error):
        open_store(str(store.url))


def test_migrating_twice_changes_nothing(store):
    again = create_or_upgrade(str(store.url))

    with again.snapshot() as conn:
        assert count(conn) == 0
    again.close()


@pytest.mark.sqlite
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("file_mode", "folder_mode"),
    [(0o444, 0o777), (0o666, 0o555), (0o000, 0o777), (0o666, 0o700)],
    ids=["read-only file", "read-only folder", "unreadable file", "closed folder"],
)
def test_a_store_that_this_user_may_not_write_is_refused_by_name(reachable, file_mode, folder_mode):
    path = reachable / "var" / "tollboard.db"
    url = f"sqlite:///{path}"
    create_or_upgrade(url).close()
    path.chmod(file_mode)
    path.parent.chmod(folder_mode)

    os.setresuid(65534, 65534, 0)
    try:
        with pytest.raises(StoreForbidden, match=r"it belongs to root\. Run as root"):
            open_store(url)
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.postgresql
def test_texts_are_ordered_by_their_characters_whatever_the_servers_locale(store):
    with store.snapshot() as conn:
        others = conn.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND data_type = 'text'"
                " AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'alembic_version'"
            )
        )
        assert others.all() == []  # take Text from data.store.types, in migrations too


@pytest.mark.sqlite
def test_a_store_that_another_process_has_to_itself_is_busy_and_no_foreign_file(store, monkeypatch):
    monkeypatch.setattr(sqlite_engine, "LOOK_BUSY_MS", 10)
    path = Path(store.url.database)
    store.close()

    with held_alone(path), pytest.raises(StoreBusy, match=r"locked by another process for 0\.01 s"):
        open_store(str(store.url))


@pytest.mark.sqlite
def test_a_damaged_page_is_told_by_whoever_meets_it_reading_or_writing(store, now):
    with store.writing() as conn:
        conn.execute(insert(tickets), [{"subject": "x" * 500, "opened_at": now}] * 2000)
    store.close()
    path = Path(store.url.database)
    content = bytearray(path.read_bytes())
    content[-16384 * 40 :] = bytes(16384 * 40)
    path.write_bytes(content)

    is_told = pytest.raises(StoreDamaged, match=r"tollboard\.db is damaged: .*restore PATH")
    with is_told, store.snapshot() as conn:
        conn.execute(select(tickets)).all()
    with is_told, store.writing() as conn:
        conn.execute(update(tickets).values(subject="y"))


@pytest.mark.sqlite
@pytest.mark.parametrize(("umask", "mode"), [(0, 0o660), (0o022, 0o640), (0o077, 0o600)])
def test_nobody_else_sees_a_store_whatever_the_umask(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        store = create_or_upgrade(f"sqlite:///{tmp_path}/tollboard.db")
        with store.writing() as conn:
            conn.execute(update(tickets).values(subject="written, so that there is a log"))
            found = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)

    assert found == dict.fromkeys(("tollboard.db", "tollboard.db-wal", "tollboard.db-shm"), mode)


@pytest.mark.sqlite
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_owner_whose_mode_is_in_the_way_is_told_of_the_mode(reachable):
    path = reachable / "var" / "tollboard.db"
    create_or_upgrade(f"sqlite:///{path}").close()
    for place, mode in ((path, 0o600), (path.parent, 0o555)):
        os.chown(place, 65534, 65534)
        place.chmod(mode)

    os.setresuid(65534, 65534, 0)
    try:
        with pytest.raises(
            StoreForbidden, match=rf"mode is 0555\. Run chmod u\+rwx {path.parent};"
        ):
            open_store(f"sqlite:///{path}")
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.sqlite
def test_a_store_named_without_a_folder_is_told_with_the_folder_it_would_be_in(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda place, _needed: Path(place) != tmp_path)

    with pytest.raises(StoreForbidden, match=f"^{tmp_path} cannot be read and written"):
        open_store("sqlite:///x.db")


@pytest.mark.sqlite
def test_a_file_among_the_folders_of_a_store_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StoreMisplaced, match=r"/file is no folder\. Name another place"):
        open_store(f"sqlite:///{tmp_path}/file/var/tollboard.db")
