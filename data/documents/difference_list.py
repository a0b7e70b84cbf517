"""Calls that differ from their recorded invoices, as CSV for a spreadsheet or for a program."""

from collections.abc import Iterable, Iterator

from data.documents.call_csv import call_csv, started_text
from data.domain.differences import InvoicedDifference
from data.domain.formulas import harmless
from data.domain.money import decimal_units

HEADS = (
    "call",
    "file",
    "line",
    "started",
    "calling_number",
    "called_number",
    "invoice",
    "custid",
    "company",
    "charge",
    "custid_now",
    "company_now",
    "charge_now",
    "difference",
)


def difference_list(
    found: Iterable[InvoicedDifference], *, minor_digits: int, machine: bool = False
) -> Iterator[str]:
    """Give the calls as CSV (RFC 4180), block by block; only one block is in memory.

    Args:
        found: In the order of the file.
        minor_digits: Decimals that an amount has at least; none of its own is lost.
        machine: For a program: instants in UTC and texts exactly as stored. Else for a
            spreadsheet: the tenant's clocks, and no text can become a formula.
    """
    rows = (_row(each, minor_digits=minor_digits, machine=machine) for each in found)
    return call_csv(HEADS, rows, machine=machine)


def _row(each: InvoicedDifference, *, minor_digits: int, machine: bool) -> Iterator[object]:
    def text(value: str) -> str:
        return value if machine else harmless(value)

    def money(amount_micros: int) -> str:
        return decimal_units(amount_micros, minor_digits=minor_digits)

    now = each.customer_now
    yield from (str(each.call), each.file_id, each.line)
    yield started_text(each.started_local, machine=machine)
    yield from (text(each.calling_number), text(each.called_number), text(each.invoice))
    yield from (text(each.customer.custid), text(each.customer.company))
    yield money(each.charge_micros)
    yield from (text(each.customer_now_text), text(now.company if now else ""))
    yield "" if each.charge_now_micros is None else money(each.charge_now_micros)
    yield money(each.difference_micros)
