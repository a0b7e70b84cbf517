"""Sums over arrays are those of a plain loop, whatever the keys."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.domain.records import Disposition
from data.store.writes.usage import CUSTOMER_SUMS, DESTINATION_SUMS
from ingest.usage import Stamped, Sums, customer_sums, destination_sums

few, wide = st.integers(-1, 2), st.integers(-(2**40), 2**40)
amounts = (st.integers(0, 10**12), st.booleans())
beside_each_other = st.lists(st.tuples(few, few, *amounts))
rows = st.one_of(beside_each_other, st.lists(st.tuples(few, wide, *amounts), max_size=8))


def plainly(found):
    sums: dict[tuple[int, int], list[int]] = {}
    for first, second, amount, flag in found:
        group = sums.setdefault((first, second), [0, 0])
        group[0] += amount
        group[1] += flag
    return sorted((*key, *values) for key, values in sums.items())


def added(found):
    columns = list(zip(*found, strict=True)) or [(), (), (), ()]
    keys = [np.array(column, dtype=np.int64) for column in columns[:2]]
    amounts, flags = np.array(columns[2], dtype=np.int64), np.array(columns[3], dtype=np.bool_)
    return Sums.over(keys, [amounts, flags])


def listed(sums):
    return [tuple(row) for row in np.concatenate([sums.keys, sums.sums]).T.tolist()]


@given(rows)
def test_arrays_add_up_as_a_loop_does(found):
    assert listed(added(found)) == plainly(found)


@given(rows, rows)
def test_sums_of_parts_add_up_to_the_sums_of_the_whole(first, second):
    joined = Sums.joined([added(first), added(second)])

    assert listed(joined) == plainly(first + second)


def test_keys_too_wide_for_one_number_are_sorted_one_by_one():
    far = [(-(2**62), 1, 1, True), (2**62, -(2**62), 2, False), (2**62, -(2**62), 3, True)]

    assert listed(added(far)) == plainly(far)


def test_only_answered_calls_have_talk_time():
    """Switches give the time that a call rang, or a voice mail's, as a length of its own."""
    none: Any = np.zeros(2, dtype=np.int64)
    calls = replace(
        Stamped(**{each.name: none for each in fields(Stamped)}),
        disposition=np.array([Disposition.ANSWERED, Disposition.BUSY]),
        talk_ms=np.array([60_000, 9_000]),
        cost_known=np.zeros(2, dtype=np.bool_),
    )

    for names, sums in (
        (CUSTOMER_SUMS, customer_sums(calls)),
        (DESTINATION_SUMS, destination_sums(calls)),
    ):
        (told,) = sums.sums.T.tolist()
        found = dict(zip(names, told, strict=True))
        assert (found["calls"], found["answered"], found["talk_ms"]) == (2, 1, 60_000)
