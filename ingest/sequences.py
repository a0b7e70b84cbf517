"""The counter of a format: which of its numbers the lines of a block hold."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.periods import EPOCH
from data.domain.records import Rejection
from data.domain.sequences import DISORDER, Run
from ingest.lines import Ints
from ingest.profile import FormatProfile
from ingest.profile_parts import Counter, FileName
from ingest.rows import Rows
from ingest.texts import mask_of, whole_numbers

MOST_DIGITS = 18


def runs_of(rows: Rows, moments_ms: Ints, refused: Sequence[Rejection]) -> Iterator[Run]:
    """Yield the stretches of the format's counter that a block holds.

    Args:
        rows: Its lines, whatever becomes of them.
        moments_ms: When the number of each was given, about; 0 where nothing says so.
        refused: Lines that could not be read: their numbers are not missing either.
    """
    rule = rows.profile.counter
    text = rows.text(rule.column) if rule else None
    if rule is None or text is None:
        return
    known = moments_ms[moments_ms > 0]
    if not len(known):
        return
    moments = np.where(moments_ms > 0, moments_ms, known.min())
    whole = f"^(?:{rule.pattern})$"
    fits = mask_of(pc.match_substring_regex(text, whole))
    numbers = pc.replace_substring_regex(text, whole, r"\1")
    fine, values = whole_numbers(numbers, most_digits=MOST_DIGITS)
    streams = _streams(rule, text, whole)
    for stream in pc.unique(streams.filter(pa.array(fits & fine))).to_pylist():
        own = fits & fine & mask_of(pc.equal(streams, stream))
        for piece in _pieces(values[own]):
            yield from _runs(stream, values[own][piece], moments[own][piece])
    began, ended = int(moments.min()), int(moments.max())
    for stream, number in _refused_numbers(rows.profile, rule, refused):
        yield Run(stream, number, number, _instant(began), _instant(ended))


def _streams(rule: Counter, text: pa.Array, whole: str) -> pa.Array:
    if re.compile(rule.pattern).groups < 2:  # noqa: PLR2004  the second group names the node
        return pa.array([""] * len(text), pa.string())
    return pc.replace_substring_regex(text, whole, r"\2")


def _refused_numbers(
    profile: FormatProfile, rule: Counter, refused: Sequence[Rejection]
) -> Iterator[tuple[str, int]]:
    """Yield node and number of lines that could not be read, where they can still be seen."""
    if rule.column not in profile.columns.order:
        return
    place, delimiter = profile.columns.order.index(rule.column), profile.framing.delimiters[0]
    for each in refused:
        cells = each.raw.split(delimiter)
        found = re.fullmatch(rule.pattern, cells[place]) if place < len(cells) else None
        if found and len(found[1]) <= MOST_DIGITS:
            yield found[2] if len(found.groups()) > 1 else "", int(found[1])


def _pieces(values: Ints) -> list[slice]:
    """Return the parts of lines between which the counter began again."""
    falls = (np.flatnonzero(values[:-1] - values[1:] > DISORDER) + 1).tolist()
    return [slice(start, end) for start, end in zip([0, *falls], [*falls, None], strict=True)]


def _runs(stream: str, values: Ints, moments: Ints) -> Iterator[Run]:
    if not len(values):
        return
    order = np.argsort(values, kind="stable")
    values, moments = values[order], moments[order]
    starts = np.append(0, np.flatnonzero(np.diff(values) > 1) + 1)
    ends = np.append(starts[1:] - 1, len(values) - 1)
    firsts, lasts = np.minimum.reduceat(moments, starts), np.maximum.reduceat(moments, starts)
    for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        began, ended = _instant(int(firsts[at])), _instant(int(lasts[at]))
        yield Run(stream, int(values[start]), int(values[end]), began, ended)


def _instant(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def run_of_name(name: str, rule: FileName | None) -> Run | None:
    """Return what a file's name says of the counter of files; none where it does not fit."""
    found = re.search(rule.pattern, name) if rule else None
    if rule is None or found is None:
        return None
    said = found.groupdict()
    try:
        at = datetime.strptime(said["time"], rule.time_format).replace(tzinfo=UTC)
    except ValueError:
        return None
    number = int(said["number"])
    return Run(said.get("stream") or "", number, number, at, at)
