"""Which column of a rate deck is what: the many names that vendors give the same thing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.exchange.signs import SIGNS, is_code, marks
from data.exchange.tables import CellRefused


class DeckColumn(StrEnum):
    """What a column of a rate deck means."""

    PREFIX = "prefix"
    DESTINATION = "destination"
    PRICE = "price per minute"
    PER = "unit of the price"
    INITIAL = "initial seconds"
    INCREMENT = "increment seconds"
    INCREMENTS = "increments"
    CONNECTION = "connection fee"
    EFFECTIVE = "effective date"
    EXPIRES = "expiry date"
    GRACE = "grace time"
    BLOCKED = "blocked"
    MAXIMUM = "maximum"
    GROUP = "group"
    CURRENCY = "currency"


AMOUNTS = (DeckColumn.PRICE, DeckColumn.CONNECTION, DeckColumn.MAXIMUM)
"""The columns that are money."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


NAMES: dict[DeckColumn, frozenset[str]] = {
    DeckColumn.PREFIX: _names(
        "prefix|prefixes|code|codes|dial code|dial codes|dialcode|dialing code|dialling code|"
        "dial prefix|pattern|country code|area code|destination code|destination prefix|breakout|"
        "dialed prefix|number prefix|code prefix|prefix code|full code|e164|e 164|"
        "country codes|country prefix|area codes|area prefix|area prefixes|destination codes|"
        "destination prefixes|dialing codes|dialling codes|dial prefixes|breakouts|patterns|"
        "city code|city codes|region code|region codes|network code|network codes|"
        "operator code|operator codes|national code|national codes|ndc|npa|npa nxx"
    ),
    DeckColumn.DESTINATION: _names(
        "destination|destination name|description|name|country|location|region|route|zone|"
        "country name|destination description|code name|dest|dest name|network"
    ),
    DeckColumn.PRICE: _names(
        "rate|price|cost|charge|price per minute|rate per minute|cost per minute|tariff|"
        "charge per minute|price minute|rate minute|cost minute|price min|rate min|cost min|"
        "per minute|per min|price per min|rate per min|cost per min|call rate|sell rate|"
        "sell price|selling rate|buy rate|buy price|minute price|minute rate|new rate|"
        "current rate|per minute rate|per minute price|min rate|price 1 min|rate 1 min"
    ),
    DeckColumn.PER: _names(
        "unit|units|per|per unit|price unit|price units|price per|rate unit|rate units|rate per|"
        "cost unit|cost per|charge unit|charge per|charging unit|billing unit|billing units|"
        "rating unit|tariff unit|pricing unit|time unit|unit of measure|uom|rate basis|price basis"
    ),
    DeckColumn.INITIAL: _names(
        "initial|initial increment|initial interval|first interval|first increment|interval 1|"
        "minimum|min duration|minimum duration|minimum seconds|min time|initial block|"
        "initial period|initial seconds|first period|minimum charge seconds|min increment|"
        "initial len|init"
    ),
    DeckColumn.INCREMENT: _names(
        "increment|interval|interval n|interval 2|next interval|next increment|subsequent|"
        "subsequent increment|subsequent interval|sub increment|billing increment|"
        "additional increment|additional block|increment seconds|second interval|next"
    ),
    DeckColumn.INCREMENTS: _names(
        "increments|billing increments|billing|rounding|intervals|billing terms|billing interval|"
        "min inc|billing cycle|charging interval"
    ),
    DeckColumn.CONNECTION: _names(
        "connection fee|connect fee|connectfee|connection cost|connection charge|connect charge|"
        "connectioncharge|connect cost|setup fee|set up fee|setup|setup charge|call setup|"
        "call setup fee|flagfall|flag fall|connection|fixed fee|per call|surcharge"
    ),
    DeckColumn.EFFECTIVE: _names(
        "effective date|effective|effective from|valid from|start date|from date|starts|"
        "date from|activation date|effectivedate|begin date|from"
    ),
    DeckColumn.EXPIRES: _names(
        "expiry date|expiry|expires|end date|valid to|valid until|to date|date to|"
        "expiration date|ends"
    ),
    DeckColumn.GRACE: frozenset(("grace time", "grace", "grace period", "free seconds")),
    DeckColumn.BLOCKED: frozenset(("blocked", "block", "barred", "closed")),
    DeckColumn.MAXIMUM: frozenset(("maximum", "max", "max charge", "maxcost", "max cost", "cap")),
    DeckColumn.GROUP: frozenset(("group", "override", "override value", "rate group")),
    DeckColumn.CURRENCY: frozenset(("currency", "currency code", "ccy", "curr", "iso currency")),
}
CURRENCY = re.compile(r"\(([A-Z]{3})\)|\b(USD|EUR|GBP|CAD|AUD|CHF|JPY|INR|NZD|ZAR|SEK|NOK|DKK)\b")


@dataclass(frozen=True)
class DeckColumns:
    """Where a deck keeps what.

    Attributes:
        names: The header's own name of each column that is used.
        unused: Header names that mean nothing here.
    """

    names: dict[DeckColumn, str]
    unused: tuple[str, ...]

    @property
    def amounts(self) -> list[str]:
        """The header's names of the columns that are money."""
        return [self.names[column] for column in AMOUNTS if column in self.names]

    @property
    def currencies(self) -> list[str]:
        """What the headers of those columns say that they are in: codes and signs."""
        found = [match for name in self.amounts for match in CURRENCY.finditer(name)]
        codes = [word for match in found if is_code(word := match[1] or match[2])]
        signs = [mark for name in self.amounts for mark in marks(name) if mark in SIGNS]
        return [*codes, *signs]


def deck_columns(header: Sequence[str]) -> DeckColumns:
    """Return what each column of a deck's header means.

    Raises:
        CellRefused: The prefix or the price is missing, or two columns claim to be the same.
    """
    claims: dict[DeckColumn, list[str]] = {}
    unused: list[str] = []
    for name in header:
        meaning = _meaning(name)
        if meaning is None:
            unused.append(name)
        else:
            claims.setdefault(meaning, []).append(name)
    _prefer_destination(claims, unused)
    for meaning, names in claims.items():
        if len(names) > 1:
            keep = "one that has the whole of it" if meaning is DeckColumn.PREFIX else "one"
            raise CellRefused(f"two columns can be the {meaning}: {', '.join(names)}; keep {keep}")
    if header and re.fullmatch(r"\+?\d+", header[0]):
        raise CellRefused(
            f"{', '.join(header)} is no header: put a line above it that names the columns, "
            "such as: prefix,destination,price per minute"
        )
    for needed in (DeckColumn.PREFIX, DeckColumn.PRICE):
        if needed not in claims:
            raise CellRefused(
                f"no column is the {needed}; the header has {', '.join(header)}. "
                "A deck needs a header such as: prefix,destination,price per minute"
            )
    found = {meaning: names[0] for meaning, names in claims.items()}
    return DeckColumns(found, tuple(unused))


def _meaning(name: str) -> DeckColumn | None:
    plain = re.sub(r"[^a-z0-9]+", " ", CURRENCY.sub(" ", name).lower()).strip()
    return next((meaning for meaning, names in NAMES.items() if plain in names), None)


def _prefer_destination(claims: dict[DeckColumn, list[str]], unused: list[str]) -> None:
    """Of several columns that name the place, keep the finest: a destination before a country."""
    places = claims.get(DeckColumn.DESTINATION, [])
    if len(places) > 1:
        finest = next((name for name in places if "dest" in name.lower()), places[-1])
        unused += [name for name in places if name != finest]
        claims[DeckColumn.DESTINATION] = [finest]
