"""Local times of lines that say their own zone."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from data.domain.zones import zone_names
from ingest.lines import Bools, Ints
from ingest.profile_values import ZoneForm
from ingest.zones import Instants, in_utc

OFFSET = re.compile(r"[^+-]*([+-])(\d{2}):?(\d{2})(?!\d).*")
MINUTES = re.compile(r"-?\d{1,4}")
MINUTE_MS = 60_000
MOST_MINUTES = 15 * 60
UNKNOWN = np.iinfo(np.int64).min


def in_own_zone(local: Ints, zones: pa.Array, form: ZoneForm) -> tuple[Instants, Bools]:
    """Return the instants, and for which rows the zone was understood."""
    encoded = zones.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    index = encoded.indices.to_numpy()
    if form is ZoneForm.NAME:
        return _by_name(local, texts, index)
    table = np.array([offset_ms(text, form) for text in texts] or [UNKNOWN], dtype=np.int64)
    offset = table[index]
    known = offset != UNKNOWN
    ms = local - np.where(known, offset, 0)
    none = np.zeros(len(local), dtype=np.bool_)
    return Instants(ms, none, ms, none), known


def renamed(zones: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Return zones with the words that a profile explains exchanged for what they mean."""
    encoded = zones.dictionary_encode()
    texts = [words.get(text, text) for text in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)


def offset_ms(text: str, form: ZoneForm) -> int:
    """Return how far ahead of UTC a written offset is, or UNKNOWN."""
    if form is ZoneForm.MINUTES_WEST:
        minutes = -int(text) if MINUTES.fullmatch(text) else MOST_MINUTES + 1
    else:
        match = OFFSET.fullmatch(text)
        ahead = int(match[2]) * 60 + int(match[3]) if match else MOST_MINUTES + 1
        minutes = -ahead if match and match[1] == "-" else ahead
    return minutes * MINUTE_MS if abs(minutes) <= MOST_MINUTES else UNKNOWN


def _by_name(local: Ints, names: list[str], index: Ints) -> tuple[Instants, Bools]:
    ms, later = local.copy(), local.copy()
    ambiguous = np.zeros(len(local), dtype=np.bool_)
    missing, known = ambiguous.copy(), ambiguous.copy()
    for at, name in enumerate(names):
        if name not in zone_names():
            continue
        rows = index == at
        found = in_utc(local[rows], ZoneInfo(name))
        ms[rows], later[rows] = found.ms, found.later_ms
        ambiguous[rows], missing[rows], known[rows] = found.ambiguous, found.missing, True
    return Instants(ms, ambiguous, later, missing), known
