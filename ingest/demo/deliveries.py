"""The files that the two switches leave in the inbox, in the order in which they arrive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from ingest.demo.switches import asterisk_lines, freeswitch_lines
from ingest.demo.traffic import Traffic

LONDON_FOLDER, BERLIN_FOLDER = "london", "berlin"
HOURS_TODAY = 2
"""Today's calls come in files of so many hours, earlier ones in files of a day."""


@dataclass(frozen=True)
class Delivery:
    """A file that arrives.

    Attributes:
        at: When it arrives.
        name: Its path below the inbox.
        content: Its bytes.
    """

    at: datetime
    name: str
    content: bytes

    @property
    def day(self) -> date:
        """The day, UTC, that it tells of: it arrives after that day's or hour's end."""
        return (self.at - timedelta(hours=1)).date()


@dataclass(frozen=True)
class _Span:
    """A half-open span of ends of calls that goes into one file."""

    begin: datetime
    end: datetime
    label: str


def switch_files(
    traffic: Traffic, *, begin: date, now: datetime, rng: np.random.Generator
) -> Iterator[Delivery]:
    """Write every call into the file of its switch and of the day or hours in which it ended."""
    sequence = 1
    berlin, ended_s = traffic.on_berlin, traffic.ended_s
    for span in _spans(begin, now):
        inside = (ended_s >= span.begin.timestamp()) & (ended_s < span.end.timestamp())
        at = min(span.end + timedelta(minutes=5), now)
        lines = asterisk_lines(traffic.where(inside & ~berlin), first_sequence=sequence)
        sequence += len(lines)
        if lines:
            yield Delivery(at, f"{LONDON_FOLDER}/lon-{span.label}.csv", content_of(lines))
        lines = freeswitch_lines(traffic.where(inside & berlin), rng)
        if lines:
            yield Delivery(at, f"{BERLIN_FOLDER}/ber-{span.label}.csv", content_of(lines))


def _spans(begin: date, now: datetime) -> Iterator[_Span]:
    today = datetime.combine(now.date(), time(), UTC)
    at = datetime.combine(begin, time(), UTC)
    while at < today:
        yield _Span(at, at + timedelta(days=1), f"{at:%Y%m%d}")
        at += timedelta(days=1)
    while at < now:
        end = at + timedelta(hours=HOURS_TODAY)
        yield _Span(at, end, f"{at:%Y%m%d-%H}")
        at = end


def content_of(lines: list[str]) -> bytes:
    """Return the bytes of a file with these lines."""
    return ("\n".join(lines) + "\n").encode()
