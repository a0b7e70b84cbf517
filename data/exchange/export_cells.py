"""What a row's values are in a file: for people in their zone and units, for programs exact."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from data.domain.columns import YES_NO, Column, ColumnKind, word_text
from data.domain.formulas import harmless
from data.domain.money import decimal_units
from data.domain.panel_rows import PanelRow
from data.domain.panels import PanelPlan

Value = str | int | Decimal | date | datetime | None
Reader = Callable[[PanelRow], Any]
"""Takes one cell from a row."""
CALL_KEY = "call_key"
"""64 bits, which spreadsheets round: the call's name as text goes in its place."""
_MACHINE_UNITS = {"_micros": "", "_ms": "_s"}
_MS_PER_S = 1_000


@dataclass(frozen=True)
class Style:
    """How values are written.

    Attributes:
        zone: The tenant's zone, for people.
        minor_digits: Decimals of the currency.
    """

    zone: ZoneInfo
    minor_digits: int

    def money(self, micros: int) -> str:
        """Return an amount in currency units, no digit lost."""
        return decimal_units(micros, minor_digits=self.minor_digits)

    def exact(self, micros: int) -> Decimal:
        """Return an amount in currency units as a number, with the currency's decimals."""
        return Decimal(self.money(micros))

    def local(self, instant: datetime) -> datetime:
        """Return an instant on the tenant's clock, without a zone, as spreadsheets have it."""
        return instant.astimezone(self.zone).replace(tzinfo=None)


def captions(plan: PanelPlan) -> list[str]:
    """Return the headings that people read."""
    return ["Call" if column.name == CALL_KEY else column.caption for column in plan.columns]


def machine_names(plan: PanelPlan) -> list[str]:
    """Return the headings that programs read: money in currency units, times in seconds."""
    return [_machine_name(column.name) for column in plan.columns]


def _machine_name(name: str) -> str:
    if name == CALL_KEY:
        return "call"
    for suffix, unit in _MACHINE_UNITS.items():
        if name.endswith(suffix):
            return name.removesuffix(suffix) + unit
    return name


def texts(plan: PanelPlan, style: Style) -> list[Reader]:
    """Return what takes each cell of a row as text for people; blanks are empty.

    What came from outside is never a formula; our own numbers may be negative.
    """
    writers = _for_people(style) | {ColumnKind.TEXT: harmless}
    return [_reader(column, writers, blank="") for column in plan.columns]


def number_value(column: Column, style: Style, value: int) -> Value:
    """Return a total of a column as a number, in the unit that people use."""
    writers: dict[ColumnKind, Callable[[Any], Any]] = {
        ColumnKind.MONEY: style.exact,
        ColumnKind.SECONDS: lambda seconds: seconds,
        ColumnKind.NUMBER: int,
    }
    written: Value = _writer(column, writers)(value)
    return written


def _for_people(style: Style) -> dict[ColumnKind, Callable[[Any], Any]]:
    return {
        ColumnKind.INSTANT: lambda value: style.local(value).isoformat(" ", "seconds"),
        ColumnKind.MONEY: style.money,
    }


def machine_texts(plan: PanelPlan, style: Style) -> list[Reader]:
    """Return what takes each cell as text for programs; instants are ISO 8601 UTC."""
    writers: dict[ColumnKind, Callable[[Any], Any]] = {
        ColumnKind.INSTANT: lambda value: (
            value.astimezone(UTC).isoformat("T", "milliseconds").replace("+00:00", "Z")
        ),
        ColumnKind.MONEY: style.money,
    }
    return [_reader(column, writers, blank="") for column in plan.columns]


def values(plan: PanelPlan, style: Style) -> list[Reader]:
    """Return what takes each cell as a typed value; blanks are None."""
    writers: dict[ColumnKind, Callable[[Any], Any]] = {
        ColumnKind.INSTANT: style.local,
        ColumnKind.MONEY: lambda value: Decimal(value) / 1_000_000,
        ColumnKind.SECONDS: lambda value: value,
        ColumnKind.NUMBER: lambda value: value,
        ColumnKind.DAY: lambda value: value,
    }
    return [_reader(column, writers, blank=None) for column in plan.columns]


def _reader(
    column: Column,
    writers: dict[ColumnKind, Callable[[Any], Any]],
    *,
    blank: str | None,
) -> Reader:
    if column.name == CALL_KEY:
        return attrgetter("call_id")
    write = _writer(column, writers)
    take = attrgetter(column.name)

    def read(row: PanelRow) -> Value:
        value = take(row)
        cell: Value = blank if value is None else write(value)
        return cell

    return read


def _writer(
    column: Column, writers: dict[ColumnKind, Callable[[Any], Any]]
) -> Callable[[Any], Any]:
    write = writers.get(column.kind) or _PLAIN[column.kind]
    return _exact_seconds(write) if column.name.endswith("_ms") else write


def _exact_seconds(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a writer of milliseconds as seconds, whole ones without decimals."""

    def written(value: int) -> Value:
        whole, rest = divmod(value, _MS_PER_S)
        seconds: Value = write(Decimal(value) / _MS_PER_S if rest else whole)
        return seconds

    return written


_PLAIN: dict[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.TEXT: str,
    ColumnKind.NUMBER: str,
    ColumnKind.SECONDS: str,
    ColumnKind.DAY: str,
    ColumnKind.WORD: word_text,
    ColumnKind.FLAG: YES_NO.__getitem__,
}
"""How a kind is written where nothing else is said."""
