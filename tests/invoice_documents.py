"""Invoices for tests, whole and valid: a test states only what it is about."""

from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image

from data.domain.invoice_document import Annex, AnnexRow, InvoiceDocument, Issuer, Recipient
from data.domain.invoicing import InvoiceLine, LineKind
from data.domain.periods import Period
from data.domain.records import InvoiceStatus

ISSUER = Issuer(
    name="Harbour Telecom Ltd",
    address="Unit 4, Quay House\n12 Dock Road\nBristol BS1 6XX",
    tax_id="GB 123 4567 89",
    bank="Example Bank\nIBAN GB00 EXMP 0000 0012 3456 78",
)
RECIPIENT = Recipient(
    custid="C-1042",
    company="Ærøskøbing Rådgivning A/S",
    contact="Łukasz Żółć",
    address=("Storgade 12", "5970 Ærøskøbing"),
    country="DNK",
    vat="DK00000000",
)
ANNEX = Annex(
    description="Calls, standard rates",
    rows=(
        AnnexRow("United Kingdom, mobile", calls=20, billed_s=3_725, charge_micros=100_003_000),
        AnnexRow("France", calls=1, billed_s=60, charge_micros=1_500),
    ),
    plan_micros=0,
)


def line(kind: LineKind, description: str, units: float, **given) -> InvoiceLine:
    micros = round(units * 1_000_000)
    return InvoiceLine(
        kind=kind,
        description=description,
        exact_micros=given.pop("exact_micros", micros),
        amount_micros=micros,
        **given,
    )


USAGE = line(
    LineKind.USAGE,
    "Calls, standard rates",
    100,
    exact_micros=100_004_500,
    calls=21,
    billed_s=3_785,
)
LINES = (
    USAGE,
    line(LineKind.TAX, "GST 5 %", 5),
    line(LineKind.TAX, "QST 9.975 %", 10.47),
)


def invoice_document(**given) -> InvoiceDocument:
    """A recorded invoice over 115.47, due at the end of July, nothing paid."""
    whole: dict[str, Any] = {
        "number": "INV-104",
        "status": InvoiceStatus.RECORDED,
        "invoice_date": date(2026, 7, 1),
        "due_date": date(2026, 7, 31),
        "period": Period(date(2026, 6, 1), date(2026, 6, 30)),
        "currency": "GBP",
        "minor_digits": 2,
        "timezone": "Europe/London",
        "issuer": ISSUER,
        "recipient": RECIPIENT,
        "lines": LINES,
        "annexes": (ANNEX,),
    } | given
    return InvoiceDocument(**whole)


def logo(kind: str = "PNG", size: tuple[int, int] = (90, 24)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#0f766e").save(out, kind)
    return out.getvalue()
