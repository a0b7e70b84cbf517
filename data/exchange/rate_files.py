"""A rate table as a file that an import takes: what is stored, to look at, to change, to keep.

Rates with a price per minute are a deck with a header; those with prices by time of day, or a
markup on the provider's cost, are CDR2Cloud's 20 columns.
"""

import csv
import io
from collections.abc import Callable, Sequence

from data.domain.errors import Refused
from data.domain.money import decimal_units
from data.domain.rating import ALWAYS, Rate
from data.exchange.cdr2cloud_rates import COLUMNS
from data.exchange.deck_columns import DeckColumn


def _price(micros: int | None) -> str:
    return "" if micros is None else decimal_units(micros)


def _day(rate: Rate) -> str:
    return "" if rate.effective_from == ALWAYS else rate.effective_from.isoformat()


DECK: dict[DeckColumn, Callable[[Rate], str]] = {
    DeckColumn.PREFIX: lambda rate: rate.pattern,
    DeckColumn.DESTINATION: lambda rate: rate.destination,
    DeckColumn.PRICE: lambda rate: _price(rate.per_minute_micros),
    DeckColumn.INITIAL: lambda rate: str(rate.initial_s),
    DeckColumn.INCREMENT: lambda rate: str(rate.increment_s),
    DeckColumn.CONNECTION: lambda rate: _price(rate.connection_micros),
    DeckColumn.MAXIMUM: lambda rate: _price(rate.maximum_micros),
    DeckColumn.BLOCKED: lambda rate: str(int(rate.blocked)),
    DeckColumn.GROUP: lambda rate: rate.group_value,
    DeckColumn.EFFECTIVE: _day,
}
BANDS = ("day_", "evening_", "night_", "weekend_")


def rates_text(table: str, rates: Sequence[Rate]) -> str:
    """Return the rates of a table as the text of a file; imported into it, it changes nothing.

    Args:
        table: Its name, for the refusal.
        rates: Those that are not replaced.

    Raises:
        Refused: No one file says all of them.
    """
    written = io.StringIO(newline="")
    if all(map(_fits_deck, rates)):
        dated = any(rate.effective_from != ALWAYS for rate in rates)
        columns = [each for each in DECK if dated or each is not DeckColumn.EFFECTIVE]
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([DECK[column](rate) for column in columns] for rate in rates)
    elif all(map(_fits_cdr2cloud, rates)):
        writer = csv.writer(written, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(_cdr2cloud, rates))
    else:
        raise Refused(
            f"{table} has both rates by time of day or with a markup and rates that begin on a day "
            "or are of an override value; no one file that an import takes says all of them."
        )
    return written.getvalue()


def _fits_deck(rate: Rate) -> bool:
    priced = rate.per_minute_micros is not None or rate.blocked
    return priced and not _has_bands(rate) and not rate.markup_ppm and not rate.compensation_micros


def _fits_cdr2cloud(rate: Rate) -> bool:
    always = rate.effective_from == ALWAYS and not rate.group_value
    return always and rate.per_minute_micros is None


def _has_bands(rate: Rate) -> bool:
    bands = (value for name, value in vars(rate).items() if name.startswith(BANDS))
    return any(value is not None for value in bands)


def _cdr2cloud(rate: Rate) -> list[str]:
    return [
        rate.pattern,
        rate.destination,
        str(rate.initial_s),
        str(rate.increment_s),
        _minute(rate.day_start_min),
        _price(rate.day_initial_micros),
        _price(rate.day_increment_micros),
        _minute(rate.evening_start_min),
        _price(rate.evening_initial_micros),
        _price(rate.evening_increment_micros),
        _minute(rate.night_start_min),
        _price(rate.night_initial_micros),
        _price(rate.night_increment_micros),
        _price(rate.weekend_initial_micros),
        _price(rate.weekend_increment_micros),
        str(int(rate.blocked)),
        _price(rate.connection_micros),
        _price(rate.compensation_micros),
        _price(rate.maximum_micros),
        "" if rate.markup_ppm is None else decimal_units(rate.markup_ppm * 100, minor_digits=0),
    ]


def _minute(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"
