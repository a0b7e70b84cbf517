"""The beginning of a file, as text: enough to tell what it is."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.domain.errors import EmptyFile, NotText

HEAD_BYTES = 256 * 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LINES_ENOUGH = 8
"""So many tell a format without the last one."""
MOST_CONTROLS = 0.02


@dataclass(frozen=True)
class Head:
    """The beginning of a file, as text.

    Attributes:
        lines: Its first physical lines; the last may have been cut off, and is left out where it
            has no end and there are others enough.
        bom_bytes: Length of the byte order mark.
        bom_encoding: What the mark says, or nothing.
    """

    lines: tuple[str, ...]
    bom_bytes: int
    bom_encoding: str
    _rows: dict[object, Sequence[list[str]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def rows(
        self, alike: object, lines: Iterator[str], split: Callable[[str], list[str] | None]
    ) -> Sequence[list[str]]:
        """Return lines as their values, an unreadable one as none.

        Formats that are alike in what lines they take and how they split them share the work.
        """
        if alike not in self._rows:
            self._rows[alike] = [split(line) or [] for line in lines]
        return self._rows[alike]


def head_of(path: Path) -> Head:
    """Return the first lines of a file.

    Raises:
        EmptyFile: It has no bytes, or only blank lines.
        NotText: It is binary.
    """
    with path.open("rb") as stream:
        data = stream.read(HEAD_BYTES)
    if not data:
        raise EmptyFile(f"{path.name} is empty: it has no bytes. Ask for it to be sent again.")
    bom, encoding = next(((bom, name) for bom, name in BOMS if data.startswith(bom)), (b"", ""))
    if not encoding.startswith("utf-16") and _is_binary(data):
        raise NotText(
            f"{path.name} is not text: it holds binary data, so it is not a CDR file that can be"
            " read. Export the calls as text, or send the archive with its usual ending."
        )
    text = data[len(bom) :].decode(encoding or "utf-8", errors="surrogateescape")
    complete = len(data) < HEAD_BYTES
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = len(lines) <= LINES_ENOUGH if complete else len(lines) == 1
    kept = lines if told else lines[:-1]
    if complete and not text.strip():
        raise EmptyFile(f"{path.name} holds only blank lines. Ask for it to be sent again.")
    return Head(tuple(kept), len(bom), encoding)


def _is_binary(data: bytes) -> bool:
    """Decide by control characters; a stray one in a line of text makes no binary file."""
    controls = len(data) - len(data.translate(None, bytes(range(9)) + bytes(range(14, 32))))
    return controls > MOST_CONTROLS * len(data)
