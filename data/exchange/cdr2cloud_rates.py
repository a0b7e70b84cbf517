"""CDR2Cloud's rate file: 20 tab-delimited columns, with or without their header line.

**Source:** the column list is CDR2Cloud's; how a start is written is not documented there, so
hours (8), hours and minutes (08:00, 0800) are read.
"""

import re
from collections.abc import Mapping, Sequence

from data.domain.money import MICROS_PER_UNIT, MOST_PPM
from data.domain.rating import Rate
from data.exchange.cells import length_s, prefixes, price, yes
from data.exchange.decimal_marks import row_pointed
from data.exchange.tables import CellRefused, Refusals, Row

COLUMNS = (
    "pattern",
    "description",
    "bill_period_initial_len",
    "bill_period_incremental_len",
    "day_start",
    "day_initial_charge",
    "day_increment_charge",
    "eve_start",
    "eve_initial_charge",
    "eve_increment_charge",
    "night_start",
    "night_initial_charge",
    "night_increment_charge",
    "weekend_initial_charge",
    "weekend_increment_charge",
    "blocked",
    "connectioncharge",
    "compensation",
    "maximum",
    "markup",
)
AMOUNTS = (
    *(name for name in COLUMNS if name.endswith("_charge")),
    "connectioncharge",
    "compensation",
    "maximum",
)
NUMBERS = (*AMOUNTS, "markup")
OWN_PRICES = ("day_initial_charge", "day_increment_charge")
PPM_PER_PERCENT = 10_000
LAST_MINUTE = 24 * 60 - 1


def is_cdr2cloud(first: Sequence[str]) -> bool:
    """Tell whether a first line is CDR2Cloud's: its header, or 20 cells that begin with digits."""
    names = [name.lower() for name in first]
    if "pattern" in names and "bill_period_initial_len" in names:
        return True
    return len(first) == len(COLUMNS) and re.fullmatch(r"\+?\d+", first[0]) is not None


def has_header(first: Sequence[str]) -> bool:
    """Tell whether the first line names the columns."""
    return "pattern" in [name.lower() for name in first]


def cdr2cloud_rates(
    rows: list[Row], marks: Mapping[str, str], refusals: Refusals
) -> list[tuple[int, Rate]]:
    """Return the rates with their lines; rows that cannot be taken are refused."""
    found: list[tuple[int, Rate]] = []
    for row in rows:
        try:
            found.append((row.line, _rate(row_pointed(row, marks))))
        except CellRefused as refused:
            refusals.add(row.line, str(refused))
    return found


def _rate(row: Row) -> Rate:
    patterns = prefixes(row["pattern"])
    if len(patterns) > 1:
        raise CellRefused(f"the pattern {row['pattern']!r} is several; write one on each line")
    blocked = yes(row["blocked"], "blocked")
    markup_ppm = _markup_ppm(row)
    if markup_ppm is not None:
        return _marked_up(row, patterns[0], markup_ppm, blocked=blocked)
    if not blocked and not any(row[name] for name in OWN_PRICES):
        raise CellRefused("day_initial_charge and day_increment_charge are empty; write 0 for free")
    initial_s, increment_s = _lengths(row)
    return Rate(
        pattern=patterns[0],
        destination=row["description"],
        initial_s=initial_s,
        increment_s=increment_s,
        day_start_min=_minute(row, "day_start"),
        day_initial_micros=_charge(row, "day_initial_charge"),
        day_increment_micros=_charge(row, "day_increment_charge"),
        evening_start_min=_minute(row, "eve_start"),
        evening_initial_micros=_charge(row, "eve_initial_charge"),
        evening_increment_micros=_charge(row, "eve_increment_charge"),
        night_start_min=_minute(row, "night_start"),
        night_initial_micros=_charge(row, "night_initial_charge"),
        night_increment_micros=_charge(row, "night_increment_charge"),
        weekend_initial_micros=_charge(row, "weekend_initial_charge"),
        weekend_increment_micros=_charge(row, "weekend_increment_charge"),
        connection_micros=_charge(row, "connectioncharge") or 0,
        compensation_micros=_charge(row, "compensation") or 0,
        maximum_micros=_charge(row, "maximum") or 0,
        blocked=blocked,
    )


def _marked_up(row: Row, pattern: str, markup_ppm: int, *, blocked: bool) -> Rate:
    """Return a rate whose price is the provider's cost and a markup."""
    if any(_charge(row, name) for name in OWN_PRICES):
        raise CellRefused("has both charges and a markup; keep one, so that the price is certain")
    initial_s, increment_s = _lengths(row)
    return Rate(
        pattern=pattern,
        destination=row["description"],
        initial_s=initial_s,
        increment_s=increment_s,
        maximum_micros=_charge(row, "maximum") or 0,
        markup_ppm=markup_ppm,
        blocked=blocked,
    )


def _lengths(row: Row) -> tuple[int, int]:
    initial = row["bill_period_initial_len"]
    return (
        length_s(initial, "bill_period_initial_len") if initial else 0,
        length_s(row["bill_period_incremental_len"], "bill_period_incremental_len", least=1),
    )


def _charge(row: Row, column: str) -> int | None:
    return price(row[column], column) if row[column] else None


def _markup_ppm(row: Row) -> int | None:
    text = row["markup"].removesuffix("%").strip()
    percent_micros = price(text, "markup") if text else 0
    markup_ppm, finer = divmod(percent_micros * PPM_PER_PERCENT, MICROS_PER_UNIT)
    if finer or markup_ppm > MOST_PPM:
        raise CellRefused(
            f"markup {text!r} is not a percentage of at most four decimals, up to 1,000"
        )
    return markup_ppm or None


def _minute(row: Row, column: str) -> int | None:
    """Return a start of day as its minute; a band without a start does not exist."""
    text = row[column]
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})(?::?(\d{2}))?(?::\d{2})?", text)
    minute = int(match[1]) * 60 + int(match[2] or 0) if match else LAST_MINUTE + 1
    if minute > LAST_MINUTE:
        raise CellRefused(f"{column} {text!r} is not a time of day such as 08:00")
    return minute
