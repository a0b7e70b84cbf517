"""What only the whole file can tell: which equal lines are further calls, which legs are one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data.domain.periods import EPOCH
from data.store.writes.parts import LineChange
from ingest.profile_values import FoldRule
from ingest.staged import ByContent, ByContentAside, Legs, StagedSegment

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


def lines_before(segments: Sequence[StagedSegment]) -> list[int]:
    """Return, for each part in order, the physical lines of the file before it."""
    lines = [segment.lines for segment in segments]
    return [sum(lines[:number]) for number in range(len(lines))]


def times_of(segments: Sequence[StagedSegment]) -> tuple[datetime | None, datetime | None]:
    """Return the starts of the earliest and the latest call of some parts."""
    first = [each.first_ms for each in segments if each.first_ms is not None]
    last = [each.last_ms for each in segments if each.last_ms is not None]
    return _instant(min(first, default=None)), _instant(max(last, default=None))


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else EPOCH + timedelta(milliseconds=ms)


def line_changes(
    segments: Sequence[StagedSegment], rule: FoldRule | None, taken: frozenset[int] = frozenset()
) -> list[LineChange]:
    """Return what the whole file says about its lines.

    Args:
        segments: All parts, in order.
        rule: How legs become one call; none: they do not.
        taken: Keys of calls that this file made before, when only what was appended is read.
    """
    before = lines_before(segments)
    changes: dict[int, LineChange] = {}
    for line, key in _occurrences(segments, before, taken):
        changes[line] = LineChange(line, call_key=key)
    if rule is not None:
        for line in _folded(segments, before, rule):
            changes[line] = LineChange(line, folded=True)
    return list(changes.values())


def _occurrences(
    segments: Sequence[StagedSegment], before: Sequence[int], taken: frozenset[int]
) -> list[tuple[int, int]]:
    """Return the second and further lines of equal content, each with a key of its own."""
    found: list[tuple[ByContent, int]] = [
        (each.loaded() if isinstance(each, ByContentAside) else each, start)
        for segment, start in zip(segments, before, strict=True)
        for each in segment.by_content
    ]
    if not found:
        return []
    keys = np.concatenate([each.call_key for each, _ in found])
    lines = np.concatenate([each.line + start for each, start in found])
    order = np.lexsort((lines, keys))
    keys, lines = keys[order], lines[order]
    again = set((np.flatnonzero(np.diff(keys) == 0) + 1).tolist())
    if taken:
        again |= set(np.flatnonzero(np.isin(keys, np.array(list(taken)))).tolist())
    occurrence: dict[int, int] = {}
    changed = []
    for place in sorted(again):
        key = int(keys[place])
        number = occurrence.get(key, 1) + 1
        while occurrence_key(key, number) in taken:
            number += 1
        occurrence[key] = number
        changed.append((int(lines[place]), occurrence_key(key, number)))
    return changed


def occurrence_key(call_key: int, occurrence: int) -> int:
    """Return the key of the n-th of equal lines: 8 bytes of BLAKE2b over the first one's and n."""
    content = call_key.to_bytes(8, "little", signed=True) + b"\x1f%d" % occurrence
    digest = hashlib.blake2b(content, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _folded(segments: Sequence[StagedSegment], before: Sequence[int], rule: FoldRule) -> list[int]:
    """Return the lines of legs that another leg of the same call stands for."""
    legs = _ordered(segments, before, rule)
    folded: list[int] = legs.lines[np.flatnonzero(np.diff(legs.calls) == 0) + 1].tolist()
    return folded


def summed_talk(segments: Sequence[StagedSegment]) -> list[dict[int, int]]:
    """Return, per part, the talk time of lines that stand for several answered legs: their sum.

    Lines are counted as the part counts them; lines whose own talk time is the sum are left out.
    """
    before = lines_before(segments)
    legs = _ordered(segments, before, FoldRule.SUM)
    given: list[dict[int, int]] = [{} for _ in segments]
    if len(legs.calls) == 0:
        return given
    starts = np.append(0, np.flatnonzero(np.diff(legs.calls) != 0) + 1)
    sums = np.add.reduceat(np.where(legs.answered, legs.talk_ms, 0), starts)
    changed = (sums != legs.talk_ms[starts]) & legs.answered[starts]
    lines = legs.lines[starts][changed]
    parts = np.searchsorted(np.array(before), lines, side="left") - 1
    for part, line, talk_ms in zip(
        parts.tolist(), lines.tolist(), sums[changed].tolist(), strict=True
    ):
        given[part][line - before[part]] = talk_ms
    return given


@dataclass(frozen=True)
class _OrderedLegs:
    """The legs of a whole file: those of one call together, the one that stands for it first."""

    calls: Ints
    lines: Ints
    talk_ms: Ints
    answered: Flags


def _ordered(
    segments: Sequence[StagedSegment], before: Sequence[int], rule: FoldRule
) -> _OrderedLegs:
    found = [
        (each, start)
        for segment, start in zip(segments, before, strict=True)
        for each in segment.legs
    ]
    if not found:
        none = np.empty(0, dtype=np.int64)
        return _OrderedLegs(none, none, none, none.astype(np.bool_))
    legs = [each for each, _ in found]
    keys = np.concatenate([each.fold_key for each in legs])
    lines = np.concatenate([each.line + start for each, start in found])
    order = np.lexsort((lines, *reversed(_ranks(legs, rule)), keys))
    talk_ms = np.concatenate([each.talk_ms for each in legs])
    answered = np.concatenate([each.answered for each in legs])
    apart = answered & np.concatenate([each.apart for each in legs])
    called = np.concatenate([each.called for each in legs])
    calls = _calls(keys[order], called[order], answered[order], apart[order])
    together = np.argsort(calls, kind="stable")
    order = order[together]
    return _OrderedLegs(calls[together], lines[order], talk_ms[order], answered[order])


def _calls(keys: Ints, called: Ints, answered: Flags, apart: Flags) -> Ints:
    """Return which call each leg belongs to, as any number of its own per call.

    Args:
        keys: What legs of one call have in common, in order, the best leg of each first.
        called: The last digits of their called numbers.
        answered: Which were answered.
        apart: Which of those are no legs of an answered call to another number.
    """
    if len(keys) == 0:
        return keys
    first = np.append(True, np.diff(keys) != 0)
    starts, number = np.flatnonzero(first), np.cumsum(first) - 1
    apart = apart & (np.bincount(number) > 1)[number]
    calls = number + len(keys)
    if not apart.any():
        return calls
    order = np.lexsort((apart, called, number))
    order = order[answered[order]]
    heads = np.append(True, np.diff(number[order]) | np.diff(called[order])).astype(np.bool_)
    head = order[np.maximum.accumulate(np.where(heads, np.arange(len(order)), 0))]
    calls[order] = np.where(apart[head], head, calls[order])
    whole = np.zeros(len(starts), dtype=np.bool_)
    whole[number[answered & ~apart]] = True
    rest = ~answered & ~whole[number]
    calls[rest] = calls[starts[number[rest]]]
    return calls


def _ranks(legs: Sequence[Legs], rule: FoldRule) -> list[Ints]:
    """Return what the best leg is least of, the weightiest first."""
    unanswered = np.concatenate([~each.answered for each in legs])
    other = np.concatenate([~each.preferred for each in legs])
    worse = 2 * unanswered.astype(np.int64) + other
    started = np.concatenate([each.started_ms for each in legs])
    if rule is FoldRule.LONGEST:
        return [worse, -np.concatenate([each.talk_ms for each in legs]), started]
    return [worse, np.concatenate([each.answered_ms for each in legs]), started]
