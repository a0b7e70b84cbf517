"""The key of a call: 64 bits of SipHash over what makes its line unique, keyed by its source."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import cast

import numpy as np
import pyarrow as pa
from pandas.util import hash_array
from pyarrow import compute as pc

from ingest.lines import Ints, Lines

HASHED_AT_ONCE = 2_000  # measured: half the time of a whole block, whose objects fit no cache
SEPARATOR = "\x1f"  # in no value: a line with a control character is rejected


def hashed(texts: pa.Array, source_name: str) -> Ints:
    """Return one signed 64-bit key per text; stable for ever.

    The key of the hash is made of the source's name, so that equal texts of two sources differ.
    A whole column at a time: half the time of a cryptographic digest per line, and as unlikely to
    meet another line's, being of the same 64 bits.

    Source:
        Aumasson and Bernstein, SipHash: a fast short-input PRF (SipHash-2-4), whose value pandas
        then scatters by the last steps of SplitMix64 (`pandas.util.hash_array`).
    """
    key = blake2b(source_name.encode(), digest_size=8).hexdigest()
    keys = np.zeros(len(texts), dtype=np.uint64)
    for at in range(0, len(texts), HASHED_AT_ONCE):
        values = texts.slice(at, HASHED_AT_ONCE).to_numpy(zero_copy_only=False)
        keys[at : at + HASHED_AT_ONCE] = hash_array(values, hash_key=key, categorize=False)
    return cast("Ints", keys.view(np.int64))


def identity_keys(columns: Sequence[pa.Array], source_name: str) -> Ints:
    """Return the key of each row from the columns that make it unique."""
    joined = columns[0]
    if len(columns) > 1:
        joined = pc.binary_join_element_wise(*columns, SEPARATOR)
    return hashed(pc.cast(joined, pa.binary()), source_name)


def line_keys(lines: Lines, index: Ints, source_name: str) -> Ints:
    """Return the keys of lines as they stand in the file, each with the newline that ends it."""
    bounds = np.append(lines.starts, len(lines.data))
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(lines.data)]
    texts = pa.Array.from_buffers(pa.large_binary(), lines.count, buffers)
    if 2 * len(index) < lines.count:
        return hashed(texts.take(pa.array(index)), source_name)
    every = hashed(texts, source_name)  # costs less than copying the lines that are wanted
    return every if len(index) == lines.count else every[index]
