"""A first draft of a profile, from a file's own columns, for a person to finish."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from data.domain.errors import UnknownFormat
from ingest.head import Head, head_of
from ingest.layout import canonical
from ingest.profile import FormatProfile
from ingest.profile_values import Quoting
from ingest.split import splitter
from ingest.time_format import TimeFormat

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 50
MOMENTS = (
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f", "%Y%m%d%H%M%S", "%d.%m.%Y %H:%M:%S", "%-d/%-m/%Y %-H:%M:%S",
    "%-m/%-d/%Y %-H:%M:%S", "%-d/%-m/%Y %-H:%M", "%Y-%m-%d %H:%M:%S %z %Z",
)  # fmt: skip
EPOCH = r"1\d{9}|2\d{9}"
NUMBER = r"\+?\d{3,15}"
SECONDS = r"\d{1,6}|\d+:\d\d(:\d\d)?"
LENGTH = re.compile(r"talk|bill|dur|sec|length|min", re.IGNORECASE)
NO_TALK = re.compile(r"ring|wait|hold|queue|setup|pdd", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column of the file, as its first lines show it.

    Attributes:
        name: From the header, else by position.
        values: What stands there, line by line.
    """

    name: str
    values: tuple[str, ...]

    def looks(self, pattern: str) -> bool:
        """Whether every value that is there fits an expression, and one is there."""
        given = [value for value in self.values if value]
        return bool(given) and all(re.fullmatch(pattern, value) for value in given)

    def counts_up(self) -> bool:
        """Whether its values are numbers of the lines: each is one more than the one before."""
        if not self.looks(r"\d+") or not all(self.values):
            return False
        steps = [int(after) - int(before) for before, after in pairwise(self.values)]
        return len(steps) > 1 and set(steps) == {1}


@dataclass(frozen=True)
class Draft:
    """What was guessed: which column is what."""

    delimiter: str
    header: str
    columns: tuple[Column, ...]
    spaced: bool
    started: Column | None
    formats: tuple[str, ...]
    calling: Column | None
    called: Column | None
    talk: Column | None


def drafted(path: Path, aliases: FormatProfile) -> str:
    """Return the TOML text of a draft.

    Args:
        path: A plain file.
        aliases: The general profile, for the usual names of columns.

    Raises:
        UnknownFormat: Its lines have no columns.
        EmptyFile: It holds nothing.
        NotText: It is binary.
    """
    head = head_of(path)
    draft = _draft(path, head, aliases)
    return "\n".join(_toml(draft, path.stem)) + "\n"


def _draft(path: Path, head: Head, aliases: FormatProfile) -> Draft:
    lines = [line for line in head.lines if line.strip()][: SAMPLE_LINES + 1]
    delimiter = max(DELIMITERS, key=lambda each: (_steady(lines, each), lines[0].count(each)))
    spaced = all(line.count(delimiter + " ") == line.count(delimiter) for line in lines)
    texts = [line.replace(delimiter + " ", delimiter) if spaced else line for line in lines]
    rows = [splitter(delimiter, Quoting.DOUBLED)(text) or [] for text in texts]
    if len(rows[0]) < 2:  # noqa: PLR2004  one column is none
        raise UnknownFormat(
            f"{path.name} has no columns that a draft could start from: its lines hold none of the"
            " usual delimiters. Write a fixed-width profile by hand (docs/profiles.md)."
        )
    has_header = not any(re.search(r"\d{3}", cell) for cell in rows[0])
    body = [row for row in rows[has_header:] if len(row) == len(rows[0])]
    names = rows[0] if has_header else [f"column{at}" for at in range(1, len(rows[0]) + 1)]
    columns = tuple(
        Column(name.strip() or f"column{at + 1}", tuple(row[at] for row in body))
        for at, name in enumerate(names)
    )
    return _guessed(delimiter, lines[0] if has_header else "", columns, aliases, spaced=spaced)


def _steady(lines: Sequence[str], delimiter: str) -> int:
    """Return how many lines have as many delimiters as the first one, if it has any."""
    wanted = lines[0].count(delimiter)
    return sum(line.count(delimiter) == wanted for line in lines) if wanted else 0


