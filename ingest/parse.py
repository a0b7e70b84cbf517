"""One block of lines into text columns: fast where all is well, line by line where it is not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa
from pyarrow import csv

from data.domain.records import RejectionReason
from ingest.layout import Layout, cells_of, quote_char
from ingest.lines import Ints, Lines, joined
from ingest.profile import FormatProfile
from ingest.profile_values import Quoting
from ingest.screen import Screened, looks_clean, screened, with_odd_quotes
from ingest.slices import least_chars, of_characters, sliced
from ingest.split import Splitter
from ingest.texts import lengths

BLANKS = " \t"
NAMELESS = "\x00{}"  # no header can call a column so


@dataclass(frozen=True)
class Parsed:
    """A block's lines, each where it ended; indices count from 0 within the block.

    Attributes:
        table: One row per record, the profile's columns as text, in the order of the lines.
        lines: The line of each row.
        rejected: Lines that could not be read, and why.
        ignored: Lines that are no calls, and which rule says so.
        was_dirty: Some lines had to be looked at by themselves.
    """

    table: pa.Table
    lines: Ints
    rejected: list[tuple[int, RejectionReason]] = field(default_factory=list)
    ignored: list[tuple[int, str]] = field(default_factory=list)
    was_dirty: bool = False

    def refused(self, reason: RejectionReason) -> "Parsed":
        """Return the same with every record rejected for a reason."""
        rejected = [*self.rejected, *((int(at), reason) for at in self.lines)]
        return replace(self, table=self.table.slice(0, 0), lines=self.lines[:0], rejected=rejected)


@dataclass(frozen=True)
class Shape:
    """What the parser needs to know, the same for every block of a file.

    Attributes:
        profile: The format.
        layout: Where the columns stand in this file.
        wanted: The columns to read, in order.
    """

    profile: FormatProfile
    layout: Layout
    wanted: tuple[str, ...]

    @classmethod
    def of(cls, profile: FormatProfile, layout: Layout) -> Self:
        """Return what to read of a file."""
        present = {name for order in layout.orders for name in order}
        return cls(profile, layout, tuple(sorted(profile.used_columns & present)))

    @cached_property
    def split(self) -> Splitter:
        """What takes one line apart into its values."""
        return cells_of(self.profile, self.layout.delimiter)

    def columns(self, order: Sequence[str]) -> list[str]:
        """Return a unique name per position; unnamed and repeated ones get one of their own."""
        seen: set[str] = set()
        names = []
        for at, name in enumerate(order):
            names.append(NAMELESS.format(at) if not name or name in seen else name)
            seen.add(name)
        return names

    def bare(self, data: bytes) -> bytes:
        """Return lines without what wraps their columns and without spaces after delimiters."""
        framing, delimiter = self.profile.framing, self.layout.delimiter.encode()
        if framing.space_after_delimiter:
            data = data.replace(delimiter + b" ", delimiter)
        if framing.prefix:
            start = framing.prefix.encode()
            data = (b"\n" + data).replace(b"\n" + start, b"\n")[1:]
        if framing.suffix:
            data = data.replace(framing.suffix.encode() + b"\n", b"\n")
        return data

    def filled(self, table: pa.Table) -> pa.Table:
        """Return the wanted columns; one that these lines do not have is empty text."""
        nothing = pa.repeat("", table.num_rows)
        names = table.column_names
        return pa.table({name: table[name] if name in names else nothing for name in self.wanted})


def parsed(
    lines: Lines, profile: FormatProfile, layout: Layout, skip: int, *, is_doubtful: bool = False
) -> Parsed:
    """Return what a block's lines hold; the first `skip` are headers.

    `is_doubtful` says that the block before was dirty: the same values come out, but the fast way,
    which would most likely be taken in vain, is not tried first.
    """
    shape = Shape.of(profile, layout)
    if profile.framing.kind == "fixed":
        return _cut(lines, shape, skip)
    if skip == 0 and not is_doubtful and looks_clean(lines, profile, layout):
        whole = _fast(lines.data, np.arange(lines.count), shape)
        if whole is not None:
            return _settled(lines, shape, _of_records(whole, lines), Screened.nothing())
    return _slow(lines, shape, skip)


def _cut(lines: Lines, shape: Shape, skip: int) -> Parsed:
    """Cut fixed-width lines into slices; one with letters of several bytes by itself."""
    columns = shape.profile.columns
    judged = screened(lines, shape.profile, shape.layout, skip)
    lines = judged.text or lines
    whole = lines.ends - lines.starts >= least_chars(columns)
    index = np.flatnonzero(judged.good & whole)
    alone = of_characters(lines, index)
    index = np.setdiff1d(index, alone, assume_unique=True)
    short = np.flatnonzero(judged.good & ~whole).tolist()
    rejected = [*judged.rejected, *((at, RejectionReason.COLUMN_COUNT) for at in short)]
    pieces = [(sliced(lines, index, columns, shape.wanted), index)]
    pieces.append(_one_by_one(lines, alone.tolist(), shape, rejected))
    table, found = _in_order(pieces)
    return Parsed(table, found, sorted(rejected), judged.ignored)


def _slow(lines: Lines, shape: Shape, skip: int) -> Parsed:
    """Set the suspicious lines aside, parse the rest fast, and look at the others one by one."""
    judged = screened(lines, shape.profile, shape.layout, skip)
    lines = judged.text or lines
    for once_more in (False, True):
        aside = judged.odd
        if once_more:
            quote = shape.profile.framing.quote
            aside = aside | with_odd_quotes(lines, shape.layout.delimiter, quote)
        keep = judged.good & ~aside
        fast = _fast(lines.only(keep), np.flatnonzero(keep), shape)
        if fast is not None:
            judged = replace(judged, odd=aside)
            return _settled(lines, shape, fast, judged)
    return _settled(lines, shape, _Fast.nothing(shape), replace(judged, odd=judged.good))


@dataclass(frozen=True)
class _Fast:
    """What the fast parser made: its rows, and the lines with another number of columns."""

    table: pa.Table
    lines: Ints
    other: list[tuple[int, int]]

    @classmethod
    def nothing(cls, shape: Shape) -> "_Fast":
        empty = pa.table({name: pa.array([], pa.string()) for name in shape.wanted})
        return cls(empty, np.zeros(0, np.int64), [])


def _of_records(fast: _Fast, lines: Lines) -> _Fast:
    """Return the rows without those of lines of nothing, which the parser takes for empty values.

    To look for such rows costs a hundredth of looking for such lines, which hardly any file has.
    """
    rows = np.arange(fast.table.num_rows)
    for column in fast.table.columns:
        if not len(rows):
            return fast
        rows = rows[lengths(column.combine_chunks())[rows] == 0]
    at = fast.lines[rows]
    keep = np.ones(fast.table.num_rows, dtype=np.bool_)
    keep[rows[lines.ends[at] == lines.starts[at]]] = False
    return replace(fast, table=fast.table.filter(pa.array(keep)), lines=fast.lines[keep])


def _fast(data: bytes, index: Ints, shape: Shape, order: Sequence[str] = ()) -> _Fast | None:
    """Parse lines at once; nothing when rows and lines do not agree.

    A last line of empty values is added: a quote left open at the end would swallow it.
    """
    if not len(index):
        return _Fast.nothing(shape)
    order = order or _order_of(data, shape)
    other: list[tuple[int, int]] = []
    sentinel = shape.layout.delimiter.encode() * (len(order) - 1) + b"\n"
    table = _csv(
        shape.bare(data) + sentinel,
        shape,
        order,
        lambda number, count: other.append((number, count)),
    )
    if table.num_rows + len(other) != len(index) + 1:
        return None
    rows = np.ones(len(index) + 1, dtype=np.bool_)
    rows[[number - 1 for number, _ in other]] = False
    if not rows[-1]:
        return None
    counted = [(int(index[number - 1]), count) for number, count in other]
    return _Fast(shape.filled(table.slice(0, table.num_rows - 1)), index[rows[:-1]], counted)


def _order_of(data: bytes, shape: Shape) -> Sequence[str]:
    """Return the order that the block's first well-formed line has."""
    for line in data[:65536].split(b"\n")[:20]:
        order = shape.layout.order_for(len(shape.split(line.decode("utf-8", "replace")) or ()))
        if order is not None:
            return order
    return shape.layout.orders[-1]


