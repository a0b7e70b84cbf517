"""The parts of a format profile, each a frozen value that checks itself."""

import re
from collections.abc import Iterator
from dataclasses import field, replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict
from pydantic.dataclasses import dataclass

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


Regex = Annotated[str, AfterValidator(_pattern)]
TimeFormatText = Annotated[str, AfterValidator(_time_format)]


class Quoting(StrEnum):
    """How a value that holds the delimiter is written."""

    DOUBLED = "doubled"  # "a ""b"" c"
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
    CENTI = "centi"
    DECI = "deci"
    MIN = "min"
    HMS = "hms"  # HH:MM:SS, MM:SS
    WORDS = "words"  # 1h2m5s, 1m5s, 10s
    PRIME = "prime"  # 00:01'05 and 5'15


class FoldRule(StrEnum):
    """How the legs of one call become one call."""

    LONGEST = "longest"
    FIRST_ANSWERED = "first_answered"
    SUM = "sum"


@dataclass(frozen=True, config=STRICT)
class Condition:
    """A test of one column of a line; every given part must hold.

    Attributes:
        column: Which column.
        is_in: Its value is one of these.
        not_in: Its value is none of these.
        present: It holds something (or nothing).
        matches: A regular expression that the whole value fits.
    """

    column: str
    is_in: tuple[str, ...] | None = None
    not_in: tuple[str, ...] | None = None
    present: bool | None = None
    matches: Regex | None = None


@dataclass(frozen=True, config=STRICT)
class LineRule:
    """Lines that are told by how they begin, whatever their columns.

    Attributes:
        starts: The text that such a line begins with.
        kind: `ignored` is a line of the file that is no call; the others are no lines at all.
        reason: For ignored lines: which rule, in one word.
    """

    starts: str
    kind: Literal["ignored", "header", "comment", "trailer"]
    reason: str = ""


@dataclass(frozen=True, config=STRICT)
class Framing:
    """How the bytes become lines, and lines columns.

    Attributes:
        kind: Delimited, or fixed: columns are slices of the line.
        delimiters: Possible delimiters; where there are several, the file's header decides.
        quoting: How a value that holds the delimiter is written.
        space_after_delimiter: A space follows the delimiter and is no part of the value.
        encoding: The declared encoding; a byte order mark in the file overrules it.
        fallback_encoding: What a line that is not in the declared encoding is read as; empty: it
            is rejected.
        header_lines: Lines before the first record; the first of them names the columns.
        record_starts: Where given, only lines that begin with one of these are records; the
            others are ignored as `not_a_record`.
        lines: Lines told by how they begin.
    """

    kind: Literal["delimited", "fixed"] = "delimited"
    delimiters: tuple[str, ...] = (",",)
    quoting: Quoting = Quoting.DOUBLED
    space_after_delimiter: bool = False
    encoding: str = "utf-8"
    fallback_encoding: str = ""
    header_lines: int = 0
    record_starts: tuple[str, ...] = ()
    lines: tuple[LineRule, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Columns:
    """Which columns there are and where.

    Attributes:
        order: Names by position, for files without a header.
        tails: What may follow `order`, by release or option of the switch.
        names: For files with a header: our name, and what the header may call it. Compared
            without case, and with every run of other characters as one underscore.
        required: Names that the header must have.
        forbidden: Header words whose presence says that this is another format.
        slices: For fixed width: name, first and last character, counted from 1.
        extra: More columns at the end than named are fine.
        shapes: What the whole value of a column looks like; recognises files without a header.
    """

    order: tuple[str, ...] = ()
    tails: tuple[tuple[str, ...], ...] = ((),)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)
    extra: bool = False
    shapes: dict[str, Regex] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """Every name that a field may refer to."""
        tails = (name for tail in self.tails for name in tail)
        return frozenset((*self.order, *tails, *self.names, *self.slices)) - {""}


@dataclass(frozen=True, config=STRICT)
class TimeField:
    """An instant of a call.

    Attributes:
        columns: Where it stands; several are joined by one space (a date and a time).
        formats: How it is written, tried in order; see `ingest.time_format`. Left out, those of
            the whole profile are meant.
        either: Pairs of formats of which only one can be meant (day first or month first): the
            file itself must decide.
        empty: Values that mean that there is no such instant.
        zone: `source` (the source's zone), `utc`, or a name of the IANA database.
    """

    columns: tuple[str, ...]
    formats: tuple[TimeFormatText, ...] = ()
    either: tuple[tuple[TimeFormatText, TimeFormatText], ...] = ()
    empty: tuple[str, ...] = ("",)
    zone: str = "source"


