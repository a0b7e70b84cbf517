"""A full disk, a store that may not be written, a lock that is held: nothing is lost or doubled."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data.domain.errors import StoreBusy
from data.opening import founded, opened
from data.store import sqlite_engine
from data.store.sqlite_engine import sqlite_module
from tests.ingesting import assert_books_balance, deliver, ingested, lines

ROOT = Path(__file__).parents[2]
LINES = 30_000
may_mount = pytest.mark.skipif(
    os.geteuid() != 0
    or shutil.which("unshare") is None
    or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0,
    reason="needs to mount a small disk: root, with unshare",
)
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

# A disk of 13 MB of its own, that only this process sees; the state after each act is printed.
FULL_DISK = """
import contextlib, json, os, pathlib, shutil, subprocess, sys
var, delivered = sys.argv[1:3]
# The second run begins although there is no room, as when the disk fills while it works.
HEEDLESS = (
    "import sys, ingest.keeping as k; k.SPARE_BYTES = -(1 << 40); sys.argv = ['ingest', 'run', "
    "'--json']; from ingest.program import main; main()"
)
def act(*words):
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return {"exit": done.returncode, "out": done.stdout, "err": done.stderr}
def mounted(*words):
    subprocess.run(["mount", "-t", "tmpfs", *words], check=True)
mounted("-o", "size=700k", "tmpfs", var)
acts = {"cramped": act("-m", "data", "migrate", "--new")}
acts["cramped"]["left"] = [*map(str, pathlib.Path(var).glob("tollboard.db*"))]
mounted("-o", "remount,size=13m", "tmpfs", var)
acts["made"] = act("-m", "data", "migrate", "--new")
with contextlib.suppress(OSError), open(var + "/filler", "wb") as filler:
    while True:
        filler.write(bytes(4096))
acts["full"] = act("-m", "data", "doctor", "--json")
os.unlink(var + "/filler")
shutil.copy(delivered, var + "/inbox/a.csv")
acts["refused"] = act("-m", "ingest", "run", "--json")
acts["filled"] = act("-c", HEEDLESS)
acts["read"] = act("-m", "data", "doctor", "--json")
mounted("-o", "remount,size=600m", "tmpfs", var)
acts["recovered"] = act("-m", "ingest", "run", "--json")
acts["again"] = act("-m", "ingest", "run", "--json")
acts["audited"] = act("-m", "data", "doctor", "--deep", "--json")
print(json.dumps(acts))
"""


@pytest.fixture(scope="module")
def acts(tmp_path_factory):
    """What the product did on a disk that was too small, then full, then large enough."""
    folder = tmp_path_factory.mktemp("disk")
    (folder / "var").mkdir()
    delivered = folder / "a.csv"
    delivered.write_text(lines(*range(LINES)))
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", FULL_DISK, folder / "var", delivered],
        cwd=ROOT,
        env={
            **os.environ,
            "TOLLBOARD_VAR": str(folder / "var"),
            "TOLLBOARD_SETTLE_S": "0",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def only_file(act):
    (file,) = json.loads(act["out"])["files"]
    return file


@may_mount
def test_no_store_is_made_where_there_is_no_room_for_one_and_nothing_is_left_of_it(acts):
    assert (acts["cramped"]["exit"], acts["cramped"]["left"]) == (2, [])
    assert "make room" in acts["cramped"]["err"]
    assert acts["made"]["exit"] == 0


@may_mount
def test_a_whole_store_on_a_full_disk_is_not_called_broken_and_nobody_is_told_to_overwrite_it(acts):
    found = json.loads(acts["full"]["out"])["findings"]
    store = next(one for one in found if one["check"] == "store" and one["level"] == "error")
    assert "is not a Tollboard store" not in store["text"]
    assert "make room" in store["action"]


@may_mount
def test_without_room_a_file_is_not_begun_and_waits(acts):
    assert acts["refused"]["exit"] == 2
    assert only_file(acts["refused"])["status"] == "waiting"
    assert "needed to process it safely" in only_file(acts["refused"])["error"]


@may_mount
def test_a_disk_that_fills_while_a_file_is_loaded_ends_the_run_and_leaves_no_half_file(acts):
    assert acts["filled"]["exit"] == 2, acts["filled"]
    levels = {one["check"]: one["level"] for one in json.loads(acts["read"]["out"])["findings"]}
    assert levels["disk"] == "error"
    assert levels["store"] == "ok"


@may_mount
def test_when_there_is_room_again_the_file_is_loaded_once_and_every_sum_is_right(acts):
    assert acts["recovered"]["exit"] == 0, acts["recovered"]
    file = only_file(acts["recovered"])
    assert (file["status"], file["loaded"], file["lines"]) == ("success", LINES, LINES)
    assert json.loads(acts["again"]["out"])["files"] == []
    found = json.loads(acts["audited"]["out"])["findings"]
    assert [one for one in found if one["check"] == "audit" and one["level"] != "ok"] == []


AS_NOBODY = """
import os, pwd, runpy, sys
import ingest.process
from ingest.program import main
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
sys.argv = ["ingest", "run"]
main()
"""


@pytest.mark.sqlite
@only_root
@pytest.mark.parametrize(
    ("place", "mode"), [("tollboard.db", 0o444), (".", 0o555)], ids=["store", "folder"]
)
def test_a_store_that_may_not_be_written_ends_the_run_with_the_right_that_it_lacks(
    reachable, settings, now, place, mode
):
    settings = settings.model_copy(update={"var": reachable / "var"})
    founded(settings, now).close()
    for path in (settings.var, *settings.var.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (settings.var / place).chmod(mode)

    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY],
        cwd=ROOT,
        env={"TOLLBOARD_VAR": str(settings.var), "PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert "cannot be read and written by this user" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.sqlite
def test_a_lock_that_is_held_ends_the_run_and_the_next_one_takes_the_file_in(
    store, settings, monkeypatch
):
    store.close()
    deliver(settings, "a.csv", lines(1, 2, 3))
    monkeypatch.setattr(sqlite_engine, "WRITER_BUSY_MS", 200)
    patient = opened(settings)
    holder = sqlite_module().connect(store.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusy, match="Nothing was changed; try again"):
        ingested(patient, settings)

    holder.execute("ROLLBACK")
    holder.close()
    assert ingested(patient, settings) == [("a.csv", "success", 3, 0, 0, 0)]
    with patient.snapshot() as conn:
        assert_books_balance(conn)
    patient.close()
