"""Columns of a frame of calls as the arrays that matching and rating work on."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def text_column(calls: pd.DataFrame, name: str) -> Any | None:  # noqa: ANN401 (pyarrow has no types)
    """Return a text column as one Arrow array, or none where the frame has no such column."""
    if name not in calls.columns:
        return None
    return as_array(calls[name])


def as_array(series: "pd.Series[Any]") -> Any:  # noqa: ANN401 (pyarrow has no types)
    """Return a series as one Arrow array."""
    column = pa.array(series.array)
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks()
    return column


def int_column(calls: pd.DataFrame, name: str) -> Ints:
    """Return a column of integers without missing values."""
    return np.asarray(calls[name].to_numpy(), dtype=np.int64)


def nullable_int_column(calls: pd.DataFrame, name: str) -> Any:  # noqa: ANN401 (pyarrow has no types)
    """Return a column of integers, missing ones as nulls of the Arrow array."""
    return pc.cast(as_array(calls[name]), pa.int64())


def encoded(texts: Any) -> tuple[Any, Ints]:  # noqa: ANN401 (pyarrow has no types)
    """Return the distinct values of a text column and, per row, the index of its value.

    A missing text has index -1.
    """
    dictionary = pc.dictionary_encode(texts)
    indices = pc.fill_null(dictionary.indices, -1)
    return dictionary.dictionary, indices.to_numpy(zero_copy_only=False).astype(np.int64)


def runs(counts: Ints) -> tuple[Ints, Ints]:
    """Return, for runs of these lengths laid end to end, each place's run and its offset there.

    Runs of 2, 0 and 3 give (0, 0, 2, 2, 2) and (0, 1, 0, 1, 2).
    """
    owners = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return owners, np.arange(len(owners), dtype=np.int64) - starts[owners]
