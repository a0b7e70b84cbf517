"""What the inbox gives, what it leaves alone, and what it refuses."""

import hashlib
import os
import socket
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.domain.errors import Changed
from data.store.queries.files import CdrFile
from ingest.archive import archive_path, moved, removed
from ingest.inbox import content_hash, inbox, is_unchanged, location_of, path_of
from ingest.stopping import Stopped

LATER = datetime.now(UTC) + timedelta(hours=1)
SETTLE_S = 60.0


def names(folder, *, now=LATER, settle_s=SETTLE_S):
    return [arrival.name for arrival in inbox(folder, now=now, settle_s=settle_s).arrivals]


def refused(folder):
    return {each.name: each.why for each in inbox(folder, now=LATER, settle_s=0).refusals}


def a_file(name):
    """The empty file as file 7 of the store."""
    empty = hashlib.sha256(b"").hexdigest()
    unset: dict[str, Any] = dict.fromkeys(field.name for field in fields(CdrFile))
    return CdrFile(**unset | {"id": 7, "name": name, "sha256": empty, "received_at": LATER})


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "inbox"
    made.mkdir()
    return made


def test_a_file_that_rested_is_taken_and_one_that_did_not_is_left(folder):
    (folder / "old.csv").write_text("x")
    just_now = datetime.now(UTC)

    assert names(folder) == ["old.csv"]
    assert names(folder, now=just_now) == []


@pytest.mark.parametrize("mark", [".done", ".FIN"])
def test_a_completion_mark_says_that_a_file_is_complete(folder, mark):
    (folder / "new.csv").write_text("x")
    (folder / f"new.csv{mark}").touch()

    assert names(folder, now=datetime.now(UTC)) == ["new.csv"]


def test_a_change_stamped_by_a_clock_that_runs_ahead_does_not_hold_a_file_for_ever(folder):
    path = folder / "a.csv"
    path.write_text("x")
    os.utime(path, (2e9 + 1e9, 2e9 + 1e9))

    assert names(folder) == ["a.csv"]


def test_hidden_and_unfinished_names_are_left(folder):
    for name in (".a.csv.X1", "a.csv.tmp", "a.csv.part", "a.csv~", "a.filepart"):
        (folder / name).write_text("x")

    assert names(folder) == []
    assert refused(folder) == {}


def test_a_sub_folder_is_a_source(folder):
    (folder / "switch-1").mkdir()
    (folder / "switch-1" / "a.csv").write_text("x")

    found = inbox(folder, now=LATER, settle_s=0).arrivals

    assert [(each.folder, each.name) for each in found] == [("switch-1", "a.csv")]


def test_a_missing_inbox_is_empty(tmp_path):
    assert names(tmp_path / "nowhere") == []


def test_whatever_is_no_plain_file_of_its_own_is_refused_without_being_touched(
    folder, tmp_path, monkeypatch
):
    outside = tmp_path / "outside.csv"
    outside.write_text("secret")
    (folder / "link.csv").symlink_to(outside)
    (folder / "folder-link").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(folder / "pipe")
    (folder / "hard.csv").hardlink_to(outside)
    (folder / "source" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")

        found = refused(folder)

    assert {name: why.split(".")[0] for name, why in found.items()} == {
        "link.csv": "It is a link, and may lead out of the inbox",
        "folder-link": "It is a link, and may lead out of the inbox",
        "pipe": "It is a pipe, socket or device, not a file",
        "socket": "It is a pipe, socket or device, not a file",
        "hard.csv": "It has a second name elsewhere (a hard link)",
        "deeper": "It is a folder inside a source's folder",
    }
    assert names(folder, settle_s=0) == []


ODD = [
    b"-rf",
    b"a\nb.csv",
    b"\xff\xfe.csv",
    b"<img src=x onerror=alert(1)>.csv",
    "\u202evsc.exe".encode(),
    b"CON",
    b"a\\..\\x",
    b"x" * 255,
    b"bytes:41",
]


@pytest.mark.parametrize("raw", ODD, ids=[repr(each)[:24] for each in ODD])
def test_odd_names_survive_and_are_kept_under_an_id(folder, tmp_path, raw):
    path = folder / os.fsdecode(raw)
    path.write_text("x")

    (arrival,) = inbox(folder, now=LATER, settle_s=0).arrivals
    kept = archive_path(tmp_path / "archive", a_file(arrival.name), "")
    assert path_of(location_of(path)) == path
    location_of(path).encode()
    arrival.name.encode()
    moved(path, kept)

    assert kept.read_text() == "x"
    assert kept.parent.parent.parent == tmp_path / "archive"
    assert kept.name.startswith("7-e3b0c44298fc-")
    assert kept.name.isascii()
    assert len(kept.name) < 130
    assert list(folder.iterdir()) == []


def test_oldest_files_come_first_and_equally_old_ones_by_name(folder):
    for name, written in {"b": 1, "a": 1, "c": 0}.items():
        (folder / name).write_text(name)
        os.utime(folder / name, (written, written))

    assert names(folder) == ["c", "a", "b"]


def test_the_hash_is_that_of_the_content(folder):
    (folder / "a").write_bytes(b"content" * 400_000)
    (arrival,) = inbox(folder, now=LATER, settle_s=0).arrivals

    assert content_hash(arrival) == hashlib.sha256(b"content" * 400_000).hexdigest()
    assert is_unchanged(arrival, arrival.path.stat())


def test_a_file_that_grows_or_vanishes_is_noticed(folder):
    (folder / "a").write_text("x")
    (arrival,) = inbox(folder, now=LATER, settle_s=0).arrivals
    with (folder / "a").open("a") as file:
        file.write("y")

    with pytest.raises(Changed):
        content_hash(arrival)
    (folder / "a").unlink()
    with pytest.raises(Changed):
        content_hash(arrival)


def test_hashing_stops_when_asked(folder):
    (folder / "a").write_text("x")
    (arrival,) = inbox(folder, now=LATER, settle_s=0).arrivals

    with pytest.raises(Stopped):
        content_hash(arrival, lambda: True)


def test_moving_can_be_repeated_and_takes_the_mark_along(folder, tmp_path):
    path, kept = folder / "a.csv", tmp_path / "archive" / "1-a.csv"
    path.write_text("x")
    Path(f"{path}.done").touch()

    moved(path, kept)
    moved(path, kept)

    assert kept.read_text() == "x"
    assert list(folder.iterdir()) == []


def test_a_repeated_delivery_leaves_the_inbox(folder):
    (folder / "a").write_text("x")

    removed(folder / "a")
    removed(folder / "a")

    assert list(folder.iterdir()) == []
