"""Fixed-width lines: columns are slices of characters, cut out of the bytes all at once."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from ingest.lines import HIGH, Ints, Lines
from ingest.profile_layout import Columns

SPACE = 32


def least_chars(columns: Columns) -> int:
    """Return how long a line must be: a shorter one was cut off."""
    return columns.least_chars or max(last for _, last in columns.slices.values())


def sliced_line(line: str, columns: Columns) -> list[str] | None:
    """Return the values of one line, without the blanks around them; nothing if it is too short."""
    if len(line) < least_chars(columns):
        return None
    return [line[first - 1 : last].strip() for first, last in columns.slices.values()]


def sliced(lines: Lines, index: Ints, columns: Columns, wanted: Sequence[str]) -> pa.Table:
    """Return the wanted columns of some lines; what a line lacks at its end is blank."""
    starts, ends = lines.starts[index], lines.ends[index]
    cut = {}
    for name in wanted:
        first, last = columns.slices[name]
        at = starts[:, None] + np.arange(first - 1, last)
        codes = lines.codes[np.minimum(at, len(lines.codes) - 1)]
        codes[at >= ends[:, None]] = SPACE
        cut[name] = _text(codes)
    return pa.table(cut)


def _text(codes: np.ndarray) -> pa.Array:
    rows, width = codes.shape
    buffer = pa.py_buffer(np.ascontiguousarray(codes).tobytes())
    fixed = pa.Array.from_buffers(pa.binary(width), rows, [None, buffer])
    return pc.utf8_trim_whitespace(fixed.cast(pa.binary()).cast(pa.string()))


def of_characters(lines: Lines, index: Ints) -> Ints:
    """Return those of some lines in which a character may be more than one byte."""
    if lines.data.isascii():
        return index[:0]
    return index[lines.holding(np.flatnonzero(lines.codes >= HIGH))[index]]