def _csv(
    data: bytes, shape: Shape, order: Sequence[str], on_other: Callable[[int, int], None]
) -> pa.Table:
    names = shape.columns(order)
    wanted = [name for name in shape.wanted if name in names]

    def other(row: csv.InvalidRow) -> str:
        on_other(row.number, row.actual_columns)
        return "skip"

    return csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(
            column_names=names, use_threads=False, block_size=len(data) + 1
        ),
        parse_options=csv.ParseOptions(
            delimiter=shape.layout.delimiter,
            quote_char=quote_char(shape.profile.framing),
            escape_char="\\" if shape.profile.framing.quoting is Quoting.BACKSLASH else False,
            invalid_row_handler=other,
            ignore_empty_lines=False,
        ),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.string() for name in wanted},
            check_utf8=not data.isascii(),
            strings_can_be_null=False,
            include_columns=wanted,
        ),
    )


def _settled(lines: Lines, shape: Shape, fast: _Fast, judged: Screened) -> Parsed:
    """Add the lines that were set aside or had another number of columns."""
    rejected = list(judged.rejected)
    again: dict[int, list[int]] = {}
    alone = np.flatnonzero(judged.odd & judged.good).tolist() if len(judged.odd) else []
    for line, count in fast.other:
        fitting = shape.layout.order_for(count) is not None
        (again.setdefault(count, []) if fitting else alone).append(line)
    pieces = [(fast.table, fast.lines)]
    for count, at in again.items():
        order = shape.layout.order_for(count) or ()
        part = _fast(joined([lines.at(i) for i in at]), np.array(at), shape, order)
        if part is None or part.other:
            alone.extend(at)
        else:
            pieces.append((part.table, part.lines))
    pieces.append(_one_by_one(lines, sorted(alone), shape, rejected))
    table, index = _in_order(pieces)
    was_dirty = bool(alone or judged.rejected)
    return Parsed(table, index, sorted(rejected), judged.ignored, was_dirty)


