"""What is posted is signed, goes to one address only, and a refusal is told."""

from datetime import UTC, datetime

import pytest

from data.documents.webhook import Webhook, posted, signature
from data.domain.errors import NotSent
from tests.mail_servers import free_port
from tests.web_receivers import Receiver, receiving

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
SECRET = "0123456789abcdefghijklmn"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_the_signature_is_the_one_of_the_standards_own_example():
    """Source: github.com/standard-webhooks/standard-webhooks, the libraries' test vector."""
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_body_arrives_as_json_with_id_time_and_signature():
    with receiving(Receiver()) as receiver:
        posted(Webhook(receiver.url, SECRET), "id-1", NOW, {"text": "Zażółć"})

    (heads,), (body,) = receiver.heads, receiver.bodies
    assert receiver.told == [{"text": "Zażółć"}]
    assert heads["Content-Type"].startswith("application/json")
    assert (heads["webhook-id"], heads["webhook-timestamp"]) == ("id-1", "1781524800")
    assert heads["webhook-signature"] == signature(SECRET, "id-1", "1781524800", body)


@pytest.mark.parametrize("answer", [400, 404, 500])
def test_an_answer_that_is_no_success_is_told(answer):
    with receiving(Receiver(answer)) as receiver, pytest.raises(NotSent, match=str(answer)):
        posted(Webhook(receiver.url, SECRET), "id-1", NOW, {})


@pytest.mark.parametrize("answer", [301, 302, 307, 308])
def test_nothing_is_followed_to_another_address(answer):
    with receiving(Receiver()) as elsewhere:
        receiver = Receiver(answer, location=elsewhere.url)
        with receiving(receiver), pytest.raises(NotSent, match=str(answer)):
            posted(Webhook(receiver.url, SECRET), "id-1", NOW, {})

    assert elsewhere.bodies == []


def test_nobody_there_is_told():
    with pytest.raises(NotSent, match="could not be reached"):
        posted(Webhook(f"http://127.0.0.1:{free_port()}/", SECRET), "id-1", NOW, {})


def test_the_secret_is_in_no_text_of_the_webhook():
    assert SECRET not in repr(Webhook("https://x.example/", SECRET))
