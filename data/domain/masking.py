"""Hiding what a log or a lesser role must not see: phone numbers, passwords, keys."""

import re
from datetime import datetime

SHOWN_DIGITS = 3
"""Last digits that stay readable, so that two calls can still be told apart."""
HIDDEN = "***"
SHORTEST_NUMBER = 7
"""Fewer digits are an extension or a short code, which names nobody outside."""
SECRET_WORDS = ("password", "passwd", "secret", "token", "cookie", "authorization", "api_key")
_SECRETS = "|".join(SECRET_WORDS)

# An international number with separators, a North American one, or a long run of digits.
_NUMBER = re.compile(
    r"\+\d(?:[ ().-]{0,2}\d){6,14}(?!\d)"
    r"|(?<![\d.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\d.-])"
    r"|(?<![0-9A-Za-z])\d{9,}(?![0-9A-Za-z])"
)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/@]*):[^\s/]*@")
_NAMED_SECRET = re.compile(
    rf"(?i)([\"']?[\w.-]*(?:{_SECRETS})[\w.-]*[\"']?\s*[=:]\s*)(?:bearer\s+|basic\s+)?"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&]+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_STAMP_FORMS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def masked_number(number: str) -> str:
    """Return a phone number with only its last digits readable; short codes stay as they are."""
    digits = sum(character.isdigit() for character in number)
    if digits < SHORTEST_NUMBER:
        return number
    shown = re.search(rf"(?:\d\D*){{{SHOWN_DIGITS}}}$", number)
    return HIDDEN + (shown.group() if shown else "")


def masked_text(text: str) -> str:
    """Return a text with every phone number in it masked; times written as digits stay."""
    return _NUMBER.sub(_masked_unless_time, text)


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
    return found.group() if _is_time(found.group()) else masked_number(found.group())


def _is_time(digits: str) -> bool:
    form = _STAMP_FORMS.get(len(digits))
    if form is None or not digits.startswith("20"):
        return False
    try:
        datetime.strptime(digits, form)  # noqa: DTZ007 (only asked whether it is one)
    except ValueError:
        return False
    return True