def _one_by_one(
    lines: Lines, alone: Sequence[int], shape: Shape, rejected: list[tuple[int, RejectionReason]]
) -> tuple[pa.Table, Ints]:
    """Split lines tolerantly; those that still do not fit are added to the rejected ones."""
    kept: list[int] = []
    values: dict[str, list[str]] = {name: [] for name in shape.wanted}
    for at in alone:
        text = lines.at(at).decode("utf-8")
        if not text.strip(BLANKS):
            continue
        cells = shape.split(text)
        order = shape.layout.order_for(len(cells)) if cells is not None else None
        if cells is None or order is None:
            reason = RejectionReason.QUOTING if cells is None else RejectionReason.COLUMN_COUNT
            rejected.append((at, reason))
            continue
        kept.append(at)
        named = dict(zip(shape.columns(order), cells, strict=True))
        for name, column in values.items():
            column.append(named.get(name, ""))
    table = pa.table({name: pa.array(column, pa.string()) for name, column in values.items()})
    return table, np.array(kept, dtype=np.int64)


def _in_order(pieces: Sequence[tuple[pa.Table, Ints]]) -> tuple[pa.Table, Ints]:
    filled = [(table, index) for table, index in pieces if len(index)]
    if len(filled) <= 1:
        return filled[0] if filled else pieces[0]
    index = np.concatenate([index for _, index in filled])
    order = np.argsort(index)
    return pa.concat_tables([table for table, _ in filled]).take(pa.array(order)), index[order]
