"""A byte range of a file, cut at line ends; every line end becomes one newline."""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.layout import Layout
from ingest.lines import LINE_CAP_BYTES

READ_BYTES = 1 << 20  # what is read stays until more is read, beside the lines made of it
PAGE_BREAK = re.compile(rb"(?m)^\f+|\f+$")  # printers' pages: around a line, never in a value
STUB = b"\xff"  # what is left of a character that was cut off: never valid, so the line is rejected


def chunks(path: Path, layout: Layout, start: int, end: int, size: int) -> Iterator[bytes]:
    """Yield whole lines, about `size` bytes at a time, each line ended by one newline.

    Line ends are LF, CRLF and CR alone; the last line gets one where it has none. A line longer
    than the cap is cut just past it, so that no line makes a block grow without bound. A last line
    without an end comes alone.
    """
    kept: list[bytes] = []
    for data in _shortened(_newlined(_utf8(path, layout, start, end, min(size, READ_BYTES)))):
        cut = data.rfind(b"\n") + 1
        if not cut or sum(map(len, kept)) + len(data) < size:
            kept.append(data)
            continue
        lines = b"".join((*kept, memoryview(data)[:cut]))
        kept = [data[cut:]]
        yield _unpaged(lines)
        del lines  # or it would stay while the next ones are read
    rest = b"".join(kept)
    cut = rest.rfind(b"\n") + 1
    if cut:
        yield _unpaged(rest[:cut])
    if rest[cut:]:
        yield _unpaged(rest[cut:] + b"\n")


def _unpaged(lines: bytes) -> bytes:
    return PAGE_BREAK.sub(b"", lines) if b"\f" in lines else lines


def _shortened(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Drop what goes beyond the cap of a line that began in an earlier part."""
    open_bytes = 0
    for data in parts:
        first_end = data.find(b"\n")
        head = data if first_end < 0 else data[:first_end]
        room = max(0, LINE_CAP_BYTES + 1 - open_bytes)
        if len(head) > room:
            data = head[:room] + data[len(head) :]  # noqa: PLW2901  the part, shortened
        open_bytes = open_bytes + len(head) if first_end < 0 else len(data) - 1 - data.rfind(b"\n")
        yield data


def _newlined(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Turn CRLF and CR into newlines; a CR at a part's end waits for what follows it."""
    held = b""
    for part in parts:
        data = held + part if held else part
        held = b""
        if b"\r" in data:
            held = b"\r" if data.endswith(b"\r") else b""
            data = data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield data
    if held:
        yield b"\n"


def _utf8(path: Path, layout: Layout, start: int, end: int, size: int) -> Iterator[bytes]:
    """Yield the range's bytes, from an encoding that is no superset of ASCII turned into UTF-8."""
    with path.open("rb") as stream:
        stream.seek(max(start, layout.bom_bytes))
        raw = _bounded(stream, end, size)
        if not layout.encoding.startswith("utf-16"):
            yield from raw
            return
        decoder = codecs.getincrementaldecoder(layout.encoding)(errors="surrogatepass")
        for data in raw:
            yield decoder.decode(data).encode("utf-8", errors="surrogatepass")
        if decoder.getstate()[0]:
            yield STUB


def _bounded(stream: BinaryIO, end: int, size: int) -> Iterator[bytes]:
    while (left := end - stream.tell()) > 0:
        data = stream.read(min(size, left))
        if not data:
            return
        yield data
