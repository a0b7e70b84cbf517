"""The calls on an invoice as CSV, for a spreadsheet or for a program."""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC
from decimal import Decimal
from io import StringIO

from data.domain.formulas import harmless
from data.domain.invoice_document import BilledCall
from data.domain.money import decimal_units

HEADS = (
    "started",
    "calling_number",
    "called_number",
    "destination",
    "talk_s",
    "billed_s",
    "charge",
    "late",
)
BLOCK_CALLS = 500
BOM = "\N{BYTE ORDER MARK}"
"""Tells Excel that the file is UTF-8."""


def call_detail(
    calls: Iterable[BilledCall], *, minor_digits: int, machine: bool = False
) -> Iterator[str]:
    """Give the calls as CSV (RFC 4180), block by block; only one block is in memory.

    Args:
        calls: In the order of the file.
        minor_digits: Decimals that a charge has at least; none of its own is lost.
        machine: For a program: instants in UTC and texts exactly as stored. Else for a
            spreadsheet: the tenant's clocks, and no text can become a formula.
    """
    out = StringIO()
    writer = csv.writer(out)
    if not machine:
        out.write(BOM)
    writer.writerow(HEADS)
    for number, call in enumerate(calls, start=1):
        writer.writerow(_row(call, minor_digits=minor_digits, machine=machine))
        if number % BLOCK_CALLS == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _row(call: BilledCall, *, minor_digits: int, machine: bool) -> tuple[object, ...]:
    texts = (call.calling_number, call.called_number, call.destination)
    started = (
        call.started.astimezone(UTC).isoformat(timespec="milliseconds")
        if machine
        else f"{call.started:%Y-%m-%d %H:%M:%S}"
    )
    return (
        started,
        *(texts if machine else map(harmless, texts)),
        Decimal(call.talk_ms) / 1000,
        call.billed_s,
        decimal_units(call.charge_micros, minor_digits=minor_digits),
        "yes" if call.late else "no",
    )
