"""How a moment is written, compiled once: the strptime-like words of a profile.

`%Y %y %m %d %H %I %M %S %p %b %f %z` as in Python's strptime, but strict: two digits mean two
digits. A dash makes the leading zero optional (`%-d`), `%3f` is exactly three digits of a
second, `%z` takes `+01`, `+01:00`, `+0100` and `Z`; `%a` and `%Z` are words that are skipped.
The whole formats `epoch_s`, `epoch_ms` and `epoch_us` are counts since 1970 in UTC; `excel_days`
is a spreadsheet's day number with the time as its fraction (46083.375), a local time.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

EPOCHS = {"epoch_s": 1000, "epoch_ms": 1, "epoch_us": 0}
EXCEL = "excel_days"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2}
WORDS = {
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "b": "(?P<b>[A-Za-z]{3})",
    "f": r"(?P<f>\d{1,9})",
    "z": r"(?P<z>[+-]\d\d:?(?:\d\d)?|Z)",
    "a": "[A-Za-z]{2,9}",
    "Z": "[A-Za-z/_]{1,32}",
}
TOKEN = re.compile(r"%(-|[1-9])?([A-Za-z])|([^%])")


@dataclass(frozen=True)
class Slot:
    """A part of a fixed-width moment.

    Attributes:
        word: Which part: Y, y, m, d, H, I, M, S or f.
        first: Offset of its first digit.
        width: How many digits.
    """

    word: str
    first: int
    width: int


@dataclass(frozen=True)
class TimeFormat:
    """One compiled format.

    Attributes:
        text: As written in the profile.
        epoch: It is a count since 1970.
        pattern: The whole value, as an expression with one named group per part (RE2 syntax).
        slots: Where every part stands, when each has a fixed width; else empty.
        literals: The other characters of a fixed-width moment, by offset.
        width: Its length, when fixed; else 0.
    """

    text: str
    epoch: bool
    pattern: str
    slots: tuple[Slot, ...]
    literals: tuple[tuple[int, str], ...]
    width: int

    @classmethod
    @lru_cache(maxsize=512)
    def of(cls, text: str) -> Self:
        """Compile a format.

        Raises:
            ValueError: It has a word that is not known, or no date or time of day.
        """
        if text == EXCEL:
            serial = r"\d{1,6}(?:\.\d{1,15})?"
            return cls(text, epoch=False, pattern=serial, slots=(), literals=(), width=0)
        if text in EPOCHS:
            return cls(text, epoch=True, pattern=r"\d{1,17}", slots=(), literals=(), width=0)
        tokens = _tokens(text)
        words = {word for _, word, _ in tokens if word}
        if not words & {"m", "b"} or "d" not in words or not words & {"H", "I"}:
            raise ValueError(f"{text!r} lacks a day, a month or an hour")
        pattern = "".join(_expression(*token) for token in tokens)
        slots, literals, width = _fixed(tokens)
        return cls(text, epoch=False, pattern=pattern, slots=slots, literals=literals, width=width)

    @property
    def is_serial(self) -> bool:
        """It is a spreadsheet's day number."""
        return self.text == EXCEL

    @property
    def has_zone(self) -> bool:
        """The offset is part of the moment."""
        return "(?P<z>" in self.pattern

    @property
    def has_year(self) -> bool:
        """The year is part of the moment."""
        return self.is_serial or "%Y" in self.text or "%y" in self.text


def _tokens(text: str) -> list[tuple[str, str, str]]:
    """Return (modifier, word, literal) for each part."""
    tokens = []
    end = 0
    for match in TOKEN.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        modifier, word, literal = (part or "" for part in match.groups())
        if word and word not in WIDTHS and word not in WORDS:
            raise ValueError(f"{text!r}: %{word} is not known")
        tokens.append((modifier, word, literal))
    if end != len(text) or not text:
        raise ValueError(f"{text!r} is not a format of a moment")
    return tokens


def _expression(modifier: str, word: str, literal: str) -> str:
    if not word:
        return re.escape(literal)
    if word == "f" and modifier.isdigit():
        return rf"(?P<f>\d{{{modifier}}})"
    if word in WORDS:
        return WORDS[word]
    width = WIDTHS[word]
    least = 1 if modifier == "-" else width
    return rf"(?P<{word}>\d{{{least},{width}}})"


def _fixed(
    tokens: list[tuple[str, str, str]],
) -> tuple[tuple[Slot, ...], tuple[tuple[int, str], ...], int]:
    slots: list[Slot] = []
    literals: list[tuple[int, str]] = []
    at = 0
    for modifier, word, literal in tokens:
        width = int(modifier) if modifier.isdigit() else WIDTHS.get(word, 0)
        if not word:
            literals.append((at, literal))
            at += 1
        elif width and modifier != "-" and (word in WIDTHS or word == "f"):
            slots.append(Slot(word, at, width))
            at += width
        else:
            return (), (), 0
    if not all(letter.isascii() for _, letter in literals):
        return (), (), 0
    return tuple(slots), tuple(literals), at
