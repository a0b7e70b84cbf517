"""A CDR file that somebody sends from the page."""

from sqlalchemy import select

from data.domain.records import FileStatus
from data.store.schema import cdr_files
from tests.posting import send


def test_an_upload_lies_in_the_inbox_and_waits_at_once(biller, store, settings):
    answer = send(biller, "calls.csv", b"a,b\n1,2\n")

    assert answer.json["status"] == "waiting"
    assert (settings.inbox_dir / "calls.csv").read_bytes() == b"a,b\n1,2\n"
    with store.snapshot() as conn:
        found = conn.execute(select(cdr_files.c.status, cdr_files.c.location)).one()
    assert found == (FileStatus.WAITING, str(settings.inbox_dir / "calls.csv"))
    assert list(settings.work_dir.iterdir()) == []


def test_a_known_content_is_told_and_changes_nothing(biller, settings):
    send(biller, "calls.csv", b"same")

    again = send(biller, "other.csv", b"same")

    assert again.json["status"] == "repeated"
    assert [path.name for path in settings.inbox_dir.iterdir()] == ["calls.csv"]


def test_two_contents_under_one_name_are_both_kept(biller, settings):
    send(biller, "calls.csv", b"one")
    send(biller, "calls.csv", b"two")

    assert {path.name for path in settings.inbox_dir.iterdir()} == {"calls.csv", "calls-2.csv"}


def test_an_empty_upload_is_refused_and_a_viewer_may_not(biller, inside, settings):
    assert send(biller, "calls.csv", b"").status_code == 400
    assert send(inside, "calls.csv", b"x").status_code == 403
    assert send(biller, "..", b"x").status_code == 400
    assert list(settings.inbox_dir.iterdir()) == []
