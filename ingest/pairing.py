"""Records of one moment each, joined into calls: what opens one, what closes it.

Any two records of a file may belong together. What each says of its call is little and is gathered
from the whole file first; then the file is read again, and what stands for a call is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.halves import Elsewhere, Half, HalfKind, met
from ingest.conditions import all_hold
from ingest.keys import identity_keys
from ingest.lines import Bools, Ints
from ingest.profile_parts import PAIR_COLUMNS, Condition, Pair
from ingest.texts import text_of

PAIR = "pair"
FOREIGN, JOINED, AWAITING = range(3)
REASONS = np.array(["not_a_call", "joined", "awaiting_pair"])
"""Why a record is no call, in the order of the numbers."""
NO_RECORD = -1


class Says(IntEnum):
    """What a record says of its call."""

    NOTHING = 0
    OPENS = 1
    ANSWERS = 2
    CLOSES = 3
    STANDS_ALONE = 4


HALF_KINDS = {
    Says.OPENS: HalfKind.OPENS,
    Says.ANSWERS: HalfKind.ANSWERS,
    Says.CLOSES: HalfKind.CLOSES,
}


def records_of(frame: pd.DataFrame, pair: Pair) -> pa.Table:
    """Return what the records of a block say of their calls.

    Returns:
        One row per record: key (int64: what the records of a call have in common, hashed),
        moment (Arrow text, as written), line (int64), says (int8).
    """
    opens, closes = _holding(frame, pair.opens), _holding(frame, pair.closes)
    says = np.full(len(frame), Says.NOTHING, dtype=np.int8)
    says[_holding(frame, pair.answers)] = Says.ANSWERS
    says[closes] = Says.CLOSES
    says[opens] = Says.OPENS
    says[opens & _holding(frame, pair.alone)] = Says.STANDS_ALONE
    columns = {
        "key": pa.array(_keys(frame, pair)),
        "moment": text_of(frame, pair.moment),
        "line": pa.array(frame["line"].to_numpy().copy()),
        "says": pa.array(says),
    }
    return pa.table(columns)


@dataclass(frozen=True)
class Paired:
    """The records of a block, joined.

    Attributes:
        frame: One row per call: its opening record, with the moments of answer and end added.
        ignored: Line and reason of every other record.
        halves: Records whose call is not whole within the file.
    """

    frame: pd.DataFrame
    ignored: list[tuple[int, str]]
    halves: list[Half]


@dataclass(frozen=True)
class Pairing:
    """What the records of a whole file come to, in the order of its lines.

    Attributes:
        moment: When each record was written.
        stands: Those that stand for calls.
        reasons: Why the others do not, in numbers.
        told: Per record, where the record of its call's answer is, and that of its end.
        elsewhere: Answers and ends that other files tell, by record.
        half_rows: Which records have a call that is not whole within the file.
        halves: Those records.
    """

    moment: pa.Array
    stands: Bools
    reasons: npt.NDArray[np.int8]
    told: tuple[Ints, Ints]
    elsewhere: Mapping[int, tuple[str, str]]
    half_rows: Ints
    halves: Sequence[Half]

    def of_block(self, frame: pd.DataFrame, first: int) -> Paired:
        """Return what the records of a block come to; `first` is its first record's place."""
        rows = slice(first, first + len(frame))
        stands, lines = self.stands[rows], frame["line"].to_numpy()
        calls = frame[stands].reset_index(drop=True)
        places = np.flatnonzero(stands) + first
        for at, name in enumerate(PAIR_COLUMNS):
            text = self._told(at, places)
            calls[name] = pd.Series(text, dtype=pd.ArrowDtype(pa.string()))
        reasons = REASONS[self.reasons[rows][~stands]]
        ignored = list(zip(lines[~stands].tolist(), reasons.tolist(), strict=True))
        begin, end = np.searchsorted(self.half_rows, (rows.start, rows.stop)).tolist()
        return Paired(calls, ignored, list(self.halves[begin:end]))

    def _told(self, at: int, places: Ints) -> pa.Array:
        """Return the moments of answer (0) or end (1) of the calls in some places."""
        source = self.told[at][places]
        own = pa.array(source, mask=source == NO_RECORD)
        text = pc.fill_null(self.moment.take(own), "")
        others = [place in self.elsewhere for place in places.tolist()] if self.elsewhere else []
        if any(others):
            told = [self.elsewhere[place][at] for place in places[others].tolist()]
            text = pc.replace_with_mask(text, pa.array(others), pa.array(told, pa.string()))
        return text


