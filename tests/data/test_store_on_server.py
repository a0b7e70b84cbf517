"""A store on PostgreSQL as a whole: made, upgraded, dumped, and brought back."""

import shutil
import subprocess

import psycopg
import pytest
from sqlalchemy import func, select

from data.backup import backed_up, backup_name
from data.domain.authorship import By
from data.domain.errors import NotOurStore, StoreDamaged, StoreMissing
from data.domain.tickets import NewTicket
from data.opening import founded
from data.store import migrations
from data.store.connect import create_or_upgrade, open_store
from data.store.schema import tickets
from data.store.writes.tickets import ticket_opened

pytestmark = pytest.mark.postgresql


def test_a_dump_brings_the_store_back_as_it_was(store, server, tmp_path, now):
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not on this machine")
    with store.writing() as conn:
        ticket_opened(conn, NewTicket("before"), By("ann", now))
    target = tmp_path / backup_name(store, now)

    found = backed_up(store, target)

    assert found.problems == ()
    assert [path.name for path in tmp_path.glob("*.dump*")] == [target.name]
    again = server.database()
    restore = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={again}", str(target)]
    subprocess.run(restore, check=True)
    brought_back = open_store(again)
    with brought_back.snapshot() as conn:
        assert conn.execute(select(func.count()).select_from(tickets)).scalar_one() == 1
    brought_back.close()


def test_a_dump_that_fails_says_why_and_leaves_nothing(store, tmp_path):
    gone = open_store(str(store.url))
    lost = gone.url.set(database="not_there")
    target = tmp_path / "a.dump"

    with pytest.raises(StoreDamaged, match="not_there"):
        backed_up(type(gone)(lost, gone.readers, gone.writers, gone.database), target)

    gone.close()
    assert list(tmp_path.glob("a.dump*")) == []


def test_migrate_makes_a_store_in_an_empty_database_and_nothing_in_another_programs(
    server, settings, now
):
    empty = server.database()
    with pytest.raises(StoreMissing, match="data migrate"):
        open_store(empty)

    founded(settings.model_copy(update={"database_url": empty}), now).close()
    open_store(empty).close()

    theirs = server.database()
    with psycopg.connect(theirs, autocommit=True) as conn:
        conn.execute("CREATE TABLE notes (words text)")
    for opening in (open_store, create_or_upgrade):
        with pytest.raises(NotOurStore, match="Nothing was changed"):
            opening(theirs)


def test_an_upgrade_that_fails_half_way_leaves_the_database_as_it_was(server, monkeypatch):
    url = server.database()

    def fails(conn):
        conn.exec_driver_sql("CREATE TABLE half (id int)")
        raise RuntimeError

    monkeypatch.setattr(migrations, "upgrade", fails)
    with pytest.raises(RuntimeError):
        create_or_upgrade(url)

    with pytest.raises(StoreMissing):  # empty, as before
        open_store(url)
