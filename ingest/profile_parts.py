"""What a format's columns mean, each part a frozen value that checks itself."""

import re
from collections.abc import Iterator
from dataclasses import field, replace
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from ingest.profile_values import (
    STRICT,
    Currency,
    DurationUnit,
    FoldRule,
    NumberForm,
    Percent,
    Regex,
    TimeFormatText,
    ZoneForm,
    ZoneText,
)


@dataclass(frozen=True, config=STRICT)
class Condition:
    """A test of one column of a line; every given part must hold.

    Attributes:
        column: Which column.
        is_in: Its value is one of these.
        not_in: Its value is none of these.
        present: It holds something (or nothing).
        matches: A regular expression that the whole value fits.
        unlike: One that the whole value does not fit.
    """

    column: str
    is_in: tuple[str, ...] | None = None
    not_in: tuple[str, ...] | None = None
    present: bool | None = None
    matches: Regex | None = None
    unlike: Regex | None = None


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
        otherwise: Columns to take it from where it is empty.
        zone: `source` (the source's zone), `utc`, or a name of the IANA database.
        zone_column: Where every line says its own zone, which then counts.
        zone_form: How it is written there.
        zone_words: What it says there, and the offset that is meant: PST is -08:00.
    """

    columns: tuple[str, ...]
    formats: tuple[TimeFormatText, ...] = ()
    either: tuple[tuple[TimeFormatText, TimeFormatText], ...] = ()
    empty: tuple[str, ...] = ("",)
    otherwise: tuple[str, ...] = ()
    zone: ZoneText = "source"
    zone_column: str | None = None
    zone_form: ZoneForm = ZoneForm.OFFSET
    zone_words: dict[str, str] = field(default_factory=dict)


PERCENT_DIGITS = 4
"""Decimals of a percentage that make parts per million."""
MOMENTS = ("started", "answered", "ended")
PAIR_COLUMNS = ("answer_moment", "end_moment")


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
        started_is: `end` where the product writes when the call ended: it began its talk time
            earlier.
        head_zone: Found in the file's first lines: the first group is its offset, or the name of
            its zone.
        usual_zone: What the product usually writes, where neither source nor file says.
        formats: For every instant that gives none.
        either: Likewise.
    """

    started: TimeField
    answered: TimeField | None = None
    ended: TimeField | None = None
    proof: str | None = None
    proof_pattern: Regex = r"^(?:.*-)?(\d{9,10})\.\d+$"
    started_is: Literal["start", "end"] = "start"
    head_zone: Regex = ""
    usual_zone: ZoneText = "source"
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
        unit_column: Where every line says its own unit, which then counts.
        unit_words: What it says there, and the unit.
        scale: How many of the column's counts make one unit (100000 where it has five decimals
            and no point).
    """

    column: str
    unit: DurationUnit = DurationUnit.S
    scale: Annotated[int, Field(gt=0)] = 1
    also: tuple[DurationUnit, ...] = ()
    means: Literal["talk", "ring_and_talk", "billed"] = "talk"
    empty: tuple[str, ...] = ("",)
    negative: Literal["unanswered", "reject"] = "reject"
    unit_column: str | None = None
    unit_words: dict[str, DurationUnit] = field(default_factory=dict)


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
class DirectionRule:
    """A way that calls go when every condition holds.

    Attributes:
        way: Ours, in lower case.
        all: The conditions.
    """

    way: str
    all: tuple[Condition, ...]


@dataclass(frozen=True, config=STRICT)
class DirectionField:
    """Which way the call went.

    Attributes:
        fixed: Every call of the format goes this way.
        columns: Else the columns that tell it, joined by a slash.
        words: Their values (in any case), and ours in lower case.
        rules: What the columns do not tell, these do; the first that holds.
        otherwise: What nothing tells.
        of_side: The format says only which side wrote the line: a call between two of the
            source's own numbers is internal whatever it says.
    """

    fixed: str | None = None
    columns: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    rules: tuple[DirectionRule, ...] = ()
    otherwise: str = "unknown"
    of_side: bool = False


@dataclass(frozen=True, config=STRICT)
class PartyField:
    """A party of the call.

    Attributes:
        column: Where it stands; of several, the first that the file has.
        form: How the number is written there.
        strip: Prefixes that are no part of the number (`Ext.`).
        nobody: Values that mean that there is no number.
        pattern: Where given, the number is its first group: what says the kind and the length of
            a number is left out. A value that does not fit it is left as it is.
        length_column: Where every line says how long the number is; the rest of the value fills
            the column up. A line whose length cannot be is rejected.
        number_at: Where in the value the number then stands: at its `start` or its `end`.
    """

    column: str
    form: NumberForm = NumberForm.PLAIN
    strip: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    pattern: Regex = ""
    length_column: str | None = None
    number_at: Literal["start", "end"] = "start"


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
        negative: What an amount below zero is: a `credit`, or a code that leaves it `unknown`.
        decimal: What parts whole units from their fraction.
        currency: What it is in; a cost in another currency than the tenant's is unknown, never
            taken for the tenant's.
        currency_column: Where every line says its own; an empty one is in `currency`, and without
            that unknown.
        included_tax: The percentage of tax that is in it, which is taken off.
    """

    column: str
    scale: Annotated[int, Field(gt=0)] = 1
    sign: Literal[1, -1] = 1
    negative: Literal["credit", "unknown"] = "credit"
    decimal: Literal[".", ","] = "."
    currency: Currency | None = None
    currency_column: str | None = None
    included_tax: Percent = "0"

    @property
    def included_tax_ppm(self) -> int:
        """The tax in it, in parts per million of what is without it."""
        whole, _, fraction = self.included_tax.partition(".")
        return int(whole + fraction.ljust(PERCENT_DIGITS, "0"))


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
class Remark:
    """Calls that are not told in full by their line: every condition holds.

    Attributes:
        says: What a person should know of them, after "3 calls".
        all: The conditions.
    """

    says: str
    all: tuple[Condition, ...]


