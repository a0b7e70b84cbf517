"""Mail is handed in whole, encrypted where asked, and a failure is told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.documents.mail import Attachment, Letter, MailServer, mail_server, mailed, message
from data.domain.errors import NotSent
from data.settings import Settings
from tests.mail_servers import (
    PASSWORD,
    USER,
    Postbox,
    certificate,
    free_port,
    listening,
    password_checked,
)

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
LETTER = Letter(
    to=("anna@example.com", "ben@example.com"),
    subject="Zażółć: 2 things\r\nBcc: eve@example.com",
    text="Zwei Dinge: ½ €",
    html="<p>Zwei Dinge: ½ €</p>",
    attachments=(Attachment("figures.xlsx", b"PK\x00\xff", "application/zip"),),
)
MAIL = message(LETTER, "tollboard@example.com", NOW, "summary of a day")
PLAIN = MailServer("127.0.0.1", 0, "tollboard@example.com", starttls=False)


@pytest.fixture
def secured(tmp_path, monkeypatch):
    """A server that says nothing before it is encrypted, and wants a login."""
    context, path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    how = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": password_checked,
    }
    with listening(Postbox(), **how) as postbox:
        yield postbox


def test_a_letter_arrives_with_both_its_forms_and_its_file():
    with listening(Postbox()) as postbox:
        mailed(replace(PLAIN, port=postbox.port), MAIL)

    (mail,), (envelope,) = postbox.mails, postbox.envelopes
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    (file,) = mail.iter_attachments()
    assert text is not None
    assert html is not None
    assert envelope.rcpt_tos == ["anna@example.com", "ben@example.com"]
    assert text.get_content().strip() == "Zwei Dinge: ½ €"
    assert html.get_content().strip() == "<p>Zwei Dinge: ½ €</p>"
    assert (file.get_filename(), file.get_payload(decode=True)) == ("figures.xlsx", b"PK\x00\xff")


def test_a_line_break_in_a_subject_makes_no_header():
    assert MAIL["Subject"] == "Zażółć: 2 things Bcc: eve@example.com"
    assert MAIL["Bcc"] is None


def test_the_same_letter_again_is_known_by_its_id():
    again = message(LETTER, "tollboard@example.com", NOW, "summary of a day")
    other = message(LETTER, "tollboard@example.com", NOW, "summary of the next day")

    assert MAIL["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert MAIL["Message-ID"].endswith("@example.com>")


def test_login_and_letter_go_encrypted(secured):
    server = replace(PLAIN, port=secured.port, user=USER, password=PASSWORD, starttls=True)

    mailed(server, MAIL)

    assert len(secured.mails) == 1


def test_a_wrong_password_sends_nothing_and_is_told_without_it(secured):
    server = replace(PLAIN, port=secured.port, user=USER, password="guessed", starttls=True)

    with pytest.raises(NotSent) as told:
        mailed(server, MAIL)

    assert secured.envelopes == []
    assert "guessed" not in str(told.value)
    assert "guessed" not in repr(server)


def test_a_certificate_that_nobody_vouches_for_is_refused(secured, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(NotSent, match="certificate"):
        mailed(replace(PLAIN, port=secured.port, starttls=True), MAIL)

    assert secured.envelopes == []


def test_a_server_that_cannot_encrypt_gets_nothing_where_encryption_is_asked_for():
    with listening(Postbox()) as postbox, pytest.raises(NotSent, match="STARTTLS"):
        mailed(replace(PLAIN, port=postbox.port, starttls=True), MAIL)

    assert postbox.envelopes == []


def test_a_server_that_is_not_there_is_told_with_its_address():
    port = free_port()

    with pytest.raises(NotSent, match=f"127.0.0.1:{port} did not take the mail"):
        mailed(replace(PLAIN, port=port), MAIL)


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ({"ben@example.com"}, "but not for ben@example.com"),
        ({"anna@example.com", "ben@example.com"}, "did not take the mail"),
    ],
)
def test_a_receiver_who_is_turned_away_is_told(refused, told):
    with listening(Postbox(frozenset(refused))) as postbox, pytest.raises(NotSent, match=told):
        mailed(replace(PLAIN, port=postbox.port), MAIL)


def test_without_a_mail_server_it_says_which_setting_is_missing(settings):
    with pytest.raises(NotSent, match="TOLLBOARD_SMTP_HOST"):
        mail_server(settings)


def test_the_server_is_the_one_of_the_settings():
    settings = Settings(
        smtp_host="mail.example.com",
        smtp_user=USER,
        smtp_password=PASSWORD,
        smtp_from="tollboard@example.com",
        _env_file=None,
    )

    assert mail_server(settings) == MailServer(
        "mail.example.com", 587, "tollboard@example.com", USER, PASSWORD, starttls=True
    )
