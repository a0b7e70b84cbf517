"""What is asked of reading processes, and what they answer; nothing heavy loads with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.domain.halves import NOWHERE, Elsewhere
from data.domain.numbers import NumberPlan
from data.domain.own_numbers import OwnNumbers
from data.domain.sequences import Run

if TYPE_CHECKING:  # only the readers need what these need
    from data.domain.matching import Rules
    from ingest.profile_values import FoldRule


@dataclass(frozen=True)
class Question:
    """What is this file, and how is it to be read?

    Attributes:
        plain: The file, not compressed.
        profiles: The folder of the user's own profiles, if any.
        profile: The one that its source names; none: any may be it.
        source_name: Its source's; none: the profile's.
        timezone: Its source's zone; none: what the file proves, else the tenant's.
        tenant_zone: The tenant's.
        number_plan: How its source writes numbers.
        own_numbers: Which numbers are its source's own.
        name: What the file is called, as delivered.
        latest: No moment in it is after this day.
        currency: The tenant's.
        fields: The fields of a call that some auth code looks at.
        span: Offsets of the part that is read, for a growing file; none: all of it.
    """

    plain: Path
    profiles: Path | None
    profile: str | None
    source_name: str | None
    timezone: str | None
    tenant_zone: ZoneInfo
    number_plan: NumberPlan
    own_numbers: OwnNumbers
    name: str
    latest: date
    currency: str
    fields: frozenset[str]
    span: tuple[int, int] | None


@dataclass(frozen=True)
class Recognition:
    """The answer to a question.

    Attributes:
        profile: The format's name.
        fold: How legs become one call; none: they do not.
        has_legs: Its first lines have what joins legs.
        source_name: Part of every call's key.
        timezone: What its local times mean, as text.
        source: What its source says, for the readers.
        segments: Its parts, in order, for the readers.
        declared: How many lines its trailer says that it has; none: nothing does.
        numbered: What its name says of the counter of files; none: nothing.
    """

    profile: str
    fold: "FoldRule | None"
    has_legs: bool
    source_name: str
    timezone: str
    source: bytes
    segments: Sequence[bytes]
    numbered: Run | None = None
    declared: int | None = None


@dataclass(frozen=True)
class Begin:
    """The order to begin a file: for this source, by these rules."""

    source: bytes
    rules: "Rules"


@dataclass(frozen=True)
class Part:
    """The order to read one part.

    Attributes:
        segment: Where it is.
        number: Its place among the parts.
        talk_ms: Talk times that the whole file gives to some of its lines, by line of the part.
        elsewhere: What other files of the source hold, where records are joined into calls.
    """

    segment: bytes
    number: int
    talk_ms: Mapping[int, int] = field(default_factory=dict)
    elsewhere: Elsewhere = NOWHERE


@dataclass(frozen=True)
class Group:
    """The order to read some parts that follow one another, and to stage them together.

    Attributes:
        number: Its place among the groups.
        staging: Where the rows go; closed with the answer, for somebody else to open.
        parts: The parts, in order.
    """

    number: int
    staging: Path
    parts: Sequence[Part]


@dataclass(frozen=True)
class Mistake:
    """An answer: something that is not the file's fault."""

    trace: str


@dataclass(frozen=True)
class Done:
    """An answer: the order is carried out, with nothing to say."""
