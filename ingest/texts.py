"""Columns of Arrow text, seen as numbers and bytes."""

from collections.abc import Callable
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from ingest.lines import Bools, Ints

Codes = npt.NDArray[np.uint8]


def text_of(frame: pd.DataFrame, column: str) -> pa.Array:
    """Return a column as one Arrow array."""
    chunked = frame[column].array.__arrow_array__()
    return chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked


def mask_of(array: pa.Array) -> Bools:
    """Return an Arrow array of truths as a numpy mask; nothing counts as false."""
    filled = pc.fill_null(array, fill_value=False).to_numpy(zero_copy_only=False)
    return cast("Bools", filled)


def is_one_of(text: pa.Array, values: tuple[str, ...]) -> Bools:
    """Return which values are among some."""
    if values == ("",):
        return cast("Bools", lengths(text) == 0)
    return mask_of(pc.is_in(text, value_set=pa.array(values, pa.string())))


def lengths(text: pa.Array) -> Ints:
    """Return the length of each value in bytes."""
    return np.diff(offsets(text)).astype(np.int64)


def offsets(text: pa.Array) -> npt.NDArray[np.int32]:
    """Return where each value begins in the bytes of the column, and where the last ends."""
    buffer = text.buffers()[1]
    if buffer is None or not len(text):
        return np.zeros(1, dtype=np.int32)
    every = np.frombuffer(buffer, dtype=np.int32)
    return every[text.offset : text.offset + len(text) + 1]


def bytes_of(text: pa.Array) -> Codes:
    """Return the bytes of all values, one after another."""
    bounds, data = offsets(text), text.buffers()[2]
    if data is None:
        return np.zeros(0, dtype=np.uint8)
    return np.frombuffer(data, dtype=np.uint8)[int(bounds[0]) : int(bounds[-1])]


def rows_of_width(text: pa.Array, width: int) -> tuple[Bools, Codes]:
    """Return which values are so long, and their bytes, one row per such value."""
    bounds = offsets(text)
    sizes = np.diff(bounds)
    hit = sizes == width
    data = text.buffers()[2]
    if data is None or not hit.any():
        return hit, np.zeros((0, width), dtype=np.uint8)
    codes = np.frombuffer(data, dtype=np.uint8)
    first, last = int(bounds[0]), int(bounds[-1])
    if last - first == width * int(hit.sum()):  # the others are empty: no gaps to jump over
        return hit, codes[first:last].reshape(-1, width)
    return hit, codes[bounds[:-1][hit][:, None] + np.arange(width)]


def whole_numbers(text: pa.Array, *, most_digits: int) -> tuple[Bools, Ints]:
    """Return which values are nothing but ASCII digits, and what they are; 0 elsewhere."""
    good = mask_of(pc.ascii_is_decimal(text)) & (lengths(text) <= most_digits)
    if good.all():
        return good, pc.cast(text, pa.int64()).to_numpy()
    safe = pc.if_else(pa.array(good), text, "0")
    return good, pc.cast(safe, pa.int64()).to_numpy()


def by_value(text: pa.Array, rule: Callable[[str], int]) -> Ints:
    """Return a whole number per row from a rule that is asked once for each distinct value."""
    encoded = text.dictionary_encode()
    table = np.array([rule(value) for value in encoded.dictionary.to_pylist()], dtype=np.int64)
    return table[encoded.indices.to_numpy()] if len(table) else np.zeros(0, dtype=np.int64)
