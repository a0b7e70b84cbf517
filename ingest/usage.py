"""Sums over calls by day, customer and direction, and by destination: exact, and additive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data.domain.records import Disposition, MatchState, RateState
from data.domain.usage import CustomerUsage, DestinationUsage

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
MOST_PACKED = 1 << 62
EPOCH_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class Sums:
    """Sums by group: `keys` has a row per key and `sums` one per sum, both a column per group."""

    keys: Ints
    sums: Ints

    @classmethod
    def over(cls, keys: Sequence[Ints], values: Sequence[Ints | Flags]) -> "Sums":
        """Add up values by their keys; groups come out in the order of the keys.

        Yes-or-no values are counted, which is quicker than adding them up.
        """
        if len(keys[0]) == 0:
            return cls(np.stack(keys), np.stack(values).astype(np.int64))
        order = _order(keys)
        ordered = [key[order] for key in keys]
        changed = np.zeros(len(order) - 1, dtype=np.bool_)
        for key in ordered:
            changed |= np.diff(key) != 0
        starts = np.append(0, np.flatnonzero(changed) + 1)
        group = np.empty(len(order), dtype=np.int64)
        group[order] = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
        sums = [
            np.bincount(group[value], minlength=len(starts))
            if value.dtype == np.bool_
            else np.add.reduceat(value[order], starts)
            for value in values
        ]
        return cls(np.stack([key[starts] for key in ordered]), np.stack(sums))

    @classmethod
    def joined(cls, parts: Sequence["Sums"]) -> "Sums":
        """Add up sums of parts; at least one."""
        keys = np.concatenate([part.keys for part in parts], axis=1)
        sums = np.concatenate([part.sums for part in parts], axis=1)
        return cls.over(list(keys), list(sums))


def _order(keys: Sequence[Ints]) -> Ints:
    """Return the order of keys, by one sort where they fit into one number."""
    packed, width = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in reversed(keys):
        low, high = int(key.min()), int(key.max())
        if width * (high - low + 1) > MOST_PACKED:
            return np.lexsort(list(reversed(keys)))
        packed += (key - low) * width
        width *= high - low + 1
    return np.argsort(packed, kind="stable")


@dataclass(frozen=True)
class Stamped:
    """Calls with what matching and rating said of them, one entry per call.

    Attributes:
        day: Days since 1970, in the tenant's zone.
        direction: Values of `Direction`.
        disposition: Values of `Disposition`.
        talk_ms: Talk time.
        match_state: Values of `MatchState`.
        customer_id: 0 for nobody's.
        rate_state: Values of `RateState`.
        rate_table_id: Table of the rate that matched; 0 for none.
        destination: Index of the destination; 0 for none.
        billed_s: Seconds billed.
        charge_micros: 0 where unknown.
        cost_micros: 0 where unknown.
        cost_known: There is a cost.
    """

    day: Ints
    direction: Ints
    disposition: Ints
    talk_ms: Ints
    match_state: Ints
    customer_id: Ints
    rate_state: Ints
    rate_table_id: Ints
    destination: Ints
    billed_s: Ints
    charge_micros: Ints
    cost_micros: Ints
    cost_known: Flags


def customer_sums(calls: Stamped) -> Sums:
    """Return the sums of `CUSTOMER_SUMS` by day, customer, direction and rate table."""
    answered = calls.disposition == Disposition.ANSWERED
    rated = calls.rate_state == RateState.RATED
    counts = [
        np.ones(len(calls.day), dtype=np.bool_),
        calls.match_state == MatchState.CONTESTED,
        answered,
        np.isin(calls.disposition, [Disposition.NO_ANSWER, Disposition.CANCELLED]),
        calls.disposition == Disposition.BUSY,
        np.isin(calls.disposition, [Disposition.FAILED, Disposition.CONGESTION]),
        rated,
        np.isin(calls.rate_state, [RateState.UNRATED, RateState.BLOCKED]),
        rated & ~calls.cost_known,
    ]
    amounts = [
        np.where(answered, calls.talk_ms, 0),
        calls.billed_s,
        calls.charge_micros,
        np.where(rated, calls.cost_micros, 0),
        np.zeros(len(calls.day), dtype=np.int64),  # plan minutes are the bill run's
    ]
    keys = [calls.day, calls.customer_id, calls.direction, calls.rate_table_id]
    return Sums.over(keys, [*counts, *amounts])


def destination_sums(calls: Stamped) -> Sums:
    """Return the sums of `DESTINATION_SUMS` by day, destination and direction."""
    answered = calls.disposition == Disposition.ANSWERED
    return Sums.over(
        [calls.day, calls.destination, calls.direction],
        [
            np.ones(len(calls.day), dtype=np.bool_),
            answered,
            np.where(answered, calls.talk_ms, 0),
            calls.billed_s,
            calls.charge_micros,
            calls.cost_micros,
        ],
    )


def customer_usage(sums: Sums) -> list[CustomerUsage]:
    """Return sums by customer as the store takes them."""
    return [
        CustomerUsage(
            EPOCH_DAY + timedelta(days=day),
            customer_id,
            direction,
            tuple(values),
            rate_table_id=rate_table_id,
        )
        for (day, customer_id, direction, rate_table_id), values in zip(
            sums.keys.T.tolist(), sums.sums.T.tolist(), strict=True
        )
    ]


def destination_usage(sums: Sums, destinations: Sequence[str]) -> list[DestinationUsage]:
    """Return sums by destination as the store takes them."""
    return [
        DestinationUsage(
            EPOCH_DAY + timedelta(days=day), destinations[place], direction, tuple(values)
        )
        for (day, place, direction), values in zip(
            sums.keys.T.tolist(), sums.sums.T.tolist(), strict=True
        )
    ]
