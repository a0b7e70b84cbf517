"""Framing: a file's bytes become blocks of text columns; every physical line is accounted for.

The fast way is one pyarrow parse per block. It is trusted only when as many rows came out as
lines went in; else the block is screened as an array of bytes, the suspicious lines go one by one
through the tolerant splitter, and the rest is parsed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import mode
from typing import Any

import pandas as pd
import pyarrow as pa

from data.domain.errors import TooLarge
from data.domain.halves import NOWHERE, Elsewhere, Half
from data.domain.records import Rejection, RejectionReason
from ingest.chunks import chunks
from ingest.layout import Layout, cells_of
from ingest.lines import Lines
from ingest.pairing import pairing, records_of
from ingest.parse import Parsed, parsed
from ingest.profile import FormatProfile
from ingest.profile_parts import Pair

LOOKED_BACK_BYTES = 64 * 1024
MOST_LIKE = 50
"""So many lines before the last one are compared with it."""
MOST_JOINED_BYTES = 64 * 2**20  # measured: 300 MiB of memory; 640 where no record finds another
BLOCK_BYTES = 13 << 19  # two make a part; measured: more take more memory, fewer more time


@dataclass(frozen=True)
class Segment:
    """A part of a file that one process reads; parts meet at line boundaries.

    Attributes:
        path: A plain file (not compressed).
        profile: Its format.
        layout: How this file is laid out, found at its beginning.
        start: Offset of the first byte.
        end: Offset after the last byte.
        first: It begins the file, so the header is in it.
    """

    path: Path
    profile: FormatProfile
    layout: Layout
    start: int
    end: int
    first: bool


@dataclass(frozen=True)
class Ignored:
    """A line of the file that is no call.

    Attributes:
        line: 1-based physical line, counted from the segment's first.
        reason: Which rule says so, in one word.
    """

    line: int
    reason: str


@dataclass(frozen=True)
class Block:
    """Some lines, read.

    Attributes:
        frame: One row per record: the profile's columns as Arrow text, and `line` (int64, 1-based,
            counted from the segment's first physical line).
        rejections: Lines that could not be read; `line` counts likewise.
        ignored: Lines that are no calls, likewise.
        lines: How many physical lines were consumed; headers, comments and blanks are among them.
        text: The lines themselves.
        either: The formats of moments that this file proved to be meant, of rivals.
        halves: Records whose call is not whole within the file.
    """

    frame: pd.DataFrame
    rejections: list[Rejection] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    lines: int = 0
    text: Lines = field(default_factory=lambda: Lines(b"", 1))
    either: tuple[str, ...] = ()
    halves: list[Half] = field(default_factory=list)


def whole_file(path: Path, profile: FormatProfile, layout: Layout) -> Segment:
    """Return a plain file as one part."""
    return Segment(path, profile, layout, 0, path.stat().st_size, first=True)


def segments(whole: Segment, parts: int) -> list[Segment]:
    """Return up to so many parts of a plain file, in order, about equally long."""
    size = whole.end
    together = whole.layout.encoding.startswith("utf-16") or whole.profile.pair is not None
    alone = together or parts <= 1 or size < parts * BLOCK_BYTES
    cuts = [0, *_cuts(whole.path, size, parts), size] if not alone else [0, size]
    bounds = sorted(set(cuts))
    return [
        replace(whole, start=start, end=end, first=start == 0) for start, end in pairwise(bounds)
    ]


def _cuts(path: Path, size: int, parts: int) -> Iterator[int]:
    """Yield offsets just after a newline, near equal shares of the file."""
    with path.open("rb") as stream:
        for part in range(1, parts):
            stream.seek(size * part // parts)
            at = stream.tell() + len(stream.readline(BLOCK_BYTES))
            stream.seek(at - 1)
            if stream.read(1) == b"\n":
                yield at


def blocks(segment: Segment, elsewhere: Elsewhere = NOWHERE) -> Iterator[Block]:
    """Yield the segment's lines, some MiB at a time; memory does not grow with the file.

    A file whose records are joined into calls is read twice; `elsewhere` is what other files of
    its source hold.
    """
    pair = segment.profile.pair
    return _joined(segment, pair, elsewhere) if pair else _read(segment)


def _read(segment: Segment) -> Iterator[Block]:
    """Yield the segment's lines as they stand."""
    layout = segment.layout
    first_line = 1
    skip = layout.header_lines if segment.first else 0
    is_doubtful = False
    before = b""
    for data in chunks(segment.path, layout, segment.start, segment.end, BLOCK_BYTES):
        lines = Lines(data, first_line)
        found = parsed(lines, segment.profile, layout, skip, is_doubtful=is_doubtful)
        if (
            lines.count == 1
            and _ends_open(segment)
            and is_cut(data, before, segment.profile, layout)
        ):
            found = found.refused(RejectionReason.COLUMN_COUNT)
        before = data[-LOOKED_BACK_BYTES:]
        is_doubtful = found.was_dirty
        skip = max(0, skip - lines.count)
        first_line += lines.count
        yield _block(lines, found, layout.either)
        del data, lines, found  # or they would stay while the next block is read


