"""Records of one moment each, joined into calls: what opens one, what closes it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from ingest.conditions import all_hold
from ingest.lines import Bools, Ints
from ingest.profile_parts import PAIR_COLUMNS, Condition, Pair
from ingest.texts import text_of

JOINED = "joined"
AWAITING = "awaiting_pair"
FOREIGN = "not_a_call"


@dataclass(frozen=True)
class Paired:
    """The records of a file, joined.

    Attributes:
        frame: One row per call: its opening record, with the moments of answer and end added.
        ignored: Line and reason of every other record.
    """

    frame: pd.DataFrame
    ignored: list[tuple[int, str]]


def paired(frame: pd.DataFrame, pair: Pair) -> Paired:
    """Join the records of a whole file, in whatever order they stand.

    The records of one key are taken by their moments: the earliest opening record stands for the
    call, with the earliest answer and the last closing record; the others are joined to it.
    """
    keys = _keys(frame, pair)
    opens = _holding(frame, pair.opens)
    closes = _holding(frame, pair.closes) & ~opens
    answers = _holding(frame, pair.answers) & ~opens & ~closes
    alone = opens & _holding(frame, pair.alone)
    order = np.lexsort((frame["line"].to_numpy(), _moments(frame, pair)))
    first_open = _first(keys, order, opens & ~alone)
    first_answer = _first(keys, order, answers)
    last_close = _first(keys, order[::-1], closes)
    whole = np.isin(keys, np.intersect1d(keys[first_open], keys[last_close]))
    stands = alone.copy()
    stands[first_open] = whole[first_open]
    moment = text_of(frame, pair.moment)
    calls = frame[stands].reset_index(drop=True)
    for name, rows in zip(PAIR_COLUMNS, (first_answer, last_close), strict=True):
        joined = _of_key(keys, rows, moment)[stands & ~alone].tolist()
        values = iter(joined)
        told = ["" if is_alone else next(values) for is_alone in alone[stands].tolist()]
        calls[name] = pd.Series(pa.array(told, pa.string()), dtype=pd.ArrowDtype(pa.string()))
    kinds = np.where(whole, JOINED, AWAITING)
    kinds = np.where(opens | closes | answers, kinds, FOREIGN)
    rest = np.flatnonzero(~stands).tolist()
    lines = frame["line"].to_numpy()
    return Paired(calls, [(int(lines[row]), str(kinds[row])) for row in rest])


def _keys(frame: pd.DataFrame, pair: Pair) -> Ints:
    """Return one number per distinct key; columns in either order are put in one."""
    texts = {name: text_of(frame, name) for name in pair.columns}
    if pair.either_order:
        sides = np.array([texts[name].to_pylist() for name in pair.either_order], dtype=object)
        sides = np.sort(sides, axis=0)
        for name, side in zip(pair.either_order, sides, strict=True):
            texts[name] = pa.array(side.tolist(), pa.string())
    whole = pc.binary_join_element_wise(*texts.values(), "\x1f")
    return np.asarray(whole.dictionary_encode().indices.to_numpy(), dtype=np.int64)


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


def _of_key(keys: Ints, rows: Ints, moment: pa.Array) -> npt.NDArray[np.object_]:
    """Return, for every record, the moment of the chosen record of its key, or nothing."""
    table = np.full(int(keys.max(initial=-1)) + 1, "", dtype=object)
    table[keys[rows]] = moment.take(pa.array(rows)).to_pylist()
    return table.take(keys)
