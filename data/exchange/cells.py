"""Reading one cell: amounts, days, yes or no, lengths, prefixes. No float is ever involved."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from data.domain.money import MICROS_PER_UNIT, PLAIN, micros
from data.domain.numbers import without_trunk
from data.exchange.decimal_marks import BLANKS
from data.exchange.tables import CellRefused

YES = frozenset({"1", "true", "yes", "y", "t", "on"})
NO = frozenset({"0", "false", "no", "n", "f", "off", ""})
PRICE_RANGE = re.compile(r"\S*\d\s*-\s*\S*\d.*")
CODE_APART = re.compile(r"(?:\+|00)?([1-9]\d{0,2})[\s().-]+\d", re.ASCII)
"""How a prefix with its country code set apart begins: 44-7700, +1 (684), 1-268."""
MONTHS = 12
MOST_PRICE_MICROS = 10**12
"""The most that one price of a rate may be: a million units. Calls of three weeks, the longest
that are kept, times that still fit into 64 bits."""
MOST_LENGTH_S = 86_400
"""The longest initial or incremental length: a day."""
TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2})?.*$")
MIDNIGHT = re.compile(
    r"[T ](0?0:00(:00(\.0+)?)?|12:00(:00)? ?AM) ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
NUMERIC_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}")
NAMED_MONTH = ("%d-%b-%Y", "%d %b %Y", "%d-%b-%y", "%d %B %Y", "%b %d %Y")


def amount(text: str, what: str) -> int:
    """Return an amount in currency units as micros, exactly.

    Args:
        text: As written, without a currency, and with no mark but a decimal point: 1250.50.
        what: The column, for the refusal.

    Raises:
        CellRefused: Not one amount, or finer than a millionth.
    """
    bare = _one_of_a_range(text.translate(BLANKS))
    if not PLAIN.fullmatch(bare):
        why = "a range; one price is needed" if PRICE_RANGE.fullmatch(bare) else "not an amount"
        raise CellRefused(f"{what} {text!r} is {why}, such as 0.0125")
    try:
        return micros(bare)
    except ValueError as error:
        raise CellRefused(f"{what} {error}") from None


def _one_of_a_range(bare: str) -> str:
    """Return the one amount of a range whose ends are the same, such as 0.31-0.31."""
    low, dash, high = bare.partition("-")
    return low if dash and low and low == high else bare


def price(text: str, what: str) -> int:
    """Return the price of a rate, which is not negative, as micros.

    Raises:
        CellRefused: Not an amount, below 0, or beyond `MOST_PRICE_MICROS`.
    """
    found = amount(text, what)
    if found < 0:
        raise CellRefused(f"{what} {text!r} is below 0")
    if found > MOST_PRICE_MICROS:
        most = f"{MOST_PRICE_MICROS // MICROS_PER_UNIT:,}"
        raise CellRefused(f"{what} {text!r} is beyond {most}, the most that a price may be")
    return found


def yes(text: str, what: str) -> bool:
    """Return whether a cell says yes; empty is no.

    Raises:
        CellRefused: Neither yes nor no.
    """
    word = text.lower()
    if word not in YES | NO:
        raise CellRefused(f"{what} {text!r} is neither yes nor no (1, 0, true, false)")
    return word in YES


def whole(text: str, what: str, *, least: int = 0) -> int:
    """Return a whole number.

    Raises:
        CellRefused: Not a whole number, or below the least.
    """
    match = re.fullmatch(r"(\d{1,9})(\.0*)?", text, re.ASCII)
    if match is None or int(match[1]) < least:
        raise CellRefused(f"{what} {text!r} is not a whole number of at least {least}")
    return int(match[1])


def length_s(text: str, what: str, *, least: int = 0) -> int:
    """Return a length in whole seconds, a day at most.

    Raises:
        CellRefused: Not a whole number, or out of bounds.
    """
    found = whole(text, what, least=least)
    if found > MOST_LENGTH_S:
        raise CellRefused(f"{what} {text!r} is beyond {MOST_LENGTH_S:,} seconds, a day")
    return found


class DayOrder(StrEnum):
    """Which part of a date such as 01/06/2026 comes first in a file."""

    DAY = "day"
    MONTH = "month"


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """Return which part comes first in a file's dates, if one of them proves it and none denies it.

    A first part above 12 is a day, a second part above 12 follows a month.
    """
    found: set[DayOrder] = set()
    for text in texts:
        match = NUMERIC_DAY.match(text)
        if match is not None:
            found |= {DayOrder.DAY} if int(match[1]) > MONTHS else set()
            found |= {DayOrder.MONTH} if int(match[2]) > MONTHS else set()
    return found.pop() if len(found) == 1 else None


def day(text: str, what: str, order: DayOrder | None = None) -> date:
    """Return a date written as 2026-06-01, or with the month's name.

    Args:
        text: As written; a time of day after it means nothing.
        what: The column, for the refusal.
        order: What the file's other dates prove; none: 01/06/2026 is refused, it is two dates.

    Raises:
        CellRefused: Another form, or two dates.
    """
    bare = TIME.sub("", text).replace("/", "-")
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}|\d{8}", bare):
        return _calendar_day(bare, text, what)
    for form in NAMED_MONTH:
        try:
            return datetime.strptime(bare.replace(",", ""), form).date()  # noqa: DTZ007 (a day)
        except ValueError:
            continue
    return _ordered(bare, text, what, order)


def first_day(text: str, what: str, order: DayOrder | None = None) -> date:
    """Return the day from which something is in force, read as `day` reads one.

    Raises:
        CellRefused: No day, or a time of day that is not its beginning.
    """
    found = day(text, what, order)
    time = TIME.search(text)
    if time is not None and not MIDNIGHT.fullmatch(time[0]):
        raise CellRefused(
            f"{what} {text!r} is within a day, and a rate is in force from the beginning of a day; "
            f"write {found} or the day after, without a time"
        )
    return found


def due_day(text: str, what: str, invoice_date: date, order: DayOrder | None = None) -> date:
    """Return the day on which an invoice is due, read as `day` reads one.

    Raises:
        CellRefused: No day, or one before the invoice's date.
    """
    found = day(text, what, order)
    if found < invoice_date:
        raise CellRefused(f"{what} {text!r} is before the invoice's date, {invoice_date}")
    return found


def _calendar_day(bare: str, text: str, what: str) -> date:
    parts = bare.split("-") if "-" in bare else (bare[:4], bare[4:6], bare[6:])
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        raise CellRefused(f"{what} {text!r} is not a day of the calendar") from None


def _ordered(bare: str, text: str, what: str, order: DayOrder | None) -> date:
    match = re.fullmatch(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})", bare)
    if match is None:
        raise CellRefused(f"{what} {text!r} is not a date such as 2026-06-01")
    first, second, year = (int(part) for part in match.groups())
    if "." in bare or first > MONTHS or first == second:
        order = DayOrder.DAY
    elif second > MONTHS:
        order = DayOrder.MONTH
    if order is None:
        raise CellRefused(f"{what} {text!r} can be two days; write it as {year}-01-31")
    month, of_month = (first, second) if order is DayOrder.MONTH else (second, first)
    return _calendar_day(f"{year}-{month}-{of_month}", text, what)


def prefixes(text: str) -> list[str]:
    """Return the digits of one or several prefixes: +44, 0044, (+1-264), "1829, 1809".

    A country code set apart in the first, "44-7700,7701", is that of those after it that have as
    many digits as what follows it.

    Raises:
        CellRefused: Empty, not digits, damaged by a spreadsheet, a range, or a list in which the
            country code of some is uncertain.
    """
    parts = [part.strip().strip("()").strip() for part in re.split(r"[,;]", text) if part.strip()]
    if not parts:
        raise CellRefused("the prefix is empty")
    found = [_prefix(part, text) for part in parts]
    code = next((match[1] for part in parts if (match := CODE_APART.match(part))), "")
    if not code:
        return found
    area = len(found[0]) - len(code) if CODE_APART.match(parts[0]) else 0
    return [
        prefix if CODE_APART.match(part) else _of_country(prefix, code, area, text)
        for part, prefix in zip(parts, found, strict=True)
    ]


def _of_country(prefix: str, code: str, area: int, text: str) -> str:
    """Return one of a list of prefixes with the country code that another has."""
    if prefix.startswith(code) and len(prefix) > area:
        return prefix
    if len(prefix) == area and not prefix.startswith(code):
        return code + prefix
    raise CellRefused(
        f"the prefix {text!r} is uncertain: is {prefix} behind {code}? Write each one in full"
    )


def _prefix(part: str, text: str) -> str:
    if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", part):
        raise CellRefused(f"the prefix {text!r} was damaged by a spreadsheet; export it as text")
    ends = part.split("-")
    if len(ends) == 2 and len(ends[0]) == len(ends[1]) > 1 and part[0] != "+":  # noqa: PLR2004
        raise CellRefused(f"the prefix {text!r} looks like a range; write one prefix on each line")
    digits = re.sub(r"[\s().-]", "", without_trunk(part)).removeprefix("+")
    digits = digits.removeprefix("00")
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise CellRefused(f"the prefix {text!r} is not digits")
    return digits
