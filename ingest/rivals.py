"""Day first or month first: which of two ways to write a date a file proves to be meant."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from ingest.profile import FormatProfile
from ingest.profile_parts import TimeField
from ingest.time_format import TimeFormat

MONTHS_OF_A_YEAR = 12
A_DAY = timedelta(days=1)


def proven(
    profile: FormatProfile, order: Sequence[str], rows: Iterable[Sequence[str]]
) -> tuple[str, ...] | str:
    """Return the formats that the file proves of each pair of rivals, or why it proves none.

    A pair that no value fits is left out. Where every value could be read both ways, nothing is
    guessed: the answer is the reason, for a person.
    """
    times = profile.times
    if not any(moment and moment.either for moment in (times.started, times.answered, times.ended)):
        return ()
    cells = [dict(zip(order, row, strict=False)) for row in rows]
    epochs = _epochs(profile, cells)
    meant: list[str] = []
    for moment in (times.started, times.answered, times.ended):
        for first, second in moment.either if moment else ():
            values = [_value(moment, row) for row in cells] if moment else []
            decided = _decided(first, second, values)
            if decided is None and epochs and moment is times.started:
                decided = _nearest(first, second, values, epochs)
            if decided is None:
                return (
                    f"its dates could be {first} or {second} in every line that was read; say"
                    " which in a profile of your own"
                )
            meant.extend(name for name in decided if name not in meant)
    return tuple(meant)


def _epochs(profile: FormatProfile, cells: Sequence[dict[str, str]]) -> list[int | None]:
    """Return the UTC epoch that each row carries, where the format has such a column."""
    column = profile.times.proof
    if column is None:
        return []
    matches = [re.match(profile.times.proof_pattern, row.get(column, "")) for row in cells]
    return [int(match[1]) if match else None for match in matches]


def _nearest(
    first: str, second: str, values: Sequence[str], epochs: Sequence[int | None]
) -> tuple[str, ...] | None:
    """Return the format under which most dates are those of the epochs beside them."""
    days = [
        (_day(first, value), _day(second, value), datetime.fromtimestamp(epoch, UTC).date())
        for value, epoch in zip(values, epochs, strict=True)
        if epoch is not None
    ]
    near_first = sum(one is not None and abs(one - day) <= A_DAY for one, _, day in days)
    near_second = sum(two is not None and abs(two - day) <= A_DAY for _, two, day in days)
    if near_first == near_second:
        return None
    return (first,) if near_first > near_second else (second,)


def _day(name: str, value: str) -> date | None:
    match = re.fullmatch(TimeFormat.of(name).pattern, value)
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts["Y"]) if parts.get("Y") else 2000 + int(parts["y"])
    try:
        return date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


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
