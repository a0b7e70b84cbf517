"""Day first or month first: which of two ways to write a date a file proves to be meant."""

import re
from collections.abc import Iterable, Sequence

from ingest.profile import FormatProfile
from ingest.profile_parts import TimeField
from ingest.time_format import TimeFormat

MONTHS_OF_A_YEAR = 12


def proven(
    profile: FormatProfile, order: Sequence[str], rows: Iterable[Sequence[str]]
) -> tuple[str, ...] | str:
    """Return the formats that the file proves of each pair of rivals, or why it proves none.

    A pair that no value fits is left out. Where every value could be read both ways, nothing is
    guessed: the answer is the reason, for a person.
    """
    times = profile.times
    cells = [dict(zip(order, row, strict=False)) for row in rows]
    meant: list[str] = []
    for moment in (times.started, times.answered, times.ended):
        for first, second in moment.either if moment else ():
            values = [_value(moment, row) for row in cells] if moment else []
            decided = _decided(first, second, values)
            if decided is None:
                return (
                    f"its dates could be {first} or {second} in every line that was read; say"
                    " which in a profile of your own"
                )
            meant.extend(name for name in decided if name not in meant)
    return tuple(meant)


def _value(moment: TimeField, row: dict[str, str]) -> str:
    return " ".join(row.get(column, "") for column in moment.columns)


def _decided(first: str, second: str, values: Iterable[str]) -> tuple[str, ...] | None:
    """Return the format that is meant; none of them where none fits; nothing if both could be."""
    reads = [(_reads(first, value), _reads(second, value)) for value in values]
    only_first = sum(one and not other for one, other in reads)
    only_second = sum(other and not one for one, other in reads)
    both = sum(one and other for one, other in reads)
    if only_first > only_second:
        return (first,)
    if only_second > only_first:
        return (second,)
    return None if both or only_first else ()


def _reads(name: str, value: str) -> bool:
    match = re.fullmatch(TimeFormat.of(name).pattern, value)
    return match is not None and 1 <= int(match["m"]) <= MONTHS_OF_A_YEAR
