"""How one particular file is laid out: a profile fitted to the file's first lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from ingest.head import Head
from ingest.profile import FormatProfile
from ingest.profile_layout import Columns, Framing
from ingest.profile_values import Quoting
from ingest.rivals import proven
from ingest.slices import sliced_line
from ingest.split import Splitter, splitter

HEAD_LINES = 100
RARE = 3  # a number of columns this many times rarer than the usual one is damage
LEAST_FIT = 0.5  # of the lines read: a file with a few broken lines is still itself


@dataclass(frozen=True)
class Layout:
    """Where everything stands in one file.

    Attributes:
        delimiter: The one in use.
        encoding: The one in use.
        bom_bytes: What to skip at the start.
        header_lines: Physical lines before the first record.
        header: The header line itself, to know it again in the middle; empty without one.
        orders: Column names by position, one tuple per possible number of columns; a column that
            has no name is an empty string.
        usual: The one of them that its first lines have.
        counts: Where more columns may follow the named ones: how many there are in all.
        ragged: There may be any number of them.
        either: Which of two ways to write a date the file proves: its formats.
        reason: What made the profile recognise the file, for a person.
    """

    delimiter: str
    encoding: str
    bom_bytes: int
    header_lines: int
    header: str
    orders: tuple[tuple[str, ...], ...]
    usual: tuple[str, ...]
    counts: frozenset[int]
    ragged: bool
    either: tuple[str, ...]
    reason: str

    def order_for(self, count: int) -> tuple[str, ...] | None:
        """Return the names of a line of so many columns, or nothing when there is no such line."""
        for order in self.orders:
            if len(order) == count:
                return order
        longest = self.orders[-1]
        if count > len(longest) and (self.ragged or count in self.counts):
            return longest + ("",) * (count - len(longest))
        return None


@dataclass(frozen=True)
class Misfit:
    """Why a profile does not recognise a file.

    Attributes:
        why: For a person.
        near: How many of its columns the file has: the nearest miss is the one to tell.
    """

    why: str
    near: int = 0


def fitted(profile: FormatProfile, head: Head) -> Layout | Misfit:
    """Return the profile's layout of a file, or why it is not of this format."""
    if profile.columns.names:
        return _by_header(profile, head)
    return _by_shapes(profile, head)


@lru_cache(maxsize=4096)  # every file's header is compared with every alias of every format
def canonical(name: str) -> str:
    """Return a header's word for comparing: lower case, other characters as one underscore."""
    return re.sub(r"[^0-9a-z]+", "_", name.strip().strip('"').lower()).strip("_")


def _by_header(profile: FormatProfile, head: Head) -> Layout | Misfit:
    first = next((line for line in head.lines if line.strip()), "")
    best = Misfit("its first line is not a header with the columns of this format")
    for delimiter in profile.framing.delimiters:
        found = _named(profile, head, first, delimiter)
        if isinstance(found, Layout):
            return found
        if found.near >= best.near:
            best = found
    return best


def _named(profile: FormatProfile, head: Head, first: str, delimiter: str) -> Layout | Misfit:
    columns = profile.columns
    split = splitter(delimiter, profile.framing.quoting, profile.framing.quote)
    (cells,) = head.rows((split, first), iter((first,)), split)
    words = [canonical(cell) for cell in cells]
    order = _header_order(columns, words)
    missing = [name for name in columns.required if name not in order]
    if missing:
        near = len(columns.required) - len(missing)
        return Misfit(f"the header lacks {', '.join(missing)}", near)
    foreign = [word for word in columns.forbidden if word in words]
    if foreign:
        return Misfit(f"the header has {foreign[0]}, which is another format's")
    doubled = [name for name in columns.required if order.count(name) > 1]
    if doubled:
        return Misfit(f"the header has two columns for {doubled[0]}")
    either = proven(profile, order, _rows(split, head))
    if isinstance(either, str):
        return Misfit(either, len(columns.required))
    known = [name for name in order if name]
    return Layout(
        delimiter=delimiter,
        encoding=head.bom_encoding or profile.framing.encoding,
        bom_bytes=head.bom_bytes,
        header_lines=_leading_blanks(head.lines) + profile.framing.header_lines,
        header=first,
        orders=(order,),
        usual=order,
        counts=frozenset(),
        ragged=columns.ragged,
        either=either,
        reason=f"its header names {', '.join(known)}",
    )


def _rows(split: Splitter, head: Head) -> Iterator[list[str]]:
    """Yield what the lines after the header hold."""
    lines = (line for line in head.lines[1:] if line.strip())
    yield from filter(None, head.rows((split, "after the header"), lines, split))


def _leading_blanks(lines: Sequence[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), 0)


def _header_order(columns: Columns, words: Sequence[str]) -> tuple[str, ...]:
    """Return our name for each word of a header; of several that fit one name, the best alias."""
    order = [""] * len(words)
    there = set(words)
    for name, aliases in columns.names.items():
        found = next((word for alias in aliases if (word := canonical(alias)) in there), None)
        if found is not None:
            for index, word in enumerate(words):
                if word == found:
                    order[index] = order[index] or name
    return tuple(order)


