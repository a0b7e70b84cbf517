"""What a format is: one TOML file read into one frozen profile, every mistake told at once."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from data.domain.errors import SettingsError
from data.domain.records import Direction, Disposition
from ingest.time_format import TimeFormat

BUILT_IN = Path(__file__).parent / "profiles"
STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class ProfileError(SettingsError):
    """A profile contradicts itself or is incomplete; every problem is named."""


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
        formats: How it is written, tried in order; see `ingest.time_format`.
        either: Pairs of formats of which only one can be meant (day first or month first): the
            file itself must decide.
        empty: Values that mean that there is no such instant.
        zone: `source` (the source's zone), `utc`, or a name of the IANA database.
    """

    columns: tuple[str, ...]
    formats: tuple[TimeFormatText, ...]
    either: tuple[tuple[TimeFormatText, TimeFormatText], ...] = ()
    empty: tuple[str, ...] = ("",)
    zone: str = "source"


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
    """

    started: TimeField
    answered: TimeField | None = None
    ended: TimeField | None = None
    proof: str | None = None
    proof_pattern: Regex = r"^(?:.*-)?(\d{9,10})\.\d+$"


@dataclass(frozen=True, config=STRICT)
class DurationField:
    """How long the call was.

    Attributes:
        column: Where it stands.
        unit: What it counts, or how it is written.
        means: `talk` (answer to release), `ring_and_talk`, or `billed` (already rounded up).
        empty: Values that mean none.
        negative: A value below zero is a code for unanswered; else it is rejected.
    """

    column: str
    unit: DurationUnit = DurationUnit.S
    means: Literal["talk", "ring_and_talk", "billed"] = "talk"
    empty: tuple[str, ...] = ("",)
    negative: Literal["unanswered", "reject"] = "reject"


@dataclass(frozen=True, config=STRICT)
class DispositionField:
    """How the call ended, in the format's words.

    Attributes:
        column: Where it stands.
        words: The format's word, and ours in lower case.
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
        words: Their values, and ours in lower case; any other is unknown.
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


@dataclass(frozen=True, config=STRICT)
class FormatProfile:
    """One manufacturer's or carrier's layout.

    Attributes:
        name: Its short name, as the file is called.
        title: What a person calls it.
        source: Where the layout is documented.
        grade: A (source code or vendor's documentation), B (a public parser), C (secondary text).
        confirmed: Seen in a real file, or grade A or B with a sample; else `formats` says
            unconfirmed.
        general: Asked only when no other profile recognises a file.
        answered_when: Besides talk time above zero, what makes a call an answered one.
        identity: Alternatives of columns that make a line unique; the first that the file has is
            used, else the line's content.
    """

    name: str
    title: str
    source: str
    grade: Literal["A", "B", "C"]
    columns: Columns
    times: Times
    parties: Parties
    duration: DurationField | None = None
    framing: Framing = Framing()
    confirmed: bool = True
    general: bool = False
    answered_when: tuple[Condition, ...] = ()
    disposition: DispositionField | None = None
    direction: DirectionField = DirectionField()
    extras: Extras = Extras()
    cost: Cost | None = None
    ignore: tuple[Ignore, ...] = ()
    identity: tuple[tuple[str, ...], ...] = ()
    fold: Fold | None = None

    def looking_at(self, extras: Collection[str]) -> "FormatProfile":
        """Return the profile with only those extra columns that somebody looks at."""
        kept = {name: column for name, column in self.extras.declared() if name in extras}
        return replace(self, extras=Extras(**kept))

    @property
    def used_columns(self) -> frozenset[str]:
        """The columns that a call is made of; no other is read."""
        return frozenset(column for column, _ in _references(self))


