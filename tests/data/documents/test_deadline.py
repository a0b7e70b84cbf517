"""A server that drips its words holds nobody for longer than a conversation may last."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from threading import Event, Thread
from time import monotonic

import pytest

from data.documents import deadline
from data.documents.mail import MailServer, mailed
from data.documents.webhook import Webhook, posted
from data.domain.errors import NotSent

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@contextmanager
def dripping(piece: bytes) -> Iterator[int]:
    """Say a piece several times a second to whoever connects, and never come to an end."""
    done = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                while not done.wait(0.05):
                    connection.sendall(piece)

        speaking = Thread(target=drip)
        speaking.start()
        yield listening.getsockname()[1]
        done.set()
        speaking.join()


def mail(port: int) -> None:
    mailed(MailServer("127.0.0.1", port, "bills@example.com", starttls=False), EmailMessage())


def post(port: int) -> None:
    posted(Webhook(f"http://127.0.0.1:{port}/", "0123456789abcdefghijklmn"), "x", NOW, {})


@pytest.mark.parametrize(
    ("talk", "piece"), [(mail, b"220-wait\r\n"), (post, b"H")], ids=["mail", "webhook"]
)
def test_a_server_that_drips_is_given_up(monkeypatch, talk, piece):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(deadline, "DEADLINE_S", 0.5)
    began = monotonic()

    with dripping(piece) as port, pytest.raises(NotSent, match=r"not done after 0\.5 s"):
        talk(port)

    assert monotonic() - began < 20
