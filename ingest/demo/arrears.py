"""What the fictional reseller's customers owed before its calls were rated here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from ingest.demo.company import SUBSCRIBERS
from ingest.demo.paper import Paper, csv_paper

OLD_INVOICES = ((20, "0.30"), (48, "0.16"), (76, "0.09"), (118, "0.05"))
"""Days since they fell due, and the share of customers that has not paid one of them."""
CENT = Decimal("0.01")


@dataclass(frozen=True)
class OldInvoice:
    """An invoice of the months before, kept in another system.

    Attributes:
        number: Its number there.
        custid: Whose it is.
        due: When it fell due; it was made thirty days earlier.
        total: In currency units.
    """

    number: str
    custid: str
    due: date
    total: Decimal


def old_invoices(today: date, rng: np.random.Generator) -> tuple[OldInvoice, ...]:
    """Return invoices that nobody has paid yet, of every age."""
    made: list[OldInvoice] = []
    for days, share in OLD_INVOICES:
        late = rng.choice(len(SUBSCRIBERS), int(len(SUBSCRIBERS) * float(share)), replace=False)
        for place in sorted(late.tolist()):
            total = Decimal(str(rng.lognormal(4.4, 0.6))).quantize(CENT, ROUND_HALF_UP)
            due = today - timedelta(days=days - place % 5)
            made.append(OldInvoice(f"A-{len(made) + 2301}", SUBSCRIBERS[place].custid, due, total))
    return tuple(made)


def invoices(old: Iterable[OldInvoice]) -> Paper:
    """Return the old invoices as the file that imports them."""
    columns = ("number", "custid", "invoice_date", "due_date", "total", "tax", "status")
    rows = [
        (one.number, one.custid, one.due - timedelta(days=30), one.due, one.total, "0", "RECORDED")
        for one in old
    ]
    return csv_paper("invoices.csv", columns, rows)


def payments(old: Sequence[OldInvoice]) -> Paper:
    """Return part payments of every third old invoice."""
    columns = ("invoice", "date", "amount", "method", "notes")
    rows = [
        (
            one.number,
            one.due + timedelta(days=3),
            (one.total / 2).quantize(CENT),
            "transfer",
            "part",
        )
        for one in old[::3]
    ]
    return csv_paper("payments.csv", columns, rows)
