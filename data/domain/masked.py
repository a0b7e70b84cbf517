"""What a role that may not see phone numbers is shown instead, and what it may not ask.

Columns are masked unless they are known to hold none, so that a new one is safe before anybody
thinks of it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from data.domain.columns import ColumnKind, columns_of
from data.domain.explanation import Step, WorkedPrice
from data.domain.masking import masked_number, masked_text
from data.domain.panel_rows import PanelRow
from data.domain.search import Findings, Hit, HitKind, number_digits

PLAIN = frozenset(
    {
        "city",
        "country",
        "custid",
        "destination",
        "email",
        "error_code",
        "folder",
        "holder",
        "invoice",
        "method",
        "number",  # of an invoice
        "outcome",
        "plan",
        "priority",
        "profile",
        "rate_table",
        "reason",
        "sha256",
        "tax_category",
        "timezone",
    }
)
"""Text columns that hold no phone number."""


def masked_row(row: PanelRow) -> PanelRow:
    """Return a row with every phone number in it masked."""
    hidden = {
        name: write(getattr(row, name))
        for name, write in _writers(type(row))  # type: ignore[arg-type]  # a class has a hash
        if getattr(row, name) is not None
    }
    return replace(row, **hidden)


@cache
def _writers(row: type) -> tuple[tuple[str, Callable[[str], Any]], ...]:
    return tuple(
        (column.name, masked_number if column.name.endswith("_number") else masked_text)
        for column in columns_of(row)
        if column.kind is ColumnKind.TEXT and column.name not in PLAIN
    )


def masked_findings(found: Findings, text: str) -> Findings:
    """Return what a search may tell: no number, and nothing that was found by one."""
    by_number = number_digits(text) is not None
    hits = (_masked_hit(hit) for hit in found.hits if not by_number or _is_named(hit, text))
    return Findings(tuple(hit for hit in hits if hit.kind is not HitKind.AUTH_CODE))


def _is_named(hit: Hit, text: str) -> bool:
    names = f"{hit.title}\n{hit.detail}".lower()
    return hit.kind is not HitKind.CALL and text.strip().lower() in names


def _masked_hit(hit: Hit) -> Hit:
    if hit.kind is not HitKind.CALL:
        return hit
    return replace(hit, title=masked_number(hit.title), detail=masked_number(hit.detail))


def masked_price(worked: WorkedPrice, *numbers: str) -> WorkedPrice:
    """Return an explanation in which some numbers, and all that look like one, are masked."""
    steps = []
    for step in worked.steps:
        text = step.text
        for number in sorted(filter(None, numbers), key=len, reverse=True):
            text = text.replace(number, masked_number(number))
        steps.append(Step(step.what, masked_text(text)))
    return replace(worked, steps=tuple(steps))
