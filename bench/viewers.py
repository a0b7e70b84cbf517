"""Viewers of the page without a browser: what each asks of the server, tick after tick."""

import gzip
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.stores import EMAIL, PASSWORD
from layouts import ids

CALLBACKS = "/_dash-update-component"
PATIENCE_S = 30
OURS = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip"}
TICK, VIEW = f"..{ids.READ}.data", f"..{ids.VIEW_WORDS}.data"
"""The two callbacks of a refresh, by their first output."""


@dataclass(frozen=True)
class Answer:
    """One answer: how long it took, its status (0: none came), its bytes as sent, its body."""

    seconds: float
    status: int
    sent_bytes: int
    body: bytes


class Viewer:
    """Somebody who has the page open: a connection that stays, a session, what the page holds."""

    def __init__(
        self, url: str, cookie: str = "", callbacks: dict[str, dict[str, Any]] | None = None
    ) -> None:
        """Log in, unless a session's cookie is given; ask for the callbacks, unless they are."""
        self._host = urlsplit(url).netloc
        self._link = HTTPConnection(self._host, timeout=PATIENCE_S)
        self.cookie = cookie or self._logged_in()
        self.state: dict[str, Any] = {"tick": 0, "read": None, "shown": "", "location": ""}
        self.callbacks = {} if callbacks is None else callbacks

    def _logged_in(self) -> str:
        form = urlencode({"email": EMAIL, "password": PASSWORD})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self._link.request("POST", "/login", form, OURS | kind)
        response = self._link.getresponse()
        response.read()
        given = response.headers.get_all("Set-Cookie") or []
        if response.status != 303:  # noqa: PLR2004 (See Other: on to the page)
            raise RuntimeError(f"nobody could log in: {response.status}")
        return "; ".join(cookie.split(";")[0] for cookie in given)

    def close(self) -> None:
        """Close the page."""
        self._link.close()

    def get(self, path: str) -> Answer:
        """Ask for an address."""
        return self._asked("GET", path)

    def refreshed(self) -> list[Answer]:
        """Do what the page does at a tick: ask whether something moved, and if so for the rest."""
        self.state["tick"] += 1
        first = self.called(TICK)
        if first.status != 200:  # noqa: PLR2004
            return [first]
        told = json.loads(first.body)["response"]
        self.state["read"] = told["read"]["data"]
        if "moved" not in told:
            return [first]
        self.state["moved"] = told["moved"]["data"]
        second = self.called(VIEW)
        if second.status == 200:  # noqa: PLR2004
            shown = json.loads(second.body)["response"]
            self.state["shown"] = shown.get("shown", {}).get("data", self.state["shown"])
        return [first, second]

    def called(self, output: str) -> Answer:
        """Post a callback with what the page holds."""
        wanted = self._wanted(output)
        body = json.dumps(
            wanted
            | {part: [self._filled(each) for each in wanted[part]] for part in ("inputs", "state")}
        )
        return self._asked("POST", CALLBACKS, body, {"Content-Type": "application/json"})

    def _filled(self, place: dict[str, str]) -> dict[str, object]:
        return {**place, "value": self.state.get(place["id"])}

    def _wanted(self, output: str) -> dict[str, Any]:
        if output not in self.callbacks:
            every = json.loads(self.get("/_dash-dependencies").body)
            found = next(
                each
                for each in every
                if each["output"].startswith(output) and not each["clientside_function"]
            )
            parts = [part.rsplit(".", 1) for part in found["output"].strip(".").split("...")]
            first = found["inputs"][0]
            self.callbacks[output] = {
                "output": found["output"],
                "outputs": [{"id": part, "property": of.split("@")[0]} for part, of in parts],
                "inputs": found["inputs"],
                "state": found["state"],
                "changedPropIds": [f"{first['id']}.{first['property']}"],
            }
        return self.callbacks[output]

    def _asked(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> Answer:
        headers = OURS | {"Cookie": self.cookie} | (more or {})
        began = time.perf_counter()
        while True:
            is_old = self._link.sock is not None
            try:
                self._link.request(method, path, body, headers)
                response = self._link.getresponse()
                sent = response.read()
            except (HTTPException, OSError):
                self._link.close()
                if not is_old:
                    return Answer(time.perf_counter() - began, 0, 0, b"")
                continue  # the server had closed it meanwhile: browsers, too, open another
            seconds = time.perf_counter() - began
            encoding = response.headers.get("Content-Encoding")
            return self.answer(seconds, response.status, sent, encoding)

    @staticmethod
    def answer(seconds: float, status: int, sent: bytes, encoding: str | None) -> Answer:
        """Return an answer as it came, with its body unpacked."""
        body = gzip.decompress(sent) if encoding == "gzip" else sent
        return Answer(seconds, status, len(sent), body)


@dataclass
class Crowd:
    """Many viewers at once, and every answer that they got."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """How long each answer took."""
        return [answer.seconds for answer in self.answers]

    @property
    def failed(self) -> int:
        """How many answers were no 200."""
        return sum(answer.status != 200 for answer in self.answers)  # noqa: PLR2004


@contextmanager
def watching(url: str, viewers: int, every_s: float, seed: int = 1) -> Iterator[Crowd]:
    """Let many viewers have the page open while the body runs, each ticking at its own moments."""
    crowd, done = Crowd(), threading.Event()
    first = Viewer(url)
    first.refreshed()
    moments = random.Random(seed)  # noqa: S311 (moments, not secrets)

    def looks(starts_s: float) -> None:
        rests_s = starts_s
        with closing(Viewer(url, first.cookie, first.callbacks)) as viewer:
            while not done.wait(rests_s):
                began = time.perf_counter()
                crowd.answers.extend(viewer.refreshed())
                rests_s = max(0.0, every_s - (time.perf_counter() - began))

    threads = [
        threading.Thread(target=looks, args=(moments.uniform(0, every_s),), daemon=True)
        for _ in range(viewers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        done.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        first.close()