@dataclass(frozen=True, config=STRICT)
class Fold:
    """Legs that make one call.

    Attributes:
        columns: What the legs have in common.
        rule: Which leg stands for the call.
        apart: An answered leg for which every one of these holds is a call of its own, unless
            another answered leg went to the same number: a call that was passed on is paid twice.
        prefer: Of legs that were answered alike, one for which every one of these holds stands for
            the call.
        either_order: The columns name both sides of a call, each side's line its own first: lines
            belong together that name the same two, in whichever order.
    """

    columns: tuple[str, ...]
    rule: FoldRule
    apart: tuple[Condition, ...] = ()
    prefer: tuple[Condition, ...] = ()
    either_order: bool = False


@dataclass(frozen=True, config=STRICT)
class Counter:
    """A number that the switch raises by one for every line that it writes.

    Attributes:
        column: Where it stands.
        pattern: What the whole value looks like: the first group is the number, a second one the
            node that counts.
        natural_gaps: The product leaves numbers out: what is missing is told by a check only.
    """

    column: str
    pattern: Regex = r"0*(\d+)"
    natural_gaps: bool = False


@dataclass(frozen=True, config=STRICT)
class FileName:
    """What the switch says in the names of its files.

    Attributes:
        pattern: Found in the name: the groups `number` (raised by one for every file), `time`
            (UTC) and, where several nodes count, `stream`.
        time_format: How the time is written, as in strptime.
    """

    pattern: Regex
    time_format: str

    def __post_init__(self) -> None:
        """Refuse a pattern without the groups that are needed."""
        groups = set(re.compile(self.pattern).groupindex)
        if not {"number", "time"} <= groups or groups - {"number", "time", "stream"}:
            raise ValueError("pattern needs the groups number and time, and may have stream")


@dataclass(frozen=True, config=STRICT)
class Pair:
    """Records of one moment each that make a call together: one opens it, one closes it.

    What the others say is added to the opening record, as the columns `answer_moment` and
    `end_moment`; the others are ignored as `joined`. An opening or closing record without its
    other half is ignored as `awaiting_pair`.

    Attributes:
        columns: What the records of a call have in common.
        either_order: Two of them that may be exchanged (the tags of a dialogue).
        moment: The column that says when.
        opens: What makes a record an opening one.
        answers: What makes a record the answer, where there are such.
        closes: What makes a record a closing one.
        alone: Opening records that no other will follow: attempts that failed.
    """

    columns: tuple[str, ...]
    moment: str
    opens: Condition
    closes: Condition
    answers: Condition | None = None
    alone: Condition | None = None
    either_order: tuple[str, str] | None = None
