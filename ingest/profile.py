"""What a format is: one TOML file read into one frozen profile, every mistake told at once."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from data.domain.errors import SettingsError
from data.domain.records import Direction, Disposition
from ingest.profile_layout import Columns, Framing
from ingest.profile_parts import (
    MOMENTS,
    PAIR_COLUMNS,
    Condition,
    Cost,
    Counter,
    DirectionField,
    DispositionField,
    DurationField,
    Extras,
    FileName,
    Fold,
    Ignore,
    Pair,
    Parties,
    Remark,
    Times,
)
from ingest.profile_values import STRICT, FoldRule

__all__ = [
    "FoldRule",
    "FormatProfile",
    "ProfileError",
    "own_profiles",
    "profile_of",
    "profiles",
]

BUILT_IN = Path(__file__).parent / "profiles"


class ProfileError(SettingsError):
    """A profile contradicts itself or is incomplete; every problem is named."""


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
        pair: How records of one moment each make a call.
        counter: A number that is raised by one for every line.
        file_name: What the names of its files say.
        remarks: Of which calls a check and the run's report say more.
        override: The column whose value chooses among the rates of a table: a service such as
            voice or messages, each with prices of its own.
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
    pair: Pair | None = None
    counter: Counter | None = None
    file_name: FileName | None = None
    override: str | None = None
    remarks: tuple[Remark, ...] = ()

    def looking_at(self, extras: Collection[str]) -> "FormatProfile":
        """Return the profile with only those extra columns that somebody looks at."""
        kept = {name: column for name, column in self.extras.declared() if name in extras}
        return replace(self, extras=Extras(**kept))

    @property
    def used_columns(self) -> frozenset[str]:
        """The columns that a call is made of; no other is read."""
        return frozenset(column for column, _ in _references(self)) - set(PAIR_COLUMNS)


def _references(profile: FormatProfile) -> Iterator[tuple[str, str]]:
    """Yield each column that something refers to, and what refers to it."""
    times = profile.times
    for name in MOMENTS:
        moment = getattr(times, name)
        for column in moment.columns if moment else ():
            yield column, f"times.{name}"
        for column in moment.otherwise if moment else ():
            yield column, f"times.{name}.otherwise"
        if moment and moment.zone_column:
            yield moment.zone_column, f"times.{name}.zone_column"
    parties = profile.parties
    single = (
        ("times.proof", times.proof),
        ("duration", profile.duration and profile.duration.column),
        ("duration.unit_column", profile.duration and profile.duration.unit_column),
        ("disposition", profile.disposition and profile.disposition.column),
        ("cost", profile.cost and profile.cost.column),
        ("cost.currency_column", profile.cost and profile.cost.currency_column),
        ("override", profile.override),
        ("parties.calling", parties.calling.column),
        ("parties.called", parties.called.column),
        ("parties.billing", parties.billing and parties.billing.column),
        ("parties.calling.length_column", parties.calling.length_column),
        ("parties.called.length_column", parties.called.length_column),
        ("parties.billing.length_column", parties.billing and parties.billing.length_column),
    )
    yield from ((column, what) for what, column in single if column)
    ignored = (condition for rule in profile.ignore for condition in rule.all)
    directed = (condition for rule in profile.direction.rules for condition in rule.all)
    remarked = (condition for remark in profile.remarks for condition in remark.all)
    yield from ((condition.column, "a rule") for condition in (*ignored, *directed, *remarked))
    yield from ((condition.column, "answered_when") for condition in profile.answered_when)
    yield from ((column, "direction") for column in profile.direction.columns)
    yield from ((column, f"extras.{name}") for name, column in profile.extras.declared())
    yield from ((column, "identity") for columns in profile.identity for column in columns)
    if profile.fold:
        yield from ((column, "fold") for column in profile.fold.columns)
        yield from ((condition.column, "fold.apart") for condition in profile.fold.apart)
        yield from ((condition.column, "fold.prefer") for condition in profile.fold.prefer)
    if profile.counter:
        yield profile.counter.column, "counter"
    yield from ((column, "pair") for column in (_pair_columns(profile.pair)))


def _pair_columns(pair: Pair | None) -> Iterator[str]:
    if pair is None:
        return
    yield from (*pair.columns, pair.moment)
    tests = (pair.opens, pair.closes, pair.answers, pair.alone)
    yield from (test.column for test in tests if test is not None)


def _contradictions(profile: FormatProfile) -> Iterator[str]:
    """Yield what is wrong with a profile whose parts are each well formed."""
    known = profile.columns.known | (set(PAIR_COLUMNS) if profile.pair else set())
    yield from _framing_contradictions(profile)
    for name in MOMENTS:
        moment = getattr(profile.times, name)
        if moment is not None and not moment.formats:
            yield f"times.{name}.formats: give them here or in times.formats"
    for column, what in _references(profile):
        if column not in known:
            yield f"{what}: there is no column {column!r}"
    for name in (*profile.columns.required, *profile.columns.shapes):
        if name not in known:
            yield f"columns: there is no column {name!r}"
    if profile.fold and profile.fold.either_order and len(profile.fold.columns) != len("ab"):
        yield "fold.either_order: two columns name the two sides"
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
    told = [*direction.words.values(), *fixed, direction.otherwise]
    for word in (*told, *(rule.way for rule in direction.rules), *profile.parties.swapped_when):
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


@lru_cache(maxsize=256)
def _read(path: Path, _changed_ns: int) -> FormatProfile:
    """Return the profile of a file; read again only when the file was written to."""
    return profile_of(path.read_text("utf-8"), str(path))


def profiles(extra_folder: Path | None = None) -> tuple[FormatProfile, ...]:
    """Return every profile, built in and the user's own, by name.

    A profile of the user's with the name of a built-in one takes its place.

    Raises:
        ProfileError: Naming everything that is wrong in any of them.
    """
    found = _built_in()
    found = found | own_profiles(extra_folder)
    return tuple(found[name] for name in sorted(found))


def own_profiles(folder: Path | None) -> dict[str, FormatProfile]:
    """Return the profiles that somebody wrote; without one of them files would be read as others.

    Raises:
        ProfileError: The folder is not there, or naming everything that is wrong in any of them.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        text = f"TOLLBOARD_PROFILES: there is no folder {folder}; make it, or mend the setting."
        raise ProfileError([text])
    return _of_folder(folder)


@cache
def _built_in() -> dict[str, FormatProfile]:
    """Return the profiles that come with the product, read once a process."""
    return _of_folder(BUILT_IN)


def _of_folder(folder: Path) -> dict[str, FormatProfile]:
    found: dict[str, FormatProfile] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            profile = _read(path, path.stat().st_mtime_ns)
        except ProfileError as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.append(f"{path}: cannot be read: {error.strerror}")
        except UnicodeDecodeError:
            problems.append(f"{path}: is not UTF-8")
        else:
            found[profile.name] = profile
    if problems:
        raise ProfileError(problems)
    return found
