"""What only the whole file can tell: which equal lines are further calls, which legs are one."""

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data.store.writes.parts import LineChange
from ingest.profile import FoldRule
from ingest.staged import ByContent, Legs, StagedSegment

Ints: TypeAlias = npt.NDArray[np.int64]


def lines_before(segments: Sequence[StagedSegment]) -> list[int]:
    """Return, for each part in order, the physical lines of the file before it."""
    lines = [segment.lines for segment in segments]
    return [sum(lines[:number]) for number in range(len(lines))]


def line_changes(segments: Sequence[StagedSegment], rule: FoldRule | None) -> list[LineChange]:
    """Return what the whole file says about its lines; `segments` are all parts, in order."""
    before = lines_before(segments)
    changes: dict[int, LineChange] = {}
    for line, key in _occurrences(segments, before):
        changes[line] = LineChange(line, call_key=key)
    if rule is not None:
        for line in _folded(segments, before, rule):
            changes[line] = LineChange(line, folded=True)
    return list(changes.values())


def _occurrences(segments: Sequence[StagedSegment], before: Sequence[int]) -> list[tuple[int, int]]:
    """Return the second and further lines of equal content, each with a key of its own."""
    found: list[tuple[ByContent, int]] = [
        (each, start)
        for segment, start in zip(segments, before, strict=True)
        for each in segment.by_content
    ]
    if not found:
        return []
    keys = np.concatenate([each.call_key for each, _ in found])
    lines = np.concatenate([each.line + start for each, start in found])
    order = np.lexsort((lines, keys))
    keys, lines = keys[order], lines[order]
    again = np.flatnonzero(np.diff(keys) == 0) + 1
    occurrence: dict[int, int] = {}
    changed = []
    for place in again.tolist():
        key = int(keys[place])
        occurrence[key] = occurrence.get(key, 1) + 1
        changed.append((int(lines[place]), occurrence_key(key, occurrence[key])))
    return changed


def occurrence_key(call_key: int, occurrence: int) -> int:
    """Return the key of the n-th of equal lines: 8 bytes of BLAKE2b over the first one's and n."""
    content = call_key.to_bytes(8, "little", signed=True) + b"\x1f%d" % occurrence
    digest = hashlib.blake2b(content, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _folded(segments: Sequence[StagedSegment], before: Sequence[int], rule: FoldRule) -> list[int]:
    """Return the lines of legs that another leg of the same call stands for."""
    found = [
        (each, start)
        for segment, start in zip(segments, before, strict=True)
        for each in segment.legs
    ]
    if not found:
        return []
    keys = np.concatenate([each.fold_key for each, _ in found])
    lines = np.concatenate([each.line + start for each, start in found])
    order = np.lexsort((lines, *reversed(_ranks([each for each, _ in found], rule)), keys))
    follows = np.flatnonzero(np.diff(keys[order]) == 0) + 1
    folded: list[int] = lines[order][follows].tolist()
    return folded


def _ranks(legs: Sequence[Legs], rule: FoldRule) -> list[Ints]:
    """Return what the best leg is least of, the weightiest first."""
    unanswered = np.concatenate([~each.answered for each in legs]).astype(np.int64)
    started = np.concatenate([each.started_ms for each in legs])
    if rule is FoldRule.LONGEST:
        return [unanswered, -np.concatenate([each.talk_ms for each in legs]), started]
    return [unanswered, np.concatenate([each.answered_ms for each in legs]), started]
