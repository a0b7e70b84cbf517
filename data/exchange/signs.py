"""Which currency the amounts of a file are in: the sign or code beside them, against the books'."""

import re
from collections.abc import Collection, Iterable

from data.exchange.tables import CellRefused, Row, unusable

DOLLARS = (
    "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MOP MXN NAD NIO "
    "NZD SBD SGD SRD TOP TTD TWD USD UYU XCD"
)
SIGNS = {
    "$": frozenset(DOLLARS.split()),
    "£": frozenset(["EGP", "FKP", "GBP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"]),
    "¥": frozenset(("CNY", "JPY")),
    "€": frozenset(("EUR",)),
    "₹": frozenset(("INR",)),
    "₽": frozenset(("RUB",)),
    "₺": frozenset(("TRY",)),
    "₩": frozenset(("KPW", "KRW")),
    "₦": frozenset(("NGN",)),
    "₱": frozenset(("CUP", "PHP")),
    "₪": frozenset(("ILS",)),
    "₫": frozenset(("VND",)),
    "₴": frozenset(("UAH",)),
}
"""The currencies that are written with a sign. Source: Unicode CLDR, narrow currency symbols."""
_SIGN = re.compile(f"[{re.escape(''.join(SIGNS))}]")
_CODE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")


def is_in(mark: str, currency: str) -> bool:
    """Tell whether a sign or a code can mean a currency: `$` means all that are written so.

    Args:
        mark: `$`, `USD`, `usd`.
        currency: A code of ISO 4217.
    """
    return currency in SIGNS.get(mark, (mark.upper(),))


def marks(text: str) -> list[str]:
    """Return the signs and the codes of currencies in a cell, as they are written there."""
    codes = (found for found in _CODE.findall(text) if is_code(found))
    return [*_SIGN.findall(text), *codes]


def check_currency(named: Iterable[str], currency: str) -> None:
    """Check that signs and codes can mean the books' currency.

    Raises:
        CellRefused: One of them is another currency's.
    """
    for mark in named:
        if not is_in(mark, currency):
            raise CellRefused(f"the prices are in {mark}, the books are in {currency}")


def currency_checked(file: str, rows: Iterable[Row], column: str, currency: str) -> None:
    """Check what a column says that the prices of each row are in; empty: nothing.

    Raises:
        ImportRefused: A row is in another currency.
    """
    for row in rows:
        try:
            check_currency(filter(None, (row[column],)), currency)
        except CellRefused as refused:
            raise unusable(file, row.line, str(refused)) from None


def unmarked(text: str, what: str, currency: str) -> str:
    """Return an amount as written, without the signs and codes of the books' currency.

    Args:
        text: As written: 12.50, $12.50, 12.50 USD.
        what: The column, for the refusal.
        currency: Of the books.

    Raises:
        CellRefused: It is in another one.
    """
    for mark in marks(text):
        if not is_in(mark, currency):
            raise CellRefused(f"{what} {text!r} is in {mark}, the books are in {currency}")
        text = text.replace(mark, "")
    return text.strip()


def row_unmarked(row: Row, columns: Collection[str], currency: str) -> Row:
    """Return a row whose amounts stand without the books' currency.

    Raises:
        CellRefused: One of them is in another currency.
    """
    written = {name: row[name] for name in columns if row[name]}
    plain = {name: unmarked(text, name, currency) for name, text in written.items()}
    return Row(row.line, {**row.cells, **plain})


def rows_unmarked(
    file: str, rows: Iterable[Row], columns: Collection[str], currency: str
) -> list[Row]:
    """Return the rows of a file of prices, which stand without the books' currency.

    Raises:
        ImportRefused: One is in another currency, so what those without a sign are in is uncertain.
    """
    found: list[Row] = []
    for row in rows:
        try:
            found.append(row_unmarked(row, columns, currency))
        except CellRefused as refused:
            raise unusable(file, row.line, str(refused)) from None
    return found


def is_code(word: str) -> bool:
    """Tell whether a word, upper case or lower, is the code of a currency in ISO 4217."""
    from iso4217 import Currency  # noqa: PLC0415 (reads the list; few files name a currency)

    try:
        return Currency(word.upper()).exponent is not None
    except ValueError:
        return False
