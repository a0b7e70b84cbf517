"""Which lines of a block are suspicious: judged over arrays of bytes, never line by line."""

from dataclasses import dataclass, field
from typing import Self, cast

import numpy as np

from data.domain.records import RejectionReason
from ingest.layout import Layout
from ingest.lines import (
    HIGH,
    LINE_CAP_BYTES,
    NEWLINE,
    Bools,
    Lines,
    controls,
    holds_control,
)
from ingest.profile import FormatProfile
from ingest.profile_layout import Framing
from ingest.profile_values import Quoting

BACKSLASH = 92
SPACE = 32
WINDOW = LINE_CAP_BYTES // 2
NOT_A_RECORD = "not_a_record"


@dataclass(frozen=True)
class Screened:
    """A judgement of a block's lines.

    Attributes:
        good: Per line: it is a record that may be read.
        odd: Per line: read it by itself.
        rejected: Lines that cannot be read at all, and why.
        ignored: Lines that are no calls by how they begin, and which rule says so.
        text: The block with lines of the fallback encoding turned into UTF-8, where there were.
    """

    good: Bools
    odd: Bools
    rejected: list[tuple[int, RejectionReason]] = field(default_factory=list)
    ignored: list[tuple[int, str]] = field(default_factory=list)
    text: Lines | None = None

    @classmethod
    def nothing(cls) -> Self:
        """Return the judgement of a clean block."""
        empty = np.zeros(0, dtype=np.bool_)
        return cls(empty, empty)


def looks_clean(lines: Lines, profile: FormatProfile, layout: Layout) -> bool:
    """Decide quickly that no line of a block needs a look of its own; wrong only towards no.

    Blank lines and odd quotes are not looked for: what the parser makes of them finds them.
    """
    data = lines.data
    return not (
        _has_long_line(data)
        or holds_control(lines)
        or not _decodes(data, layout.encoding)
        or _is_foreign(data, profile, layout)
    )


def _has_long_line(data: bytes) -> bool:
    """Decide whether a line may be over the cap: some window of half of it has no line end."""
    return any(
        data.find(b"\n", at, at + WINDOW) < 0 for at in range(0, len(data) - WINDOW + 1, WINDOW)
    )


def _decodes(data: bytes, encoding: str) -> bool:
    if data.isascii():
        return True
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        return False  # the slow way turns it into UTF-8
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_foreign(data: bytes, profile: FormatProfile, layout: Layout) -> bool:
    """Decide whether a line may begin as a header, comment, trailer or no record does."""
    starts = [rule.starts.encode() for rule in profile.framing.lines]
    if layout.header:
        starts.append(layout.header.encode("utf-8", "surrogateescape") + b"\n")
    if any(data.startswith(start) or b"\n" + start in data for start in starts):
        return True
    records = [start.encode() for start in profile.framing.record_starts]
    hits = sum(data.count(b"\n" + start) + data.startswith(start) for start in records)
    return bool(records) and hits != data.count(b"\n")


def screened(lines: Lines, profile: FormatProfile, layout: Layout, skip: int) -> Screened:
    """Judge every line of a block; the first `skip` are headers."""
    _ = lines.low  # line ends and control characters are found by one look
    rejected: dict[int, RejectionReason] = {}
    high = _with_high_bytes(lines)
    text = _in_utf8(lines, high, profile, layout)
    good = text.ends > text.starts
    good[:skip] = False
    ignored = _told_by_start(text, profile, layout, good)
    for bad, reason in (
        (text.ends - text.starts > LINE_CAP_BYTES, RejectionReason.LINE_TOO_LONG),
        (_with_controls(text), RejectionReason.CONTROL_CHARACTER),
        (_undecodable(text, high), RejectionReason.ENCODING),
    ):
        rejected.update(dict.fromkeys(np.flatnonzero(bad & good).tolist(), reason))
        good &= ~bad
    good &= ~_blank(text, good)
    odd = _odd(text, profile.framing)
    return Screened(good, odd, sorted(rejected.items()), ignored, text)


