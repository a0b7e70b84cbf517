"""Rate decks with a header: prefix, destination, price per minute, increments, fee, date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from data.domain.rating import ALWAYS, Rate
from data.exchange.cells import (
    DayOrder,
    day_order,
    first_day,
    length_s,
    prefixes,
    price,
    whole,
    yes,
)
from data.exchange.decimal_marks import row_pointed
from data.exchange.deck_columns import DeckColumn, DeckColumns
from data.exchange.override_values import override_values
from data.exchange.tables import CellRefused, Refusals, Row

MINUTE = re.compile(r"(per|/|1)?\s*min(ute)?s?\.?", re.IGNORECASE)
INCREMENTS = re.compile(r"(\d{1,4})\s*[/:+\-\\]\s*(\d{1,4})")


@dataclass(frozen=True)
class Deck:
    """How one deck is read.

    Attributes:
        columns: Where it keeps what.
        marks: How the decimals begin in its columns of amounts.
        order: What its dates prove about 01/06/2026.
    """

    columns: DeckColumns
    marks: Mapping[str, str]
    order: DayOrder | None = None

    def text(self, row: Row, column: DeckColumn) -> str:
        """Return a cell by its meaning; empty where the deck has no such column."""
        name = self.columns.names.get(column)
        return "" if name is None else row[name]


def deck_rates(deck: Deck, rows: list[Row], refusals: Refusals) -> list[tuple[int, Rate]]:
    """Return the rates of a deck with their lines; rows that cannot be taken are refused."""
    found: list[tuple[int, Rate]] = []
    for row in rows:
        try:
            rates = _rates(deck, row_pointed(row, deck.marks))
        except CellRefused as refused:
            refusals.add(row.line, str(refused))
            continue
        found += [(row.line, rate) for rate in rates]
    return found


def ordered(deck: Deck, rows: list[Row]) -> Deck:
    """Return the deck with what its dates prove about their order."""
    return replace(deck, order=day_order(deck.text(row, DeckColumn.EFFECTIVE) for row in rows))


def _rates(deck: Deck, row: Row) -> list[Rate]:
    _refuse_unsupported(deck, row)
    patterns = prefixes(deck.text(row, DeckColumn.PREFIX))
    blocked = yes(deck.text(row, DeckColumn.BLOCKED), "blocked")
    cost = deck.text(row, DeckColumn.PRICE)
    if not cost and not blocked:
        raise CellRefused("the price per minute is empty; write 0 for a free destination")
    if cost:
        _check_per_minute(deck, row)
    initial_s, increment_s = _lengths(deck, row)
    effective = deck.text(row, DeckColumn.EFFECTIVE)
    return [
        Rate(
            pattern=pattern,
            effective_from=first_day(effective, "effective date", deck.order)
            if effective
            else ALWAYS,
            destination=deck.text(row, DeckColumn.DESTINATION),
            initial_s=initial_s,
            increment_s=increment_s,
            per_minute_micros=price(cost, "price") if cost else None,
            connection_micros=_optional(deck, row, DeckColumn.CONNECTION),
            maximum_micros=_optional(deck, row, DeckColumn.MAXIMUM),
            blocked=blocked,
            group_value=group,
        )
        for pattern in patterns
        for group in override_values(deck.text(row, DeckColumn.GROUP)) or ("",)
    ]


def _refuse_unsupported(deck: Deck, row: Row) -> None:
    grace = deck.text(row, DeckColumn.GRACE)
    if grace and whole(grace, "grace time"):
        raise CellRefused(f"grace time {grace!r}: free first seconds are not supported")
    if deck.text(row, DeckColumn.EXPIRES):
        raise CellRefused("an expiry date is not supported; import the following rate instead")


def _check_per_minute(deck: Deck, row: Row) -> None:
    name = deck.columns.names.get(DeckColumn.PER)
    if name is not None and not MINUTE.fullmatch(row[name]):
        raise CellRefused(
            f"{name} {row[name]!r} is what the price is of; write the price of a minute and "
            f"'minute' here, or leave the column {name} out if the prices are of a minute"
        )


def _optional(deck: Deck, row: Row, column: DeckColumn) -> int:
    text = deck.text(row, column)
    return price(text, str(column)) if text else 0


def _lengths(deck: Deck, row: Row) -> tuple[int, int]:
    """Return initial and increment seconds; a deck that gives none is billed by the second."""
    initial = deck.text(row, DeckColumn.INITIAL)
    increment = deck.text(row, DeckColumn.INCREMENT)
    both = deck.text(row, DeckColumn.INCREMENTS) or increment
    match = INCREMENTS.fullmatch(both)
    if match is not None:
        initial, increment = match[1], match[2]
    elif not increment:
        increment = both
    initial_s = length_s(initial, "initial increment") if initial else 0
    increment_s = length_s(increment, "increment", least=1) if increment else 1
    return initial_s, increment_s
