"""How the cells of a panel are written: the tenant's clocks and currency, unknown as a dash."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from data.domain.columns import YES_NO, Column, ColumnKind, word_text
from layouts import text

NUMBERS = (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.SECONDS)


@dataclass(frozen=True)
class Writing:
    """How the cells of a grid are written: the tenant's zone and currency."""

    zone: ZoneInfo
    money: text.Money

    def instant(self, value: datetime) -> str:
        """Return an instant by the tenant's clocks."""
        return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def cell(self, column: Column, value: Any) -> str:  # noqa: ANN401 (a row's value)
        """Return what stands in a cell; an unknown value is a dash."""
        if value is None:
            return text.UNKNOWN if column.kind in NUMBERS else ""
        if column.kind is ColumnKind.MONEY:
            return self.money.exact(value)
        if column.kind is ColumnKind.SECONDS:
            return text.duration(value / column.scale)
        if column.kind is ColumnKind.NUMBER:
            return text.count(value) if column.name not in ("id", "line") else str(value)
        return self._words(column, value)

    def _words(self, column: Column, value: Any) -> str:  # noqa: ANN401 (a row's value)
        if column.kind is ColumnKind.FLAG:
            return YES_NO[value]
        if isinstance(value, Enum):
            return word_text(value)
        if isinstance(value, datetime):
            return self.instant(value)
        if isinstance(value, date):
            return value.isoformat()
        return str(value)
