"""Hiding what a log or a lesser role must not see: phone numbers, passwords, keys."""

import re
from datetime import datetime

from data.domain.numbers import BETWEEN, MOST_BETWEEN

SHOWN_DIGITS = 3
"""Last digits that stay readable, so that two calls can still be told apart."""
HIDDEN = "***"
SHORTEST_NUMBER = 7
"""Fewer digits are an extension or a short code, which names nobody outside."""
SECRET_WORDS = ("password", "passwd", "secret", "token", "cookie", "authorization", "api_key")
_SECRETS = "|".join(SECRET_WORDS)

SHORTEST_RUN = 8
"""Digits in one run, which may count lines or bytes, are a number from here on."""

# What is read as it stands: days, months, times, amounts, addresses of machines, names with digits.
_READABLE = re.compile(
    r"(?<![\d.(+-])(?:19|20)\d\d([-/])(?:0[1-9]|1[0-2])(?:\1(?:0[1-9]|[12]\d|3[01]))?(?!\d|[-./]\d)"
    r"|(?<![\d./(+-])(?<!\d )(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d\d"
    r"(?!\d|[-./]\d)"
    r"|(?<!\d)\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?!\d)"
    r"|(?<![\d.,])\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?(?![\d(]|[-./]\d)"
    r"|(?<![\d./(+-])(?<!\d )(?:(?:0|[1-9]\d{0,11})\.\d\d|(?:0|[1-9]\d?)\.\d{1,6})"
    r"(?![\d(]|[-./ ]\d)"
    r"|(?<![\d./(+-])(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})(?![\d(]|[-./ ]\d)"
    r"|(?<![0-9A-Za-z])[A-Za-z][0-9A-Za-z]{0,30}[-_/](?:(?:19|20)\d\d[-_/]\d{1,6}|\d{1,8})"
    r"(?![0-9A-Za-z(]|[-/ ]\d)"
)
# Digits with at most four signs between two of them, in whatever way the groups are cut.
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])\+?\(?\d(?:[{re.escape(BETWEEN)}]{{0,{MOST_BETWEEN}}}\d){{6,}}"
)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/@]*):[^\s/]*@")
_NAMED_SECRET = re.compile(
    rf"(?i)([\"']?[\w.-]*(?:{_SECRETS})[\w.-]*[\"']?\s*[=:]\s*)(?:bearer\s+|basic\s+)?"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&]+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_STAMP_FORMS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_STAMP_GROUPS = ([8], [12], [14], [8, 4], [8, 6])


def masked_number(number: str) -> str:
    """Return a phone number with only its last digits readable; short codes stay as they are."""
    digits = sum(character.isdigit() for character in number)
    if digits < SHORTEST_NUMBER:
        return number
    shown = re.search(rf"(?:\d\D*){{{SHOWN_DIGITS}}}$", number)
    return HIDDEN + (shown.group() if shown else "")


def masked_text(text: str) -> str:
    """Return a text with every phone number in it masked; days, times, amounts and names stay.

    A number is seven digits or more, however blanks, dots, dashes, slashes and brackets group
    them, and eight in one run. In doubt a text is masked. The time is linear in the length.
    """
    shown, at = [], 0
    for readable in _READABLE.finditer(text):
        shown += [_NUMBER.sub(_masked_unless_time, text[at : readable.start()]), readable.group()]
        at = readable.end()
    return "".join([*shown, _NUMBER.sub(_masked_unless_time, text[at:])])


def without_secrets(text: str) -> str:
    """Return a text with the passwords of URLs, named secrets and bearer tokens taken out."""
    text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _NAMED_SECRET.sub(rf"\1{HIDDEN}", text)


def names_secret(key: str) -> bool:
    """Tell whether a value under this key must never be written."""
    return any(word in key.lower() for word in SECRET_WORDS)


def names_phone_number(key: str) -> bool:
    """Tell whether a value under this key is a phone number or a SIP address."""
    return key.endswith("_number") or key in {"number", "from_uri", "to_uri", "called_digits"}


def hides_number(column: str) -> bool:
    """Tell whether a column is a number, or holds one: finding rows by it would tell it."""
    return column.endswith("_number") or column in {"fax", "pattern", "raw", "tel", "tel2"}


def _masked_unless_time(found: re.Match[str]) -> str:
    number: str = found.group()
    after = found.string[found.end() : found.end() + 1]
    groups = re.findall(r"\d+", number)
    if after.isalpha() and after.isascii():  # its last digits are a word's
        if len(groups) == 1:
            return number
        kept = number[: number.rindex(groups[-1])]
        return f"{_NUMBER.sub(_masked_unless_time, kept)}{groups[-1]}"
    of_time = [len(group) for group in groups] in _STAMP_GROUPS and _is_time("".join(groups))
    is_count = len(groups) == 1 and number == groups[0] and len(number) < SHORTEST_RUN
    return number if of_time or is_count else masked_number(number)


def _is_time(digits: str) -> bool:
    form = _STAMP_FORMS.get(len(digits))
    if form is None or not digits.startswith("20"):
        return False
    try:
        datetime.strptime(digits, form)  # noqa: DTZ007 (only asked whether it is one)
    except ValueError:
        return False
    return True