def _ends_open(segment: Segment) -> bool:
    """Tell whether the segment's last line has no line end."""
    with segment.path.open("rb") as stream:
        stream.seek(max(segment.start, segment.end - 1))
        return stream.read(1) not in (b"\n", b"\r", b"\x00")


def is_cut(line: bytes, before: bytes, profile: FormatProfile, layout: Layout) -> bool:
    """Tell whether a last line without a line end lacks columns that most of its like have.

    A transfer that breaks off in the middle of a line may leave enough columns for a call, and
    half of a number in the last of them. Lines are alike that begin as records do; where a format
    has records of several kinds, those with the same first column. A line without its like, or cut
    within its last column, cannot be told from a whole one.
    """
    split, framing = cells_of(profile, layout.delimiter), profile.framing
    cells = split(line.decode("utf-8", "replace").removesuffix("\n"))
    if framing.kind == "fixed" or not cells:
        return False  # a short one, or a blank one, is told anyway
    starts = framing.record_starts or ("",)
    texts = before.decode("utf-8", "replace").splitlines()[-MOST_LIKE:]
    others = [split(text) for text in texts if text.startswith(starts)]
    several = any(rule.kind == "ignored" for rule in framing.lines)
    like = [len(other) for other in others if other and (not several or other[0] == cells[0])]
    return bool(like) and mode(like) > len(cells)


def _joined(segment: Segment, pair: Pair, elsewhere: Elsewhere) -> Iterator[Block]:
    """Yield the calls of a file whose records are joined: any two of it may belong together.

    Raises:
        TooLarge: It would not fit into the memory that an ingest may take.
    """
    size = segment.end - segment.start
    if size > MOST_JOINED_BYTES:
        raise _too_large_to_join(segment.path.name, size)
    records = [records_of(block.frame, pair) for block in _read(segment)]
    if not records:
        return
    whole = pairing(pa.concat_tables(records), elsewhere)
    del records
    first = 0
    for block in _read(segment):
        joined = whole.of_block(block.frame, first)
        first += len(block.frame)
        ignored = [*block.ignored, *(Ignored(line, reason) for line, reason in joined.ignored)]
        yield replace(
            block,
            frame=joined.frame,
            ignored=sorted(ignored, key=lambda item: item.line),
            halves=joined.halves,
        )


def _too_large_to_join(name: str, size_bytes: int) -> TooLarge:
    most = MOST_JOINED_BYTES // 2**20
    return TooLarge(
        f"{name} has {size_bytes / 2**20:,.0f} MiB, and its records are joined into calls, which "
        f"takes all of them at once: at most {most} MiB. Nothing was read. Cut it between lines "
        f"(split -C {most // 2}m FILE PART-) and deliver the parts to the same source: records "
        "find each other across files. Have the switch begin a new file more often."
    )


def _block(lines: Lines, found: Parsed, either: tuple[str, ...]) -> Block:
    table = found.table.append_column("line", pa.array(found.lines + lines.first_line))
    return Block(
        frame=_framed(table),
        rejections=[
            Rejection(at + lines.first_line, reason, lines.raw(at + lines.first_line))
            for at, reason in found.rejected
        ],
        ignored=[Ignored(at + lines.first_line, reason) for at, reason in found.ignored],
        lines=lines.count,
        text=lines,
        either=either,
    )


def _framed(table: pa.Table) -> pd.DataFrame:
    """Return a frame in which text stays Arrow's; array by array, without pandas' conversions."""
    columns: dict[str, Any] = {
        name: pd.arrays.ArrowExtensionArray(column)
        if column.type == pa.string()
        else column.to_numpy()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return pd.DataFrame(columns, copy=False)
