"""The store's file in use: readers that stay, backups under load, migrations that are killed."""

import multiprocessing
import os
import shutil
import signal
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, event, text

from bench.faults.case import Case, Found
from bench.faults.worlds import (
    NOW,
    an_ingest,
    copy_of,
    demo_world,
    in_a_child,
    ingest_once,
    settings_of,
)
from data.backup import backed_up, restored
from data.doctor.examination import findings
from data.domain.authorship import By
from data.domain.errors import SchemaTooNew, SchemaTooOld
from data.domain.operation import Level
from data.opening import founded, opened
from data.store import migrations
from data.store.queries.versions import newest_version
from data.store.sqlite_file import condition
from data.store.writes.settings import setting_kept
from ingest.run import run
from ingest.upkeep import requeueing
from tests.founding import just_founded

BY = By("operator", NOW)
MIB = 1 << 20
CHECKS = ("store", "audit")
NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op
revision = "9000"
down_revision = "{old}"
def upgrade():
    op.create_table("added", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("added", sa.Integer))
    op.execute("UPDATE tickets SET added = 1")
    op.create_index("tickets_added", "tickets", ["added"])
"""


def reader_left_open(root: Path, mib: int) -> Found:
    """Keep a snapshot open while so many MiB are committed; then let it go."""
    var = root / "var"
    store = just_founded(settings_of(var), NOW)
    log = var / "tollboard.db-wal"
    with store.snapshot() as held:
        held.execute(text("SELECT count(*) FROM calls")).all()
        for number in range(mib // 8):
            with store.writing() as conn:
                setting_kept(conn, f"large-{number}", "x" * 8 * MIB)
        grown = log.stat().st_size
        told = [
            one.text
            for one in findings(lambda: settings_of(var), NOW, deep=False)
            if "log has grown" in one.text
        ]
        emptied_meanwhile = store.log_truncated()
    wrong = []
    if not told and grown > 256 * MIB:
        wrong.append(f"a log of {grown // MIB} MiB raised no alarm")
    if emptied_meanwhile or not store.log_truncated() or log.stat().st_size:
        wrong.append("the log was not emptied when the reader was gone, and only then")
    store.close()
    return Found(f"log {grown // MIB} MiB, alarm: {'yes' if told else 'no'}", tuple(wrong))


def backups_under_load(root: Path, times: int) -> Found:
    """Back up again and again while files are loaded; restore each and look it over."""
    var = demo_world(root / "var", mishaps=2)
    context = multiprocessing.get_context("forkserver")
    loading = context.Process(target=_loading, args=(var,))
    loading.start()
    store = opened(settings_of(var))
    versions = [0]
    try:
        while len(versions) <= times:
            with store.snapshot() as conn:
                if newest_version(conn).version == versions[-1] and loading.is_alive():
                    continue
            versions.append(backed_up(store, root / f"{len(versions)}.db").version)
    finally:
        loading.kill()
        loading.join()
        store.close()
    wrong = [] if len(set(versions)) > times else ["nothing was loaded between backups: no trial"]
    for number in range(1, times + 1):
        wrong += [f"backup {number}: {what}" for what in _restored(root, number)]
    return Found(f"{times} restores of versions {versions[1]} to {versions[-1]}", tuple(wrong))


def _loading(var: Path) -> None:
    """Take files in, and then the same ones again and again."""
    ingest_once(var)
    settings = settings_of(var)
    ingest = an_ingest(opened(settings), settings)
    while True:
        run(ingest, only=requeueing(ingest, [], "success"))


def _restored(root: Path, number: int) -> list[str]:
    """Return what is wrong with a store that is brought back from a backup."""
    var = root / f"restored-{number}"
    settings = settings_of(var)
    founded(settings, NOW).close()
    restored(settings.store_url, root / f"{number}.db", BY, discard_newer=True)
    found = findings(lambda: settings, NOW, deep=True)
    bad = [one.text for one in found if one.check in CHECKS and one.level is Level.ERROR]
    shutil.rmtree(var)
    return bad


def migration_killed(root: Path, times: int) -> Found:
    """Kill an upgrade, and the making of a new store, as it comes to a statement."""
    world = root / "world"
    store = founded(settings_of(world), NOW)
    with store.snapshot() as conn:
        old = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    store.close()
    folder = next_migrations(root / "migrations", old)
    wrong: list[str] = []
    killed = 0
    for number in range(1, times + 1):
        var = copy_of(world, f"upgrade-{number}")
        code = in_a_child(partial(migrated, var, folder, number))
        killed += code == -signal.SIGKILL
        wrong += [f"upgrade, statement {number}: {what}" for what in _half(var, old)]
        if in_a_child(partial(migrated, var, folder, 0)) != 0:
            wrong.append(f"upgrade, statement {number}: it cannot be finished")
        new = root / f"new-{number}"
        killed += in_a_child(partial(migrated, new, folder, 5 * number)) == -signal.SIGKILL
        if (new / "tollboard.db").exists():
            wrong.append(f"new store, statement {5 * number}: there is half a store")
        if in_a_child(partial(migrated, new, folder, 0)) != 0:
            wrong.append(f"new store, statement {5 * number}: it cannot be made")
    return Found(f"{killed} kills", tuple(wrong))


def next_migrations(folder: Path, old: str) -> Path:
    """Write the migrations of a next release into a folder."""
    shutil.copytree(migrations.FOLDER, folder)
    (folder / "versions" / "9000_added.py").write_text(NEXT_REVISION.format(old=old))
    return folder


def _half(var: Path, old: str) -> list[str]:
    """Return what is neither the old schema nor the new one."""
    found = condition(var / "tollboard.db")
    wrong = list(found.problems)
    try:
        opened(settings_of(var)).close()
    except SchemaTooOld:
        return [*wrong, f"schema {found.revision}"]
    except SchemaTooNew:  # it was done before the statement came
        return [what for what in wrong if what != "unknown schema 9000"]
    return wrong if found.revision == old else [*wrong, f"schema {found.revision}"]


def migrated(var: Path, folder: Path, statement: int) -> None:
    """Bring a store to the next release's schema; end at the n-th statement; 0: never."""
    migrations.FOLDER = folder
    seen = []

    @event.listens_for(Engine, "before_cursor_execute")
    def on_statement(*_given: object) -> None:
        seen.append(1)
        if len(seen) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    founded(settings_of(var), NOW).close()


CASES = (
    Case(
        "D7",
        "a reader leaves its transaction open while much is committed",
        "the doctor raises the alarm above 256 MiB; the log is emptied when it is gone",
        reader_left_open,
        full=320,
        short=16,
    ),
    Case(
        "D9",
        "backups in a loop while files are loaded",
        "every restore is a sound, balanced, earlier state",
        backups_under_load,
        full=20,
    ),
    Case(
        "D17",
        "an upgrade, or the making of a store, is killed at a statement",
        "the old schema is whole or the new one is; it can be finished",
        migration_killed,
        full=20,
        short=2,
    ),
)
