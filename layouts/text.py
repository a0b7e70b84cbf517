"""How numbers, money, bytes, times and dates are written on the page. Source: UI.md, rule 3."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import format_currency, get_currency_symbol

from data.domain.counting import counted
from data.domain.money import MICROS_PER_UNIT, decimal_units, rounded_to_minor
from data.domain.periods import Period

LOCALE = "en"
UNKNOWN = "—"
"""An undefined ratio or an unknown amount; never nan, never 0."""
THIN = "\N{THIN SPACE}"
MOST_AMOUNTS = 4096
"""Written amounts that are kept: most of a page's are the same at the next refresh."""
_STEPS = ((10**3, "k"), (10**6, "M"), (10**9, "B"), (10**12, "T"))
_SHORT_FROM = 10_000
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


@dataclass(frozen=True)
class Money:
    """The tenant's currency, which knows how its amounts are written.

    Attributes:
        currency: ISO 4217 code.
        minor_digits: Decimals of its minor unit.
    """

    currency: str
    minor_digits: int = 2

    def exact(self, amount_micros: int) -> str:
        """Return an amount to the minor unit, as $1,204.00."""
        return _exact(self, amount_micros)

    def full(self, amount_micros: int) -> str:
        """Return an amount with every digit that is kept, as $0.0725; at least the minor unit."""
        units = decimal_units(abs(amount_micros), minor_digits=self.minor_digits)
        symbol = get_currency_symbol(self.currency, locale=LOCALE)
        gap = THIN if symbol.isalpha() else ""
        return f"{'-' if amount_micros < 0 else ''}{symbol}{gap}{units}"

    def short(self, amount_micros: int) -> str:
        """Return an amount in at most four significant digits, as $18.13k; exact is on hover."""
        sign = "-" if amount_micros < 0 else ""
        units = Decimal(abs(amount_micros)) / MICROS_PER_UNIT
        symbol = get_currency_symbol(self.currency, locale=LOCALE)
        gap = THIN if symbol.isalpha() else ""
        return f"{sign}{symbol}{gap}{_four_digits(units, decimals=self.minor_digits)}"


@lru_cache(MOST_AMOUNTS)
def _exact(money: Money, amount_micros: int) -> str:
    rounded = rounded_to_minor(amount_micros, minor_digits=money.minor_digits)
    value = Decimal(rounded) / MICROS_PER_UNIT
    pattern = f"¤#,##0{'.' * bool(money.minor_digits)}{'0' * money.minor_digits}"
    amount = abs(value)
    written = str(format_currency(amount, money.currency, pattern, LOCALE, currency_digits=False))
    symbol = get_currency_symbol(money.currency, locale=LOCALE)
    if symbol.isalpha():
        written = written.replace(symbol, f"{symbol}{THIN}", 1)
    return f"-{written}" if value < 0 else written


