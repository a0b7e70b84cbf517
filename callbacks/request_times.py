"""How long the answers take, counted over all web processes."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram, Metric, values
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
Ticks = Callable[[], float]


class RequestTimes:
    """A histogram of answer times by route, shared by the web processes through a folder.

    Each process writes a file of its own. The file is named by a slot that is free again when the
    process ends, so that replaced workers go on in the files of those before them and the folder
    does not grow.
    """

    def __init__(self, folder: Path, ticks: Ticks) -> None:
        """Take the folder, made when it is not there, and the clock that only counts on."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._ticks = folder, ticks
        # The library takes its folder from the environment, and one kind of value for everything.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        values.ValueClass = values.MultiProcessValue(_Slot(folder))  # type: ignore[no-untyped-call]
        self._seconds = Histogram(
            "tollboard_request_seconds",
            "Time to answer a request, by route and status class.",
            ["route", "status"],
            buckets=BUCKETS_S,
            registry=None,
        )
        self._snapshots = Histogram(
            "tollboard_snapshot_seconds",
            "Time to read what the page shows: once per change, view and web process.",
            buckets=BUCKETS_S,
            registry=None,
        )

    @contextmanager
    def snapshot_read(self) -> Iterator[None]:
        """Time one read of everything that the page shows."""
        began = self._ticks()
        yield
        self._snapshots.observe(self._ticks() - began)

    def register(self, server: Flask) -> None:
        """Time every request of a server from its first hook to its answer."""

        @server.before_request
        def started() -> None:
            g.started_ticks = self._ticks()

        @server.after_request
        def answered(response: Response) -> Response:
            if "started_ticks" in g:
                self.took(self._ticks() - g.started_ticks, response.status_code)
            return response

    def took(self, seconds: float, status_code: int) -> None:
        """Count one answer; routes are those of the server, so that callers cannot add any."""
        route = request.url_rule.rule if request.url_rule else "none"
        self._seconds.labels(route, f"{status_code // 100}xx").observe(seconds)

    def collected(self) -> Iterable[Metric]:
        """Return the histograms summed over all processes."""
        collector = MultiProcessCollector(CollectorRegistry(), path=str(self._folder))  # type: ignore[no-untyped-call]
        metrics: Iterable[Metric] = collector.collect()  # type: ignore[no-untyped-call]
        return metrics


class _Slot:
    """The lowest number that no other living process has; the kernel frees it at any end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = self._number = 0

    def __call__(self) -> str:
        if self._pid != os.getpid():  # a fork shares the lock, so the child takes its own
            self._pid, self._number = os.getpid(), self._taken()
        return f"slot{self._number}"

    def _taken(self) -> int:
        for number in count():
            # Never closed: the lock is held for as long as the process lives.
            lock = os.open(self._folder / f"slot{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
            else:
                return number
        raise AssertionError("numbers do not end")
