"""How a format's bytes become lines, and lines columns."""

from dataclasses import field
from typing import Literal

from pydantic.dataclasses import dataclass

from ingest.profile_values import STRICT, Letter, Quoting, Regex


@dataclass(frozen=True, config=STRICT)
class LineRule:
    """Lines that are told by how they begin, whatever their columns.

    Attributes:
        starts: The text that such a line begins with.
        kind: `ignored` is a line of the file that is no call; the others are no lines at all.
        reason: For ignored lines: which rule, in one word.
        count: For a trailer: where it says how many lines there should be, as the first group.
    """

    starts: str
    kind: Literal["ignored", "header", "comment", "trailer"]
    reason: str = ""
    count: Regex = ""


@dataclass(frozen=True, config=STRICT)
class Framing:
    """How the bytes become lines, and lines columns.

    Attributes:
        kind: Delimited, or fixed: columns are slices of the line.
        delimiters: Possible delimiters; where there are several, the file's header decides.
        quoting: How a value that holds the delimiter is written.
        quote: The character that quotes, where values are quoted.
        space_after_delimiter: A space follows the delimiter and is no part of the value.
        encoding: The declared encoding; a byte order mark in the file overrules it.
        fallback_encoding: What a line that is not in the declared encoding is read as; empty: it
            is rejected.
        header_lines: Lines before the first record; the first of them names the columns.
        record_starts: Where given, only lines that begin with one of these are records; the
            others are ignored as `not_a_record`.
        lines: Lines told by how they begin.
        prefix: What wraps the columns of every line, before them.
        suffix: Likewise, after them.
    """

    kind: Literal["delimited", "fixed"] = "delimited"
    delimiters: tuple[str, ...] = (",",)
    quoting: Quoting = Quoting.DOUBLED
    quote: Letter = '"'
    space_after_delimiter: bool = False
    encoding: str = "utf-8"
    fallback_encoding: str = ""
    header_lines: int = 0
    record_starts: tuple[str, ...] = ()
    lines: tuple[LineRule, ...] = ()
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, config=STRICT)
class Columns:
    """Which columns there are and where.

    Attributes:
        order: Names by position, for files without a header.
        tails: What may follow `order`, by release or option of the switch.
        names: For files with a header: our name, and what the header may call it. Compared
            without case, and with every run of other characters as one underscore.
        required: Names that the header must have.
        forbidden: Header words whose presence says that this is another format.
        slices: For fixed width: name, first and last character, counted from 1.
        least_chars: For fixed width: a shorter line was cut off; 0 is the end of the last slice.
        extra: More columns at the end than named are fine, as many as in the file's first lines.
        ragged: They may differ from line to line (names with unquoted commas).
        shapes: What the whole value of a column looks like; recognises files without a header.
    """

    order: tuple[str, ...] = ()
    tails: tuple[tuple[str, ...], ...] = ((),)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)
    least_chars: int = 0
    extra: bool = False
    ragged: bool = False
    shapes: dict[str, Regex] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """Every name that a field may refer to."""
        tails = (name for tail in self.tails for name in tail)
        return frozenset((*self.order, *tails, *self.names, *self.slices)) - {""}
