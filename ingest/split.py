"""The tolerant splitter: one physical line into its values, where the fast reader balks."""

import csv
import re
from collections.abc import Callable
from functools import lru_cache

from ingest.profile_values import Quoting

Splitter = Callable[[str], list[str] | None]
END = "\n"  # a physical line never holds one, so a value that does has an unclosed quote


@lru_cache(maxsize=64)
def splitter(delimiter: str, quoting: Quoting, quote: str = '"') -> Splitter:
    """Return the function that splits a line; it gives nothing for an unclosed quote."""
    if quoting is Quoting.BACKSLASH:
        return lambda line: _by_backslash(line, delimiter)
    if quoting is Quoting.NONE:
        return lambda line: line.split(delimiter)
    if quoting is Quoting.UNESCAPED:
        return lambda line: _by_quoted_borders(line, delimiter, quote)
    return lambda line: _by_doubled_quotes(line, delimiter, quote)


def _by_doubled_quotes(line: str, delimiter: str, quote: str) -> list[str] | None:
    """Split as RFC 4180 has it; what follows a closing quote is kept (`"Name" <1>`).

    This is also what pyarrow does, so that a line gives the same values on either way.
    """
    cells = next(csv.reader([line + END], delimiter=delimiter, quotechar=quote))
    return None if cells and END in cells[-1] else cells


def _by_quoted_borders(line: str, delimiter: str, quote: str) -> list[str] | None:
    """Split where quotes inside a quoted value are not escaped.

    A value ends at a quote that is followed by the delimiter or the end of the line. Where that
    leaves half a quoted value behind, every value of the line must be quoted, and only a quote,
    the delimiter and a quote together end one.
    """
    cells, is_torn = _at_borders(line, delimiter, quote)
    if is_torn and len(line) > 1 and line[0] == line[-1] == quote:
        return line[1:-1].split(f"{quote}{delimiter}{quote}")
    return cells


def _at_borders(line: str, delimiter: str, quote: str) -> tuple[list[str] | None, bool]:
    """Return the values, and whether one that is not quoted holds a quote."""
    cells: list[str] = []
    is_torn = False
    at = 0
    while at <= len(line):
        quoted = line[at : at + 1] == quote
        end = _closing(line, at + 1, quote + delimiter) if quoted else line.find(delimiter, at)
        if quoted and end < 0:
            return None, is_torn
        stop = len(line) if end < 0 else end
        cells.append(line[at + quoted : stop])
        is_torn = is_torn or (not quoted and quote in cells[-1])
        at = stop + quoted + 1
    return cells, is_torn


def _closing(line: str, at: int, closing: str) -> int:
    """Return where the quote stands that closes a value, or -1."""
    border = line.find(closing, at)
    if border >= 0:
        return border
    return len(line) - 1 if line.endswith(closing[0]) and len(line) > at else -1


def _by_backslash(line: str, delimiter: str) -> list[str]:
    """Split at delimiters that no backslash precedes."""
    if "\\" not in line:
        return line.split(delimiter)
    parts = re.findall(rf"(?:\\.|[^\\{re.escape(delimiter)}]|\\$)*", line, flags=re.DOTALL)
    return [re.sub(r"\\(.)", r"\1", part) for part in _unempty(parts)]


def _unempty(parts: list[str]) -> list[str]:
    """Drop the empty match that follows each non-empty one."""
    kept: list[str] = []
    skip = False
    for part in parts:
        if skip and not part:
            skip = False
            continue
        kept.append(part)
        skip = bool(part)
    return kept
