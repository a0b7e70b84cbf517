"""How the fictional reseller's customers pay: most at once, some in part, some late, some never."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.domain.money import rounded_to_minor

IN_FULL, IN_PART, LATE, NEVER = range(4)
SHARES = np.array([0.62, 0.14, 0.12, 0.12])


@dataclass(frozen=True)
class Owed:
    """A recorded invoice.

    Attributes:
        number: Its number.
        due: When it falls due.
        total_micros: What it comes to.
    """

    number: str
    due: date
    total_micros: int


@dataclass(frozen=True)
class Paid:
    """A payment that will come.

    Attributes:
        number: The invoice that it is for.
        on: The day it comes.
        amount_micros: How much.
    """

    number: str
    on: date
    amount_micros: int


def payments_to_come(invoices: Iterable[Owed], rng: np.random.Generator) -> list[Paid]:
    """Draw for each invoice whether, when and how much of it is paid; by day, then number."""
    coming: list[Paid] = []
    for owed in invoices:
        if owed.total_micros <= 0:
            continue
        manner = int(rng.choice(len(SHARES), p=SHARES))
        early = owed.due - timedelta(days=int(rng.integers(3, 27)))
        amount_micros = owed.total_micros
        if manner == IN_PART:
            amount_micros = rounded_to_minor(owed.total_micros * int(rng.integers(25, 75)) // 100)
        if manner == LATE:
            early = owed.due + timedelta(days=int(rng.integers(4, 20)))
        if manner != NEVER:
            coming.append(Paid(owed.number, early, amount_micros))
    return sorted(coming, key=lambda paid: (paid.on, paid.number))
