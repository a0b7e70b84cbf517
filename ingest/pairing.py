"""Records of one moment each, joined into calls: what opens one, what closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.halves import NOWHERE, Elsewhere, Half, HalfKind, met
from ingest.conditions import all_hold
from ingest.keys import identity_keys
from ingest.lines import Bools, Ints
from ingest.profile_parts import PAIR_COLUMNS, Condition, Pair
from ingest.texts import text_of

Objects = npt.NDArray[np.object_]
PAIR = "pair"
JOINED = "joined"
AWAITING = "awaiting_pair"
FOREIGN = "not_a_call"


@dataclass(frozen=True)
class Paired:
    """The records of a file, joined.

    Attributes:
        frame: One row per call: its opening record, with the moments of answer and end added.
        ignored: Line and reason of every other record.
        halves: Records whose call is not whole within the file.
    """

    frame: pd.DataFrame
    ignored: list[tuple[int, str]]
    halves: list[Half]


def paired(frame: pd.DataFrame, pair: Pair, elsewhere: Elsewhere = NOWHERE) -> Paired:
    """Join the records of a whole file, in whatever order they stand.

    The records of one key are taken by their moments: the earliest opening record stands for the
    call, with the earliest answer and the last closing record; the others are joined to it. What
    is not whole within the file may be with what other files hold.
    """
    kinds = _Kinds.of(frame, pair)
    names, moment = _key_texts(frame, pair), text_of(frame, pair.moment)
    keys = np.asarray(names.dictionary_encode().indices.to_numpy(), dtype=np.int64)
    order = np.lexsort((frame["line"].to_numpy(), _moments(frame, pair)))
    first_open = _first(keys, order, kinds.opens)
    last_close = _first(keys, order[::-1], kinds.closes)
    whole = np.isin(keys, np.intersect1d(keys[first_open], keys[last_close]))
    stands = kinds.alone.copy()
    stands[first_open] = whole[first_open]
    reasons = np.where(kinds.any, np.where(whole, JOINED, AWAITING), FOREIGN)
    told = [
        _of_key(keys, rows, moment) for rows in (_first(keys, order, kinds.answers), last_close)
    ]
    for each in told:
        each[kinds.alone] = ""
    halves = _halves(frame, names, moment, kinds, np.flatnonzero(kinds.any & ~whole))
    found = met([half for half, _ in halves], elsewhere)
    for half, row in halves:
        if half.line in found.calls:
            stands[row] = True
            told[0][row], told[1][row] = found.calls[half.line]
        elif half.line in found.joined:
            reasons[row] = JOINED
    lines = frame["line"].to_numpy()
    rest = [(int(lines[row]), str(reasons[row])) for row in np.flatnonzero(~stands).tolist()]
    return Paired(_calls(frame, stands, told), rest, [half for half, _ in halves])


@dataclass(frozen=True)
class _Kinds:
    """What each record says of its call, if it waits for others; and which stand alone."""

    opens: Bools
    answers: Bools
    closes: Bools
    alone: Bools

    @classmethod
    def of(cls, frame: pd.DataFrame, pair: Pair) -> Self:
        """Look at every record of a file."""
        opens = _holding(frame, pair.opens)
        closes = _holding(frame, pair.closes) & ~opens
        answers = _holding(frame, pair.answers) & ~opens & ~closes
        alone = opens & _holding(frame, pair.alone)
        return cls(opens & ~alone, answers, closes, alone)

    @property
    def any(self) -> Bools:
        """The records that say something of a call of several records."""
        return self.opens | self.answers | self.closes


def _calls(frame: pd.DataFrame, stands: Bools, told: Sequence[Objects]) -> pd.DataFrame:
    """Return the records that stand for calls, with the moments of answer and end."""
    calls = frame[stands].reset_index(drop=True)
    for name, each in zip(PAIR_COLUMNS, told, strict=True):
        text = pa.array(each[stands].tolist(), pa.string())
        calls[name] = pd.Series(text, dtype=pd.ArrowDtype(pa.string()))
    return calls


def _halves(
    frame: pd.DataFrame, names: pa.Array, moment: pa.Array, kinds: _Kinds, rows: Ints
) -> list[tuple[Half, int]]:
    """Return the records of some rows as halves, with their rows."""
    at = pa.array(rows)
    keys = identity_keys([names.take(at)], PAIR).tolist()
    said = np.where(kinds.answers, HalfKind.ANSWERS, HalfKind.CLOSES)
    said = np.where(kinds.opens, HalfKind.OPENS, said)[rows].tolist()
    lines = frame["line"].to_numpy()[rows].tolist()
    whole = zip(keys, said, moment.take(at).to_pylist(), lines, rows.tolist(), strict=True)
    return [(Half(key, HalfKind(kind), when, line), row) for key, kind, when, line, row in whole]


def _key_texts(frame: pd.DataFrame, pair: Pair) -> pa.Array:
    """Return what the records of a call have in common; columns in either order are put in one."""
    texts = {name: text_of(frame, name) for name in pair.columns}
    if pair.either_order:
        sides = np.array([texts[name].to_pylist() for name in pair.either_order], dtype=object)
        sides = np.sort(sides, axis=0)
        for name, side in zip(pair.either_order, sides, strict=True):
            texts[name] = pa.array(side.tolist(), pa.string())
    return pc.binary_join_element_wise(*texts.values(), "\x1f")


def _holding(frame: pd.DataFrame, condition: Condition | None) -> Bools:
    if condition is None:
        return np.zeros(len(frame), dtype=np.bool_)
    return all_hold([condition], lambda name: text_of(frame, name), len(frame))


def _moments(frame: pd.DataFrame, pair: Pair) -> Ints:
    """Return the rank of each record's moment as text: stamps of one file sort as written."""
    moment = text_of(frame, pair.moment)
    ranks = pc.rank(moment, sort_keys="ascending", tiebreaker="dense")
    return np.asarray(ranks.to_numpy(), dtype=np.int64)


def _first(keys: Ints, order: Ints, among: Bools) -> Ints:
    """Return the first row of each key, in an order, among some rows."""
    rows: Ints = np.asarray(order[among[order]], dtype=np.int64)
    _, at = np.unique(keys[rows], return_index=True)
    return rows.take(at)


def _of_key(keys: Ints, rows: Ints, moment: pa.Array) -> Objects:
    """Return, for every record, the moment of the chosen record of its key, or nothing."""
    table = np.full(int(keys.max(initial=-1)) + 1, "", dtype=object)
    table[keys[rows]] = moment.take(pa.array(rows)).to_pylist()
    return table.take(keys)
