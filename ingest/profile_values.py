"""The kinds of values that a profile may hold, and their words."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict

from data.domain.zones import zone_names
from ingest.time_format import TimeFormat

STRICT = ConfigDict(extra="forbid")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return text


def _time_format(text: str) -> str:
    TimeFormat.of(text)
    return text


def _zone_name(name: str) -> str:
    if name not in ("source", "utc") and name not in zone_names():
        raise ValueError(f"{name!r} is not source, utc or a zone of the IANA database")
    return name


def _percent(text: str) -> str:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text):
        raise ValueError(f'{text!r} is not a percentage, as in "20" or "8.875"')
    return text


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise ValueError(f"{text!r} is not a currency's three letters (ISO 4217)")
    return text


def _letter(text: str) -> str:
    if len(text) != 1 or not text.isascii() or not text.isprintable():
        raise ValueError(f"{text!r} is not one ASCII character")
    return text


Currency = Annotated[str, AfterValidator(_currency)]
Percent = Annotated[str, AfterValidator(_percent)]
Letter = Annotated[str, AfterValidator(_letter)]
Regex = Annotated[str, AfterValidator(_pattern)]
TimeFormatText = Annotated[str, AfterValidator(_time_format)]
ZoneText = Annotated[str, AfterValidator(_zone_name)]


class Quoting(StrEnum):
    """How a value that holds the delimiter is written."""

    DOUBLED = "doubled"  # "a ""b"" c", and a value may go on after its closing quote: "a" <1>
    UNESCAPED = "unescaped"  # "a "b" c": between quotes, and quotes inside left as they are
    BACKSLASH = "backslash"  # a\,b: no quotes at all
    NONE = "none"  # quotes are letters like any other


class NumberForm(StrEnum):
    """How a column holds a telephone number."""

    PLAIN = "plain"
    ANGLE = "angle"  # "Name" <number>
    SIP_URI = "sip_uri"  # <sip:number@host;user=phone>;tag=x


class DurationUnit(StrEnum):
    """What a duration column counts, or how it is written."""

    S = "s"
    MS = "ms"
    NS = "ns"  # eight digits and more: as seconds they were months, and fewer are no call
    CENTI = "centi"
    DECI = "deci"
    MIN = "min"
    SIX_S = "6s"  # six seconds: tenths of a minute
    HOURS = "h"
    DAYS = "days"  # what a spreadsheet keeps of a time of day
    HMS = "hms"  # HH:MM:SS, MM:SS
    HHMMSS = "hhmmss"  # 010305
    HMMT = "hmmt"  # hours, minutes, tenths of a minute: 1034
    WORDS = "words"  # 1h2m5s, 1m5s, 10s, 500ms, 1 hour 2 minutes, 2 mins 5 secs
    PRIME = "prime"  # 00:01'05 and 5'15


class ZoneForm(StrEnum):
    """How a line says its own zone."""

    OFFSET = "offset"  # +02:00, +0200, GMT-06:00-Central: hours and minutes ahead of UTC
    MINUTES_WEST = "minutes_west"  # 360 is six hours behind UTC
    NAME = "name"  # Europe/Paris


class FoldRule(StrEnum):
    """How the legs of one call become one call."""

    LONGEST = "longest"
    FIRST_ANSWERED = "first_answered"
    SUM = "sum"
