"""The calls on an invoice as CSV, for a spreadsheet or for a program."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain

from data.documents.call_csv import call_csv, started_text
from data.domain.formulas import harmless
from data.domain.invoice_document import BilledCall
from data.domain.money import decimal_units
from data.domain.retention import EXPIRED_ROWS

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


def call_detail(
    calls: Iterable[BilledCall], *, minor_digits: int, expired: int = 0, machine: bool = False
) -> Iterator[str]:
    """Give the calls as CSV (RFC 4180), block by block; only one block is in memory.

    Args:
        calls: In the order of the file.
        expired: Calls whose rows are gone; told below the others, not to a program.
        minor_digits: Decimals that a charge has at least; none of its own is lost.
        machine: For a program: instants in UTC and texts exactly as stored. Else for a
            spreadsheet: the tenant's clocks, and no text can become a formula.
    """
    rows = (_row(call, minor_digits=minor_digits, machine=machine) for call in calls)
    told: tuple[tuple[object, ...], ...] = (
        () if machine or not expired else ((), (EXPIRED_ROWS, expired))
    )
    return call_csv(HEADS, chain(rows, told), machine=machine)


def _row(call: BilledCall, *, minor_digits: int, machine: bool) -> tuple[object, ...]:
    texts = (call.calling_number, call.called_number, call.destination)
    return (
        started_text(call.started, machine=machine),
        *(texts if machine else map(harmless, texts)),
        Decimal(call.talk_ms) / 1000,
        call.billed_s,
        decimal_units(call.charge_micros, minor_digits=minor_digits),
        "yes" if call.late else "no",
    )