MOMENTS = ("started", "answered", "ended")


@dataclass(frozen=True, config=STRICT)
class Times:
    """The instants of a call.

    Attributes:
        started: When it began; a line without it is rejected.
        answered: When somebody answered.
        ended: When it was released.
        proof: A column that carries the channel's creation as a UTC epoch, which proves the
            file's own offset.
        proof_pattern: Its epoch, as the first group.
        formats: For every instant that gives none.
        either: Likewise.
    """

    started: TimeField
    answered: TimeField | None = None
    ended: TimeField | None = None
    proof: str | None = None
    proof_pattern: Regex = r"^(?:.*-)?(\d{9,10})\.\d+$"
    formats: tuple[TimeFormatText, ...] = ()
    either: tuple[tuple[TimeFormatText, TimeFormatText], ...] = ()

    def __post_init__(self) -> None:
        """Hand the profile's formats to the instants that give none."""
        for name in MOMENTS:
            moment: TimeField | None = getattr(self, name)
            if moment is not None and not moment.formats:
                shared = replace(moment, formats=self.formats, either=moment.either or self.either)
                object.__setattr__(self, name, shared)


@dataclass(frozen=True, config=STRICT)
class DurationField:
    """How long the call was.

    Attributes:
        column: Where it stands.
        unit: What it counts, or how it is written.
        also: Other ways in which values that are not so may be written.
        means: `talk` (answer to release), `ring_and_talk`, or `billed` (already rounded up).
        empty: Values that mean none.
        negative: A value below zero is a code for unanswered; else it is rejected.
    """

    column: str
    unit: DurationUnit = DurationUnit.S
    also: tuple[DurationUnit, ...] = ()
    means: Literal["talk", "ring_and_talk", "billed"] = "talk"
    empty: tuple[str, ...] = ("",)
    negative: Literal["unanswered", "reject"] = "reject"


@dataclass(frozen=True, config=STRICT)
class DispositionField:
    """How the call ended, in the format's words.

    Attributes:
        column: Where it stands.
        words: The format's word (in any case), and ours in lower case.
        other: What any other word means, or `reject`.
    """

    column: str
    words: dict[str, str]
    other: str = "reject"


@dataclass(frozen=True, config=STRICT)
class DirectionField:
    """Which way the call went.

    Attributes:
        fixed: Every call of the format goes this way.
        columns: Else the columns that tell it, joined by a slash.
        words: Their values (in any case), and ours in lower case; any other is unknown.
    """

    fixed: str | None = None
    columns: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class PartyField:
    """A party of the call.

    Attributes:
        column: Where it stands; of several, the first that the file has.
        form: How the number is written there.
        strip: Prefixes that are no part of the number (`Ext.`).
        nobody: Values that mean that there is no number.
    """

    column: str
    form: NumberForm = NumberForm.PLAIN
    strip: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Parties:
    """Who called whom, and who pays.

    Attributes:
        calling: Who called.
        called: Whom.
        billing: The account that the switch wrote down, where it does.
        swapped_when: Directions (ours) in which the file has the two the other way round.
    """

    calling: PartyField
    called: PartyField
    billing: PartyField | None = None
    swapped_when: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Extras:
    """Columns that auth codes can look at, where the format has them."""

    ingress_trunk: str | None = None
    egress_trunk: str | None = None
    service_provider: str | None = None
    from_uri: str | None = None
    to_uri: str | None = None
    source_ip: str | None = None
    target_ip: str | None = None
    disconnect_reason: str | None = None

    def declared(self) -> Iterator[tuple[str, str]]:
        """Yield our name and the column, for each that the format has."""
        for name in EXTRA_NAMES:
            column = getattr(self, name)
            if column is not None:
                yield name, column


EXTRA_NAMES = tuple(Extras.__dataclass_fields__)


@dataclass(frozen=True, config=STRICT)
class Cost:
    """What the upstream carrier charged.

    Attributes:
        column: Where it stands.
        scale: How many of the column's units make one currency unit (100 for cents).
        sign: -1 where charges are written as negative amounts.
    """

    column: str
    scale: int = 1
    sign: Literal[1, -1] = 1


@dataclass(frozen=True, config=STRICT)
class Ignore:
    """Lines that are no billable calls: every condition holds.

    Attributes:
        reason: Which rule, in one word.
        all: The conditions.
    """

    reason: str
    all: tuple[Condition, ...]


@dataclass(frozen=True, config=STRICT)
class Fold:
    """Legs that make one call.

    Attributes:
        columns: What the legs have in common.
        rule: Which leg stands for the call.
    """

    columns: tuple[str, ...]
    rule: FoldRule