def _references(profile: FormatProfile) -> Iterator[tuple[str, str]]:
    """Yield each column that something refers to, and what refers to it."""
    times = profile.times
    for what, moment in (
        ("times.started", times.started),
        ("times.answered", times.answered),
        ("times.ended", times.ended),
    ):
        for column in moment.columns if moment else ():
            yield column, what
    parties = profile.parties
    single = (
        ("times.proof", times.proof),
        ("duration", profile.duration and profile.duration.column),
        ("disposition", profile.disposition and profile.disposition.column),
        ("cost", profile.cost and profile.cost.column),
        ("parties.calling", parties.calling.column),
        ("parties.called", parties.called.column),
        ("parties.billing", parties.billing and parties.billing.column),
    )
    yield from ((column, what) for what, column in single if column)
    for condition in (*profile.answered_when, *(c for rule in profile.ignore for c in rule.all)):
        yield condition.column, "a condition"
    yield from ((column, "direction") for column in profile.direction.columns)
    yield from ((column, f"extras.{name}") for name, column in profile.extras.declared())
    yield from ((column, "identity") for columns in profile.identity for column in columns)
    yield from ((column, "fold") for column in (profile.fold.columns if profile.fold else ()))


def _contradictions(profile: FormatProfile) -> Iterator[str]:
    """Yield what is wrong with a profile whose parts are each well formed."""
    known = profile.columns.known
    yield from _framing_contradictions(profile)
    for column, what in _references(profile):
        if column not in known:
            yield f"{what}: there is no column {column!r}"
    for name in (*profile.columns.required, *profile.columns.shapes):
        if name not in known:
            yield f"columns: there is no column {name!r}"
    yield from _unknown_words(profile)


def _framing_contradictions(profile: FormatProfile) -> Iterator[str]:
    columns, framing = profile.columns, profile.framing
    if sum(bool(way) for way in (columns.order, columns.names, columns.slices)) != 1:
        yield "columns: give exactly one of order, names and slices"
    if (framing.kind == "fixed") != bool(columns.slices):
        yield "columns.slices: fixed width needs them, and only fixed width has them"
    if not columns.names and not columns.shapes:
        yield "columns.shapes: without a header, shapes are what recognises a file"
    if columns.names and framing.header_lines == 0:
        yield "framing.header_lines: columns are named, so there must be a header line"


def _unknown_words(profile: FormatProfile) -> Iterator[str]:
    direction = profile.direction
    fixed = [direction.fixed] if direction.fixed else []
    for word in (*direction.words.values(), *fixed, *profile.parties.swapped_when):
        if word.upper() not in Direction.__members__:
            yield f"direction: {word!r} is not one of {_words(Direction)}"
    if profile.disposition is None:
        return
    other = [profile.disposition.other] if profile.disposition.other != "reject" else []
    for word in (*profile.disposition.words.values(), *other):
        if word.upper() not in Disposition.__members__:
            yield f"disposition: {word!r} is not one of {_words(Disposition)}"


def _words(enum: type[Direction | Disposition]) -> str:
    return ", ".join(name.lower() for name in enum.__members__)


ADAPTER: TypeAdapter[FormatProfile] = TypeAdapter(FormatProfile)


def profile_of(text: str, where: str) -> FormatProfile:
    """Return the profile that a TOML text declares.

    Args:
        text: The TOML.
        where: How to call it in messages.

    Raises:
        ProfileError: Naming everything that is wrong with it.
    """
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError([f"{where}: is not TOML: {error}"]) from None
    try:
        profile = ADAPTER.validate_python(values)
    except ValidationError as error:
        raise ProfileError(
            [f"{where}: {_place(item['loc'])}: {_cleaned(item['msg'])}" for item in error.errors()]
        ) from None
    problems = [f"{where}: {problem}" for problem in _contradictions(profile)]
    if problems:
        raise ProfileError(problems)
    return profile


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) or "profile"


def _cleaned(message: str) -> str:
    return message.removeprefix("Value error, ")


def profiles(extra_folder: Path | None = None) -> tuple[FormatProfile, ...]:
    """Return every profile, built in and the user's own, by name.

    A profile of the user's with the name of a built-in one takes its place.

    Raises:
        ProfileError: Naming everything that is wrong in any of them.
    """
    found: dict[str, FormatProfile] = {}
    problems: list[str] = []
    for folder in (BUILT_IN, *([extra_folder] if extra_folder else [])):
        for path in sorted(folder.glob("*.toml")):
            try:
                profile = profile_of(path.read_text("utf-8"), path.name)
            except ProfileError as error:
                problems.extend(error.problems)
            else:
                found[profile.name] = profile
    if problems:
        raise ProfileError(problems)
    return tuple(found[name] for name in sorted(found))
