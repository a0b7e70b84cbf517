"""What the upstream carrier charged, as micros of the currency unit."""

import re

import numpy as np

from data.domain.money import MICROS_PER_UNIT, MOST_MICROS, half_up
from data.domain.records import RejectionReason
from ingest.lines import Bools, Ints
from ingest.profile_parts import Cost
from ingest.rows import Rows
from ingest.texts import by_value

AMOUNT = re.compile(r"([+-]?)(\d{0,12})(?:\.(\d{0,12}))?")
COMMA_FOR_POINT = str.maketrans(",.", ".,")
PPM = 1_000_000
NONE = np.iinfo(np.int64).min
UNREADABLE = NONE + 1


def costs(rows: Rows, field: Cost) -> tuple[Ints, Bools]:
    """Return the cost of each row and whether it has one; an unreadable one rejects the row."""
    found = by_value(rows.text_or_empty(field.column), lambda text: cost_micros(text, field))
    unreadable = found == UNREADABLE
    rows.verdicts.reject(unreadable, RejectionReason.VALUE_UNKNOWN)
    given = (found != NONE) & ~unreadable & _in_tenants_currency(rows, field)
    return np.where(given, found, 0), given


def _in_tenants_currency(rows: Rows, field: Cost) -> Bools:
    """Return which rows' costs are in the currency of the books; all where nothing says otherwise.

    Without a store there are no books, and every cost is shown as it is.
    """
    ours, said = rows.rules.currency, field.currency or ""
    if not ours or (field.currency is None and field.currency_column is None):
        return np.ones(len(rows), dtype=np.bool_)
    words = rows.text_or_empty(field.currency_column)
    same: Bools = by_value(words, lambda word: int((word.strip().upper() or said) == ours)) == 1
    return same


def cost_micros(text: str, field: Cost) -> int:
    """Return one written amount without its tax as micros, rounded half-up once.

    NONE where it is empty or a code, or UNREADABLE.
    """
    if not text:
        return int(NONE)
    if field.decimal != ".":
        text = text.translate(COMMA_FOR_POINT)
    match = AMOUNT.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return int(UNREADABLE)
    whole, fraction = match[2] or "0", match[3] or ""
    units = int(whole + fraction) * MICROS_PER_UNIT * PPM
    with_tax = PPM + field.included_tax_ppm
    micros = half_up(units, int(10 ** len(fraction)) * field.scale * with_tax)
    if micros > MOST_MICROS:
        return int(UNREADABLE)
    signed = field.sign * (-micros if match[1] == "-" else micros)
    return int(NONE) if signed < 0 and field.negative == "unknown" else signed