def pairing(records: pa.Table, elsewhere: Elsewhere) -> Pairing:
    """Join the records of a whole file, in whatever order they stand.

    The records of one key are taken by their moments: the earliest opening record stands for the
    call, with the earliest answer and the last closing record; the others are joined to it. What
    is not whole within the file may be with what other files hold.
    """
    says, line = (records[name].to_numpy() for name in ("says", "line"))
    moment = records["moment"].combine_chunks()
    _, keys = np.unique(records["key"].to_numpy(), return_inverse=True)
    order = np.lexsort((line, _ranks(moment)))
    first_open = _first(keys, order, says == Says.OPENS)
    first_answer = _first(keys, order, says == Says.ANSWERS)
    last_close = _first(keys, order[::-1], says == Says.CLOSES)
    whole = np.isin(keys, np.intersect1d(keys[first_open], keys[last_close]))
    waits = np.isin(says, list(HALF_KINDS))
    stands = says == Says.STANDS_ALONE
    told = [np.where(stands, NO_RECORD, _of_key(keys, rows)) for rows in (first_answer, last_close)]
    stands[first_open] = whole[first_open]
    reasons = np.where(waits, np.where(whole, JOINED, AWAITING), FOREIGN).astype(np.int8)
    half_rows = np.flatnonzero(waits & ~whole)
    halves = _halves(records.take(pa.array(half_rows)))
    found = met(halves, elsewhere)
    at_rows = list(zip(half_rows.tolist(), halves, strict=True))
    given = {row: found.calls[half.line] for row, half in at_rows if half.line in found.calls}
    stands[list(given)] = True
    reasons[[row for row, half in at_rows if half.line in found.joined]] = JOINED
    return Pairing(moment, stands, reasons, (told[0], told[1]), given, half_rows, halves)


def _halves(records: pa.Table) -> list[Half]:
    columns = records.to_pydict()
    kinds = (HALF_KINDS[Says(each)] for each in columns["says"])
    every = zip(columns["key"], kinds, columns["moment"], columns["line"], strict=True)
    return [Half(*each) for each in every]


def _keys(frame: pd.DataFrame, pair: Pair) -> Ints:
    """Return what the records of a call have in common; columns in either order are put in one."""
    texts = {name: text_of(frame, name) for name in pair.columns}
    if pair.either_order:
        one, other = (texts[name] for name in pair.either_order)
        swapped = pc.greater(one, other)
        sides = pc.if_else(swapped, other, one), pc.if_else(swapped, one, other)
        texts |= dict(zip(pair.either_order, sides, strict=True))
    return identity_keys([pc.binary_join_element_wise(*texts.values(), "\x1f")], PAIR)


def _holding(frame: pd.DataFrame, condition: Condition | None) -> Bools:
    if condition is None:
        return np.zeros(len(frame), dtype=np.bool_)
    return all_hold([condition], lambda name: text_of(frame, name), len(frame))


def _ranks(moment: pa.Array) -> Ints:
    """Return the rank of each moment as text: stamps of one file sort as written."""
    ranks = pc.rank(moment, sort_keys="ascending", tiebreaker="dense")
    return np.asarray(ranks.to_numpy(), dtype=np.int64)


def _first(keys: Ints, order: Ints, among: Bools) -> Ints:
    """Return the first row of each key, in an order, among some rows."""
    rows: Ints = np.asarray(order[among[order]], dtype=np.int64)
    _, at = np.unique(keys[rows], return_index=True)
    return rows.take(at)


def _of_key(keys: Ints, rows: Ints) -> Ints:
    """Return, for every record, which of some records has its key, or that none has."""
    table = np.full(int(keys.max(initial=-1)) + 1, NO_RECORD, dtype=np.int64)
    table[keys[rows]] = rows
    return table.take(keys)
