"""Counters of switches: stretches of numbers that files hold, and the numbers that are missing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

DISORDER = 64
"""A counter that falls by more has begun again; by less, lines may be out of order: our choice."""
SLACK = timedelta(minutes=15)
"""By so much the times of calls may be out of order where a counter has begun again."""


@dataclass(frozen=True)
class Run:
    """A stretch of a counter without a gap.

    Attributes:
        stream: The node that counts, where a source has several.
        first: Its first number.
        last: Its last.
        from_at: When the first was given, about; aware.
        to_at: When the last was.
    """

    stream: str
    first: int
    last: int
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class Gap:
    """Numbers that a counter gave and that no file brought.

    Attributes:
        stream: The node that counts.
        first: The first missing number.
        last: The last.
        until_at: When the number after them was given, about.
    """

    stream: str
    first: int
    last: int
    until_at: datetime

    @property
    def numbers(self) -> int:
        """How many are missing."""
        return self.last - self.first + 1

    def told(self) -> str:
        """Return it for a person: `17`, or `17 to 19 of node2`."""
        span = str(self.first) if self.first == self.last else f"{self.first} to {self.last}"
        return f"{span} of {self.stream}" if self.stream else span


def compacted(runs: Iterable[Run]) -> list[Run]:
    """Return runs of one file with those joined that go on where another ended, in order."""
    found: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        of_stream = found[run.stream]
        if of_stream and of_stream[-1].last + 1 == run.first:
            of_stream[-1] = _spanned(of_stream[-1], run)
        else:
            of_stream.append(run)
    return [run for of_stream in found.values() for run in of_stream]


def gaps(runs: Iterable[Run]) -> list[Gap]:
    """Return the numbers missing between runs, by stream and time; the order of runs is nothing.

    A counter that begins again is one that, later than all it gave before, gives a number that is
    not above them: what lies between is not missing. A number that comes late closes its gap.
    """
    streams: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        streams[run.stream].append(run)
    return [
        gap
        for stream in sorted(streams)
        for epoch in _epochs(streams[stream])
        for gap in _between(epoch)
    ]


def _epochs(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield the runs of one stream from one beginning of the counter to the next."""
    epoch: list[Run] = []
    held: Run | None = None  # from the lowest to the highest number of the epoch
    for run in _in_time(runs):
        if held is not None and _begins_again(run, held):
            yield epoch
            epoch, held = [], None
        epoch.append(run)
        held = run if held is None else _spanned(held, run)
    if epoch:
        yield epoch


def _spanned(one: Run, other: Run) -> Run:
    return Run(
        one.stream,
        min(one.first, other.first),
        max(one.last, other.last),
        min(one.from_at, other.from_at),
        max(one.to_at, other.to_at),
    )


def _in_time(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield runs in time; of those of one moment, first those that go on where it was."""
    high = -1
    ordered = sorted(runs, key=lambda run: (run.to_at, run.from_at, run.first, run.last))
    for _, group in groupby(ordered, key=lambda run: (run.to_at, run.from_at)):
        same = sorted(group, key=lambda run: run.first <= high)
        yield from same
        high = same[-1].last


def _begins_again(run: Run, held: Run) -> bool:
    slack = SLACK if run.last + DISORDER < held.last else timedelta(0)
    later = run.from_at >= held.to_at - slack
    return later and run.first <= held.last and run.last + 1 != held.first


def _between(epoch: Sequence[Run]) -> Iterator[Gap]:
    high = None
    for run in sorted(epoch, key=lambda run: (run.first, run.last)):
        if high is not None and run.first > high + 1:
            yield Gap(run.stream, high + 1, run.first - 1, run.from_at)
        high = run.last if high is None else max(high, run.last)
