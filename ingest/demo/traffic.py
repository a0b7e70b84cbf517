"""The calls that the fictional reseller's customers make, drawn from a seeded generator."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ingest.demo.company import DESTINATIONS, SUBSCRIBERS, Switch

MINUTE_S = 60
DAY_S = 86_400
THURSDAY = 3  # 1970-01-01, counted from Monday
BY_WEEKDAY = np.array([1.0, 1.06, 1.04, 1.02, 0.94, 0.3, 0.14])
BY_HOUR = np.array(
    [2, 1, 1, 1, 1, 3, 10, 30, 75, 100, 105, 98, 72, 82, 100, 98, 90, 68, 38, 22, 14, 9, 6, 3],
    dtype=np.float64,
)
UNCLAIMED = len(SUBSCRIBERS)
"""Stands for a subscriber that nobody has entered yet: its calls match no customer."""
UNCLAIMED_SHARE = 0.008
ANSWERED, NO_ANSWER, BUSY, FAILED, CONGESTION = range(5)
OUTCOMES = np.array([0.80, 0.115, 0.05, 0.025, 0.01])
TALK_MEDIAN_S = 92
TALK_SPREAD = 1.05
LONGEST_TALK_S = 5_400

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Traffic:
    """Calls in the order in which they started; one place in every array is one call.

    Attributes:
        started_s: When it started, in whole seconds of the epoch, UTC.
        subscriber: Whose it is, as a place in SUBSCRIBERS, or UNCLAIMED.
        extension: Which of the ten numbers of the subscriber's block called.
        destination: Where it went, as a place in DESTINATIONS.
        called: The digits after the destination's own, as a number.
        outcome: ANSWERED and so on.
        ring_s: From start to answer, or to the end of an attempt.
        talk_s: From answer to release; 0 when not answered.
    """

    started_s: Ints
    subscriber: Ints
    extension: Ints
    destination: Ints
    called: Ints
    outcome: Ints
    ring_s: Ints
    talk_s: Ints

    @property
    def ended_s(self) -> Ints:
        """When each call ended, in whole seconds of the epoch, UTC."""
        return self.started_s + self.ring_s + self.talk_s

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Traffic":
        """Return the chosen calls, in the same order."""
        return Traffic(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @property
    def on_berlin(self) -> npt.NDArray[np.bool_]:
        """Which calls the Berlin switch carried; the unclaimed ones are London's."""
        on_berlin: npt.NDArray[np.bool_] = _SWITCH[self.subscriber] == Switch.BERLIN
        return on_berlin


_SWITCH = np.array([*(one.switch for one in SUBSCRIBERS), Switch.LONDON])
_SIZE = 1 / (np.arange(len(SUBSCRIBERS)) * 7 % len(SUBSCRIBERS) + 3.0)
_FIRST = np.array([place.first for place in DESTINATIONS])
_LAST = np.array([place.last for place in DESTINATIONS])
_WEIGHT = np.array([place.weight for place in DESTINATIONS])


def calls_between(
    begin: datetime, end: datetime, *, count: int, rng: np.random.Generator
) -> Traffic:
    """Draw calls that start in a half-open span and are over before it ends."""
    started_s = _starts(int(begin.timestamp()), int(end.timestamp()), count, rng)
    subscriber = _callers(count, rng)
    destination = _destinations(_SWITCH[subscriber], rng)
    outcome = rng.choice(len(OUTCOMES), size=count, p=OUTCOMES)
    ring_s = np.where(outcome == NO_ANSWER, rng.integers(20, 46, count), rng.integers(1, 15, count))
    drawn_s = np.ceil(rng.lognormal(np.log(TALK_MEDIAN_S), TALK_SPREAD, count)).astype(np.int64)
    talk_s = np.where(outcome == ANSWERED, np.minimum(drawn_s, LONGEST_TALK_S), 0)
    room_s = np.maximum(int(end.timestamp()) - 1 - started_s - ring_s, 1)
    traffic = Traffic(
        started_s=started_s,
        subscriber=subscriber,
        extension=rng.integers(0, 10, count),
        destination=destination,
        called=rng.integers(_FIRST[destination], _LAST[destination] + 1),
        outcome=outcome,
        ring_s=ring_s,
        talk_s=np.minimum(talk_s, room_s),
    )
    return traffic.where(traffic.ended_s < int(end.timestamp()))


def _starts(begin_s: int, end_s: int, count: int, rng: np.random.Generator) -> Ints:
    """Draw sorted starts by the shape of a working week, growing by a quarter over the span."""
    minutes = np.arange(begin_s // MINUTE_S, max(end_s // MINUTE_S, begin_s // MINUTE_S + 1))
    at_s = minutes * MINUTE_S
    day, second = at_s // DAY_S, at_s % DAY_S
    growth = np.linspace(1, 1.25, len(minutes))
    mood = rng.lognormal(0, 0.06, int(day[-1] - day[0]) + 1)[day - day[0]]
    weight = BY_WEEKDAY[(day + THURSDAY) % 7] * BY_HOUR[second // 3600] * growth * mood
    chosen = rng.choice(len(minutes), size=count, p=weight / weight.sum())
    started_s: Ints = np.sort(at_s[chosen] + rng.integers(0, MINUTE_S, count))
    return started_s


def _callers(count: int, rng: np.random.Generator) -> Ints:
    share = np.append(_SIZE / _SIZE.sum() * (1 - UNCLAIMED_SHARE), UNCLAIMED_SHARE)
    callers: Ints = rng.choice(UNCLAIMED + 1, size=count, p=share).astype(np.int64)
    return callers


def _destinations(switch: Ints, rng: np.random.Generator) -> Ints:
    cumulative = np.cumsum(_WEIGHT / _WEIGHT.sum(axis=0), axis=0)
    drawn = rng.random(len(switch))
    places = [np.searchsorted(cumulative[:, one], drawn) for one in Switch]
    chosen: Ints = np.minimum(np.choose(switch, places), len(DESTINATIONS) - 1).astype(np.int64)
    return chosen