def count(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """Return a whole number in at most four significant digits, as 12.35k."""
    return _four_digits(Decimal(number), decimals=0)


def _four_digits(value: Decimal, *, decimals: int) -> str:
    whole = len(str(int(value)))
    plain = _rounded(value, decimals if whole + decimals <= 4 else 0)  # noqa: PLR2004 (digits)
    if plain < _SHORT_FROM:
        return f"{plain:,}"
    for step, suffix in _STEPS:
        scaled = value / step
        nearly = _rounded(scaled, _places(scaled))
        rounded = _rounded(scaled, _places(nearly))  # 99.995 becomes 100.0, not 100.00
        if rounded < 1000:  # noqa: PLR2004 (else the next step)
            return f"{rounded}{suffix}"
    return f"{value:.3E}"


def _places(value: Decimal) -> int:
    """Return how many decimals make four digits."""
    return max(0, 4 - len(str(int(value))))


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def bytes_size(size_bytes: int) -> tuple[str, str]:
    """Return a size in binary units, the number and the unit apart: ("18.4", "GiB")."""
    value, unit = float(size_bytes), _BINARY[0]
    for unit in _BINARY:
        if value < 1024 or unit == _BINARY[-1]:  # noqa: PLR2004 (binary units)
            break
        value /= 1024
    if unit == "B":
        return str(size_bytes), unit
    return (f"{value:.0f}" if value >= 100 else f"{value:.1f}"), unit  # noqa: PLR2004 (digits)


def percent(part: float, whole: float) -> str:
    """Return a share as a whole per cent; unknown without a whole, <1% for what is not nothing."""
    if not whole:
        return UNKNOWN
    share = 100 * part / whole
    return "<1%" if 0 < share < 1 else f"{share:.0f}%"


def ratio(value: float | None) -> str:
    """Return a ratio as per cent with one decimal; unknown where it has no base."""
    return UNKNOWN if value is None else f"{100 * value:.1f} %"


def duration(seconds: float | None) -> str:
    """Return a length of talk: 4,912 h, 12 min, 48 s, or minutes and seconds below an hour."""
    if seconds is None:
        return UNKNOWN
    if seconds >= 36_000:  # noqa: PLR2004 (ten hours)
        return f"{seconds / 3600:,.0f} h"
    if seconds >= 3600:  # noqa: PLR2004
        return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"
    if seconds >= 60:  # noqa: PLR2004
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{seconds:.0f} s"


def day(value: date) -> str:
    """Return a day as 22 Nov."""
    return f"{value.day} {value:%b}"


def day_with_year(value: date) -> str:
    """Return a day as 22 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def span(period: Period, *, today: date) -> str:
    """Return a period as 23 Oct – 22 Nov; years only where they are not today's."""
    if period.first == period.last:
        return day(period.first) if period.first.year == today.year else day_with_year(period.first)
    plain = period.first.year == period.last.year == today.year
    written = day if plain else day_with_year
    return f"{written(period.first)} – {written(period.last)}"


def instant(value: datetime | None) -> str:
    """Return an instant as the machine reads it; the browser makes it relative."""
    return "" if value is None else value.isoformat(timespec="seconds")


def ago(value: datetime | None, now: datetime) -> str:
    """Return how long ago an instant was, for the first paint and for readers without scripts."""
    if value is None:
        return UNKNOWN
    return f"{age(value, now)} ago" if (now - value).total_seconds() >= 1 else "just now"


def age(value: datetime, now: datetime) -> str:
    """Return the time since an instant in its largest whole unit, as 41 min."""
    seconds = max(0, int((now - value).total_seconds()))
    for length, unit in ((86_400, "day"), (3600, "h"), (60, "min")):
        if seconds >= length:
            number = seconds // length
            return counted(number, unit) if unit == "day" else f"{number} {unit}"
    return f"{seconds} s"


class Compared(NamedTuple):
    """A comparison: what it says, and which way it went: up, down, or same within 1 %."""

    text: str
    sense: str


def compared(now: int, before: int, written: Callable[[int], str] = count) -> Compared:
    """Return a comparison of two sums: arrow, absolute, per cent; from zero it is new."""
    if before == 0:
        return Compared("new", "up") if now else Compared("– no change", "same")
    share = (now - before) / abs(before)
    if abs(share) < 0.01:  # noqa: PLR2004 (within 1 % is no change)
        return Compared("– about the same" if now != before else "– no change", "same")
    arrow, sense = ("▲", "up") if share > 0 else ("▼", "down")
    return Compared(f"{arrow} {written(abs(now - before))} ({_whole_percent(share)})", sense)


def _whole_percent(share: float) -> str:
    """Return a change as per cent; far beyond a doubling it is told as so many times."""
    times = abs(share) + 1
    return f"{times:,.0f} times" if share >= 10 else f"{abs(100 * share):.0f}{THIN}%"  # noqa: PLR2004


def compared_ratios(now: float | None, before: float | None) -> Compared:
    """Return a comparison of two rates in percentage points; unknown where either has no base."""
    if now is None or before is None:
        return Compared("", "same")
    points = round(100 * (now - before), 1)
    if points == 0:
        return Compared("– no change", "same")
    arrow, sense = ("▲", "up") if points > 0 else ("▼", "down")
    return Compared(f"{arrow} {abs(points)} pp", sense)