def _guessed(
    delimiter: str,
    header: str,
    columns: tuple[Column, ...],
    aliases: FormatProfile,
    *,
    spaced: bool,
) -> Draft:
    left = list(columns)

    def take(role: str, fits: Callable[[Column], bool]) -> Column | None:
        usual = {canonical(alias): at for at, alias in enumerate(aliases.columns.names[role])}
        named = [column for column in left if canonical(column.name) in usual]
        best = min(named, key=lambda column: usual[canonical(column.name)], default=None)
        best = best or next((column for column in left if fits(column)), None)
        if best:
            left.remove(best)
        return best

    started = take("started", lambda column: bool(_formats(column)))
    calling = take("calling", lambda column: column.looks(NUMBER) and not _formats(column))
    called = take("called", lambda column: column.looks(NUMBER) and not _formats(column))
    lengths = [column for column in left if column.looks(SECONDS) and not column.counts_up()]
    talk = take("talk", lambda column: column is _likeliest(lengths))
    formats = _formats(started) if started else ()
    return Draft(delimiter, header, columns, spaced, started, formats, calling, called, talk)


def _likeliest(lengths: Sequence[Column]) -> Column | None:
    """Return the column whose name speaks most of talk; the first of those that speak alike."""

    def spoken(column: Column) -> int:
        return bool(LENGTH.search(column.name)) - bool(NO_TALK.search(column.name))

    return max(lengths, key=spoken, default=None)


def _formats(column: Column) -> tuple[str, ...]:
    if column.looks(EPOCH):
        return ("epoch_s",)
    return tuple(form for form in MOMENTS if column.looks(TimeFormat.of(form).pattern))


def _toml(draft: Draft, stem: str) -> Iterator[str]:
    name = canonical(stem).replace("_", "-") or "my-format"
    yield "# A draft from the file's first lines. Look at every line, above all those marked CHECK;"
    yield "# docs/profiles.md says what each can hold. Then: python -m ingest check FILE"
    yield f"name = {_text(name)}"
    yield f"title = {_text(stem)}"
    yield 'source = "CHECK: where the layout is documented"'
    yield 'grade = "C"'
    yield "confirmed = false"
    yield '# identity = [["column"]]  # CHECK: columns that no two lines share, if there are such'
    yield ""
    yield "[framing]"
    yield f"delimiters = [{_text(draft.delimiter)}]"
    if draft.spaced:
        yield "space_after_delimiter = true"
    if draft.header:
        yield "header_lines = 1"
    yield ""
    yield from _columns(draft)
    yield ""
    yield from _meanings(draft)


def _meanings(draft: Draft) -> Iterator[str]:
    yield "[times.started]"
    yield f"columns = [{_text(_name(draft.started))}]{_check(draft.started)}"
    formats = draft.formats or ("%Y-%m-%d %H:%M:%S",)
    unsure = "  # CHECK: only one of these can be meant" if len(draft.formats) > 1 else ""
    yield f"formats = [{', '.join(map(_text, formats))}]{unsure}"
    yield '# zone = "utc"  # CHECK: left out, the zone of the source is meant'
    yield ""
    yield "[duration]"
    yield f"column = {_text(_name(draft.talk))}{_check(draft.talk)} talk time, without ringing"
    hms = draft.talk is not None and draft.talk.looks(r".*:.*")
    yield f'unit = "{"hms" if hms else "s"}"'
    for role, column in (("calling", draft.calling), ("called", draft.called)):
        yield ""
        yield f"[parties.{role}]"
        yield f"column = {_text(_name(column))}{_check(column)}"


def _columns(draft: Draft) -> Iterator[str]:
    if draft.header:
        roles = (draft.started, draft.talk, draft.calling, draft.called)
        required = [_name(column) for column in roles if column]
        yield "[columns]"
        yield f"required = [{', '.join(map(_text, required))}]"
        yield ""
        yield "[columns.names]"
        for column in draft.columns:
            yield f"{_text(column.name)} = [{_text(column.name)}]  # {_example(column)}"
        return
    yield "[columns]"
    yield "order = ["
    for column in draft.columns:
        yield f"  {_text(column.name)},  # {_example(column)}"
    yield "]"
    yield ""
    yield "[columns.shapes]  # CHECK: what is so in this format and in no other"
    if draft.formats and draft.started:
        pattern = TimeFormat.of(draft.formats[0]).pattern
        yield f"{_text(draft.started.name)} = {_text(re.sub(r'[?]P<[a-zA-Z]>', '', pattern))}"
    if draft.talk:
        yield f"{_text(draft.talk.name)} = {_text(SECONDS)}"
    if not draft.talk and not draft.started:
        yield f"{_text(draft.columns[0].name)} = {_text('.+')}"


def _name(column: Column | None) -> str:
    return column.name if column else "CHECK"


def _check(column: Column | None) -> str:
    return "  # CHECK:" if column else "  # CHECK: no column looks like this;"


def _example(column: Column) -> str:
    return "".join(c for c in next(filter(None, column.values), "")[:40] if c.isprintable())


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
