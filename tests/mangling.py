"""Files damaged at random, and what must hold of reading them nevertheless."""

import random
from pathlib import Path

from data.domain.errors import FileError
from ingest.normalise import normalised
from ingest.profile import FormatProfile
from ingest.read import blocks
from tests.reading import RULES, whole

GOLDEN = sorted(
    path
    for path in (Path(__file__).parent / "fixtures" / "cdr").glob("*/*")
    if not path.name.endswith(".expected.json")
)
PIECES = (
    b'"', b'""', b",", b";", b"|", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xc3", b"\\", b" ",
    b"\f", b"\t", b"\xef\xbb\xbf", b"9" * 40, b"-1", b"1e5", b"\xd9\xa1", b"'",
)  # fmt: skip


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return a file with up to six random cuts, copies and insertions."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randint(0, len(data))
        end = min(len(data), at + rng.choice((1, 2, 9, 80, 400)))
        piece = rng.choice((b"", b"", rng.choice(PIECES), data[at:end] * 2, rng.randbytes(3)))
        data = data[:at] + piece + data[end if rng.random() < 0.5 else at :]
    return data


def read_in_full(path: Path, profile: FormatProfile, data: bytes) -> None:
    """Read a file and assert that every physical line of it ended in exactly one way."""
    try:
        segment = whole(path, profile)
    except FileError:
        return
    found = [(block, normalised(block, profile, RULES)) for block in blocks(segment)]
    ended = [
        *(line for _, item in found for line in item.calls["line"]),
        *(item.line for _, whole in found for item in whole.rejections),
        *(item.line for _, whole in found for item in whole.ignored),
    ]
    lines = _physical(data)
    assert sum(block.lines for block, _ in found) == len(lines)
    assert len(ended) == len(set(ended))
    header = segment.layout.header.encode("utf-8", "surrogateescape")
    starts = tuple(rule.starts.encode() for rule in profile.framing.lines if rule.kind != "ignored")
    for number in set(range(1, len(lines) + 1)) - set(ended):
        line = lines[number - 1]
        assert (
            number <= segment.layout.header_lines
            or not line.strip(b" \t")
            or line == header
            or (starts and line.startswith(starts))
        ), (number, line)


def _physical(data: bytes) -> list[bytes]:
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        if data.startswith(mark):
            text = data[len(mark) :]
            break
    else:
        text = data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-le" if data[:2] == b"\xff\xfe" else "utf-16-be"
        text = text.decode(encoding, "replace").encode("utf-8", "replace")
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = text.split(b"\n")
    return [line.strip(b"\f") for line in (lines[:-1] if text.endswith(b"\n") else lines)]