def _odd(lines: Lines, framing: Framing) -> Bools:
    """Return the lines that the fast parser might read beyond their end."""
    if framing.quoting is Quoting.BACKSLASH:
        last = lines.codes[np.maximum(lines.ends - 1, 0)]
        return cast("Bools", (last == BACKSLASH) & (lines.ends > lines.starts))
    if framing.quoting is Quoting.NONE:
        return np.zeros(lines.count, dtype=np.bool_)
    return lines.with_odd(ord(framing.quote))


def _blank(lines: Lines, good: Bools) -> Bools:
    """Return the lines that hold nothing but spaces and tabs."""
    blank = np.zeros(lines.count, dtype=np.bool_)
    first = lines.codes[lines.starts]
    for at in np.flatnonzero(good & (first <= SPACE)).tolist():
        blank[at] = not lines.at(at).strip(b" \t")
    return blank


def _told_by_start(
    lines: Lines, profile: FormatProfile, layout: Layout, good: Bools
) -> list[tuple[int, str]]:
    """Take the lines that their beginning tells out of the good ones; return the ignored ones."""
    ignored: list[tuple[int, str]] = []
    if layout.header:
        header = layout.header.encode("utf-8", "surrogateescape")
        good &= ~(lines.starting(header) & (lines.ends - lines.starts == len(header)))
    for rule in profile.framing.lines:
        hit = lines.starting(rule.starts.encode()) & good
        good &= ~hit
        if rule.kind == "ignored":
            ignored.extend((at, rule.reason) for at in np.flatnonzero(hit).tolist())
    if profile.framing.record_starts:
        is_record = np.zeros(lines.count, dtype=np.bool_)
        for start in profile.framing.record_starts:
            is_record |= lines.starting(start.encode())
        ignored.extend((at, NOT_A_RECORD) for at in np.flatnonzero(good & ~is_record).tolist())
        good &= is_record
    return sorted(ignored)


def _with_controls(lines: Lines) -> Bools:
    return lines.holding(controls(lines))


def _with_high_bytes(lines: Lines) -> list[int]:
    """Return the lines that are not ASCII."""
    if lines.data.isascii():
        return []
    found: list[int] = np.flatnonzero(lines.holding(np.flatnonzero(lines.codes >= HIGH))).tolist()
    return found


def _undecodable(lines: Lines, high: list[int]) -> Bools:
    bad = np.zeros(lines.count, dtype=np.bool_)
    for at in high:
        bad[at] = not _is_utf8(lines.at(at))
    return bad


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _in_utf8(lines: Lines, high: list[int], profile: FormatProfile, layout: Layout) -> Lines:
    """Return the block in UTF-8; a line that neither encoding can read stays as it is."""
    declared = layout.encoding if not layout.encoding.startswith("utf-16") else "utf-8"
    encodings = [name for name in (declared, profile.framing.fallback_encoding) if name]
    if encodings == ["utf-8"] or not high:
        return lines
    read = {at: _transcoded(lines.at(at), encodings) for at in high}
    changed = {at: line for at, line in read.items() if line != lines.at(at)}
    return Lines(lines.with_others(changed), lines.first_line) if changed else lines


def _transcoded(line: bytes, encodings: list[str]) -> bytes:
    for encoding in encodings:
        try:
            return line.decode(encoding).encode("utf-8")
        except UnicodeDecodeError:
            continue
    return line


def with_odd_quotes(lines: Lines, delimiter: str, quote: str) -> Bools:
    """Return the lines with a quote that stands at no border of a value and next to no other."""
    codes = lines.codes
    at = np.flatnonzero(codes == ord(quote))
    border = (ord(delimiter), NEWLINE, ord(quote))
    padded = np.concatenate((np.array([NEWLINE], np.uint8), codes, np.array([NEWLINE], np.uint8)))
    odd = ~(np.isin(padded[at], border) | np.isin(padded[at + 2], border))
    return lines.holding(at[odd])