def _by_shapes(profile: FormatProfile, head: Head) -> Layout | Misfit:
    framing = profile.framing
    delimiter = framing.delimiters[0]
    split = cells_of(profile, delimiter)
    others, starts = tuple(rule.starts for rule in framing.lines), framing.record_starts or ("",)
    first = head.lines[framing.header_lines : framing.header_lines + 4 * HEAD_LINES]
    records = (
        line
        for line in first
        if line.strip() and not line.startswith(others) and line.startswith(starts)
    )
    alike = (split, framing.header_lines, others, starts)
    rows = head.rows(alike, islice(records, HEAD_LINES), split)
    if not rows:
        return Misfit("none of its first lines is a record of this format")
    found = _orders(profile, rows)
    orders = tuple(found)
    fits = [order for order in orders if any(found[order])]
    fitting = sum(map(any, zip(*found.values(), strict=True)))
    if not fits or fitting < LEAST_FIT * len(rows):
        lengths = {len(order) for order in orders}
        near = len(profile.columns.shapes) if lengths & {len(row) for row in rows} else 0
        return Misfit(_shape_misfit(profile, orders, rows), near)
    either = proven(profile, fits[-1], rows)
    if isinstance(either, str):
        return Misfit(either)
    counts = sorted({len(order) for order in fits})
    shapes = [name for name in profile.columns.shapes if name in fits[-1]]
    return Layout(
        delimiter=delimiter,
        encoding=head.bom_encoding or framing.encoding,
        bom_bytes=head.bom_bytes,
        header_lines=framing.header_lines,
        header="",
        orders=orders,
        usual=fits[-1],
        counts=_counts_beyond(profile, found[orders[-1]], rows),
        ragged=profile.columns.ragged,
        either=either,
        reason=f"{' and '.join(map(str, counts))} columns, and {', '.join(shapes)} look as they"
        f" do in this format in {fitting} of the first {len(rows)} lines",
    )


def _orders(profile: FormatProfile, rows: Sequence[list[str]]) -> dict[tuple[str, ...], list[bool]]:
    """Return one order per number of columns, shortest first, and which rows fit it.

    Of rivals for a number of columns, the one that more rows fit.
    """
    best: dict[int, tuple[tuple[str, ...], list[bool]]] = {}
    columns = profile.columns
    for tail in columns.tails:
        order = (columns.order or tuple(columns.slices)) + tail
        fits = _fits(profile, order, rows)
        if len(order) not in best or sum(fits) > sum(best[len(order)][1]):
            best[len(order)] = order, fits
    return dict(best[count] for count in sorted(best))


def _counts_beyond(
    profile: FormatProfile, longest: Sequence[bool], rows: Sequence[list[str]]
) -> frozenset[int]:
    """Return the numbers of columns, beyond those named, that lines of this format have.

    Args:
        profile: The format.
        longest: Which rows fit its longest order.
        rows: The file's first ones.
    """
    if not profile.columns.extra:
        return frozenset()
    counts = Counter(len(row) for row, fits in zip(rows, longest, strict=True) if fits)
    usual = max(counts.values(), default=0)
    return frozenset(count for count, lines in counts.items() if lines * RARE >= usual)


def _fits(
    profile: FormatProfile, order: tuple[str, ...], rows: Sequence[Sequence[str]]
) -> list[bool]:
    """Return which rows have an order's number of columns, and in them what looks right."""
    columns, most = profile.columns, max(map(len, rows))
    if most < len(order) or (not columns.extra and not any(len(row) == len(order) for row in rows)):
        return [False] * len(rows)
    looks = [
        (order.index(name), re.compile(shape).fullmatch)
        for name, shape in columns.shapes.items()
        if name in order
    ]
    return [
        (len(row) == len(order) or (columns.extra and len(row) > len(order)))
        and all(looks_right(row[at]) for at, looks_right in looks)
        for row in rows
    ]


def _shape_misfit(
    profile: FormatProfile, orders: Iterable[tuple[str, ...]], rows: Sequence[list[str]]
) -> str:
    counts = {len(order) for order in orders}
    row = next((row for row in rows if len(row) in counts), None)
    if row is None and profile.framing.kind == "fixed":
        return "its lines are shorter than those of this format"
    if row is None:
        wanted = " or ".join(map(str, sorted(counts)))
        return f"its lines have {len(rows[0])} columns where this format has {wanted}"
    order = next(order for order in orders if len(order) == len(row))
    cells = dict(zip(order, row, strict=True))
    for name, shape in profile.columns.shapes.items():
        if name in cells and not re.fullmatch(shape, cells[name]):
            return f"{name} does not look as it does in this format: {cells[name][:40]!r}"
    return "too few of its first lines look as they do in this format"


def cells_of(profile: FormatProfile, delimiter: str) -> Splitter:
    """Return the function that takes one line apart into its values."""
    framing = profile.framing
    if framing.kind == "fixed":
        return lambda line: sliced_line(line, profile.columns)
    split = splitter(delimiter, framing.quoting, framing.quote)
    if not (framing.prefix or framing.suffix or framing.space_after_delimiter):
        return split
    return lambda line: split(unwrapped(line, framing, delimiter))


def unwrapped(line: str, framing: Framing, delimiter: str) -> str:
    """Return a line without what wraps its columns and without spaces after delimiters."""
    bare = line.removeprefix(framing.prefix).removesuffix(framing.suffix)
    return bare.replace(delimiter + " ", delimiter) if framing.space_after_delimiter else bare


def quote_char(framing: Framing) -> str | bool:
    """Return what pyarrow and the csv module take as the quote, or False for none."""
    return False if framing.quoting in (Quoting.BACKSLASH, Quoting.NONE) else framing.quote
