"""Failed and late files are told outside the page, each once, whatever happens on the way."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from data.alerting import alerts_told
from data.domain.records import FileStatus
from data.settings import Settings
from data.store.connect import Store
from data.store.schema import alerts, cdr_files, data_version
from tests.factories import add_file, add_source
from tests.mail_servers import Postbox, listening
from tests.web_receivers import Receiver, receiving

SECRET = "0123456789abcdefghijklmn"
JUNE_10 = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@dataclass
class Outside:
    """Everything beyond the store: both receivers, and what is told to them."""

    store: Store
    settings: Settings
    now: datetime
    postbox: Postbox
    receiver: Receiver

    def told(self, later=timedelta(), **given):
        """Tell what is to be told; return how many mails and posts left."""
        before = (len(self.postbox.envelopes), len(self.receiver.bodies))
        settings = self.settings.model_copy(update=given)
        alerts_told(self.store, settings, lambda: self.now + later)
        after = (len(self.postbox.envelopes), len(self.receiver.bodies))
        return tuple(late - early for early, late in zip(before, after, strict=True))


@pytest.fixture
def outside(store, settings, now, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with listening(Postbox()) as postbox, receiving(Receiver()) as receiver:
        given = {
            "smtp_host": "127.0.0.1",
            "smtp_port": postbox.port,
            "smtp_starttls": False,
            "smtp_from": "tollboard@example.com",
            "alert_to": "anna@example.com, ben@example.com",
            "alert_webhook_url": receiver.url,
            "alert_webhook_secret": type(settings)(
                alert_webhook_secret=SECRET, _env_file=None
            ).alert_webhook_secret,
            "page_url": "https://billing.example.com/",
        }
        yield Outside(store, settings.model_copy(update=given), now, postbox, receiver)


def failed(store, **given):
    row = {
        "status": FileStatus.ERROR,
        "name": "two.csv",
        "error_code": "unknown_format",
        "error": "No profile recognises it.",
        "processed_at": JUNE_10,
    }
    with store.writing() as conn:
        return add_file(conn, **row | given)


def test_a_clean_store_tells_nothing(outside, store):
    with store.writing() as conn:
        add_file(conn)

    assert outside.told() == (0, 0)


def test_a_failed_file_is_told_once_by_mail_and_by_webhook(outside, store):
    with store.writing() as conn:
        source = add_source(conn)
    file_id = failed(store, source_id=source)

    assert [outside.told(), outside.told()] == [(1, 1), (0, 0)]
    (mail,), (body,) = outside.postbox.mails, outside.receiver.told
    text = mail.get_body(("plain",))
    assert text is not None
    assert mail["Subject"] == "My company: 1 CDR file failed"
    assert outside.postbox.envelopes[0].rcpt_tos == ["anna@example.com", "ben@example.com"]
    assert text.get_content().splitlines() == [
        "My company",
        "1 CDR file failed",
        "",
        "  two.csv of sbc-west failed at 10 June 2026 08:00: No profile recognises it.",
        "",
        "https://billing.example.com/",
    ]
    assert body == {
        "type": "tollboard.alerts",
        "tenant": "My company",
        "page": "https://billing.example.com/",
        "text": "1 CDR file failed",
        "alerts": [
            {
                "id": f"file_failed:{file_id}:unknown_format",
                "kind": "file_failed",
                "at": "2026-06-10T08:00:00+00:00",
                "source": "sbc-west",
                "file_id": file_id,
                "file": "two.csv",
                "text": "two.csv of sbc-west failed at 10 June 2026 08:00: "
                "No profile recognises it.",
            }
        ],
    }


def test_a_late_source_is_told_once_until_it_has_delivered_and_is_late_again(outside, store):
    with store.writing() as conn:
        source = add_source(conn, expect_every_s=3600)
        add_file(conn, source_id=source, processed_at=outside.now - timedelta(hours=2))

    assert [outside.told(), outside.told()] == [(1, 1), (0, 0)]
    with store.writing() as conn:
        add_file(conn, source_id=source, processed_at=outside.now)
    assert outside.told() == (0, 0)
    assert outside.told(later=timedelta(hours=2)) == (1, 1)
    assert outside.receiver.told[0]["alerts"][0]["text"] == (
        "sbc-west is late: its next file was due by 15 June 2026 10:59; "
        "nothing was received since 15 June 2026 09:59"
    )


def test_several_leave_together(outside, store):
    for number in range(25):
        failed(store, name=f"f{number}.csv")

    assert outside.told() == (1, 1)
    html = outside.postbox.mails[0].get_body(("html",))
    assert html is not None
    assert "25 CDR files failed" in html.get_content()
    assert "and 5 more" in html.get_content()
    assert len(outside.receiver.told[0]["alerts"]) == 25


@pytest.mark.parametrize("given", [{"dismissed_at": JUNE_10}, {"withdrawn_at": JUNE_10}])
def test_what_was_settled_by_a_person_is_not_told(outside, store, given):
    failed(store, **given)

    assert outside.told() == (0, 0)


def test_a_file_that_fails_again_is_told_again_only_for_another_reason(outside, store):
    file_id = failed(store)
    outside.told()
    later = {"processed_at": JUNE_10 + timedelta(days=1)}
    with store.writing() as conn:
        conn.execute(update(cdr_files).where(cdr_files.c.id == file_id).values(**later))
    assert outside.told() == (0, 0)

    with store.writing() as conn:
        conn.execute(update(cdr_files).values(error_code="not_text"))

    assert outside.told() == (1, 1)


def test_what_a_channel_did_not_take_is_tried_by_the_next_run_with_the_same_id(outside, store):
    failed(store)
    outside.receiver.answer = 503

    assert outside.told() == (1, 1)
    outside.receiver.answer = 204
    assert outside.told() == (0, 1)
    assert outside.told() == (0, 0)
    first, second = (heads["webhook-id"] for heads in outside.receiver.heads)
    assert first == second


def test_a_dead_mail_server_hinders_neither_the_webhook_nor_the_caller(outside, store, caplog):
    failed(store)

    assert outside.told(smtp_port=1) == (0, 1)
    assert "the next run tries again" in caplog.text
    assert outside.told() == (1, 0)


def test_what_another_process_is_telling_is_left_to_it_until_it_is_taken_for_dead(outside, store):
    failed(store)
    outside.told()
    with store.writing() as conn:
        claim = {"sent_at": None, "claimed_until": outside.now + timedelta(minutes=10)}
        conn.execute(update(alerts).values(**claim))

    assert outside.told() == (0, 0)
    assert outside.told(later=timedelta(minutes=11)) == (1, 1)


def test_only_the_channels_of_the_settings_are_told(outside, store):
    failed(store)

    assert outside.told(alert_to="") == (0, 1)
    assert outside.told(alert_to="", alert_webhook_url="") == (0, 0)


def test_a_phone_number_does_not_leave_the_house_and_a_file_name_is_one_line(outside, store):
    failed(store, name="two\r\nBcc: eve.csv", error="line 7: +442079460000 is damaged")
    outside.told()

    told = outside.receiver.told[0]["alerts"][0]["text"]
    assert "+442079460000" not in told
    assert "two Bcc: eve.csv failed" in told
    assert outside.postbox.mails[0]["Bcc"] is None


def test_telling_changes_nothing_that_the_page_shows(outside, store):
    failed(store)
    version = select(func.sum(data_version.c.version))
    with store.snapshot() as conn:
        before = conn.execute(version).scalar_one()
    outside.told()

    with store.snapshot() as conn:
        assert conn.execute(version).scalar_one() == before
