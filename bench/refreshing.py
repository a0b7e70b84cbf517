"""What a refresh costs the server: processor time and bytes, in this process, without a network."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Self

from flask import Flask

from app import Outside, create_app
from bench.stores import EMAIL, PASSWORD, settings_of
from bench.viewers import OURS, Answer, Viewer
from data.opening import opened
from data.store.connect import Store
from data.store.writes.versions import version_raised


def _now() -> datetime:
    return datetime.now(UTC)


class Inside(Viewer):
    """A viewer of an app in this process; its answers' seconds are processor time."""

    def __init__(self, server: Flask, store: Store, email: str = EMAIL) -> None:
        """Log in."""
        self.server, self.store, self.email = server, store, email
        self._client = server.test_client()
        super().__init__("http://localhost", "kept by the client")
        form = {"email": email, "password": PASSWORD}
        self._client.post("/login", data=form, headers=OURS)

    @classmethod
    def of(cls, var: Path, clock: Callable[[], datetime] = _now) -> Self:
        """Make the app over a folder's store, as one worker has it, and log in.

        Args:
            var: The folder.
            clock: The app's present; at each full hour it reads the store anew.
        """
        store = opened(settings_of(var))
        outside = Outside(clock, lambda: secrets.token_urlsafe(32))
        return cls(create_app(settings_of(var), store, outside).server, store)

    def _asked(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> Answer:
        headers = OURS | (more or {})
        began = time.process_time()
        response = self._client.open(path, method=method, data=body, headers=headers)
        sent = response.get_data()
        seconds = time.process_time() - began
        return self.answer(seconds, response.status_code, sent, response.content_encoding)

    def something_changes(self) -> None:
        """Raise the data version, as every change that the page shows does."""
        with self.store.writing() as conn:
            version_raised(conn, _now())


Refresh = tuple[float, int]
"""Milliseconds of processor time and bytes sent, of all calls of a refresh."""


def refresh_of(answers: list[Answer]) -> Refresh:
    """Add up the calls of one refresh.

    Raises:
        RuntimeError: One was refused.
    """
    if any(answer.status != 200 for answer in answers):  # noqa: PLR2004
        raise RuntimeError(f"a refresh was refused: {[answer.status for answer in answers]}")
    return 1000 * sum(each.seconds for each in answers), sum(each.sent_bytes for each in answers)


def refreshes(viewers: list[Inside], rounds: int, *, changed: bool) -> list[Refresh]:
    """Return the median refresh of each viewer; they take turns, so that noise meets all alike."""

    def once(viewer: Inside) -> Refresh:
        if changed:
            viewer.something_changes()
        return refresh_of(viewer.refreshed())

    for viewer in viewers:
        once(viewer)
    return _medians([[once(viewer) for viewer in viewers] for _ in range(rounds)])


def _medians(turns: list[list[Refresh]]) -> list[Refresh]:
    per_viewer = zip(*turns, strict=True)
    return [
        (median(ms for ms, _ in found), max(sent for _, sent in found))
        for found in (list(each) for each in per_viewer)
    ]
