"""How documents write money, dates, times and what the store calls by a word."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.numbers import format_decimal, get_currency_symbol, parse_pattern

from data.domain.balances import PaymentKind
from data.domain.invoice_document import InvoiceDocument
from data.domain.money import MICROS_PER_UNIT, rounded_to_minor
from data.domain.periods import Period

LOCALE = Locale("en")
MOST_DECIMALS = 6
"""Micros: no exact amount has more."""

BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
BINARY_STEP = 1024

SETTLED_BY = {
    PaymentKind.PAYMENT: "Payment",
    PaymentKind.REVERSAL: "Payment reversed",
    PaymentKind.REFUND: "Refund",
    PaymentKind.CREDIT_NOTE: "Credit note",
    PaymentKind.WRITE_OFF: "Written off",
}


@dataclass(frozen=True)
class Money:
    """The tenant's currency, which knows how its amounts are written.

    Attributes:
        currency: ISO 4217 code.
        minor_digits: Decimals of its minor unit.
    """

    currency: str
    minor_digits: int

    def printed(self, amount_micros: int) -> str:
        """Return an amount to the minor unit with the currency, as £1,204.00."""
        rounded = rounded_to_minor(amount_micros, minor_digits=self.minor_digits)
        symbol = get_currency_symbol(self.currency, locale=LOCALE)
        # CLDR's alphaNextToNumber, which Babel does not carry: letters stand apart from digits.
        gap = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
        value = Decimal(rounded) / MICROS_PER_UNIT
        pattern = parse_pattern(f"¤{gap}{_digits(self.minor_digits)}")
        written = pattern.apply(value, LOCALE, currency=self.currency, currency_digits=False)
        return str(written)

    def plain(self, amount_micros: int) -> str:
        """Return an amount to the minor unit without the currency, as 1,204.00."""
        rounded = rounded_to_minor(amount_micros, minor_digits=self.minor_digits)
        return self.exact(rounded, decimals=self.minor_digits)

    def exact(self, amount_micros: int, *, decimals: int) -> str:
        """Return an amount that so many decimals write without loss, as 1,204.0375."""
        value = Decimal(amount_micros) / MICROS_PER_UNIT
        return format_decimal(value, format=_digits(decimals), locale=LOCALE)

    def decimals_for(self, amounts_micros: list[int]) -> int:
        """Return how many decimals write all of these without loss, at least the minor unit's."""
        for decimals in range(self.minor_digits, MOST_DECIMALS):
            step = int(10 ** (MOST_DECIMALS - decimals))
            if all(amount % step == 0 for amount in amounts_micros):
                return decimals
        return MOST_DECIMALS


def _digits(decimals: int) -> str:
    """Return the pattern of a number with so many decimals. Source: UTS 35, number patterns."""
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def day(value: date) -> str:
    """Return a date that is read the same everywhere, as 5 June 2026."""
    return f"{value.day} {value:%B %Y}"


def days(period: Period) -> str:
    """Return a period with both its ends, as 1 – 31 May 2026."""
    first, last = period.first, period.last
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {day(last)}"
    return f"{day(period.first)} – {day(period.last)}"


def instant(value: datetime, zone: ZoneInfo) -> str:
    """Return an instant on the clocks of a zone, as 5 June 2026 14:05."""
    local = value.astimezone(zone)
    return f"{day(local)} {local:%H:%M}"


def bytes_size(size_bytes: int) -> str:
    """Return a size in binary units, exact to a tenth, as 18.4 GiB."""
    size = Decimal(size_bytes)
    for unit in BINARY_UNITS:
        if size < BINARY_STEP or unit == BINARY_UNITS[-1]:
            break
        size /= BINARY_STEP
    return f"{size:,.0f} {unit}" if unit == BINARY_UNITS[0] else f"{size:,.1f} {unit}"


def duration(seconds: int) -> str:
    """Return a length as hours, minutes and seconds, as 1,204:05:09."""
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    return f"{hours:,}:{rest_min:02}:{rest_s:02}"


def title(document: InvoiceDocument) -> str:
    """Return what the document is, with its number where it has one."""
    if document.is_draft:
        return "Quotation"
    return "Credit note" if document.sums.total_micros < 0 else "Invoice"


def file_stem(document: InvoiceDocument) -> str:
    """Return a name for a file of it without anything that a file system minds."""
    number = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in document.number)
    return f"{title(document).lower().replace(' ', '-')}-{number or document.recipient.custid}"


def country(code: str) -> str:
    """Return the name of a country that an ISO 3166-1 alpha-3 code names; else the code."""
    names = get_global("territory_aliases").get(code, [code])
    return str(LOCALE.territories.get(names[0], code))


def one_line(text: str) -> str:
    """Return a text without line breaks, as titles and headers need it."""
    return " ".join(text.split())
