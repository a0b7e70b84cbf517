"""Charges that customers bear, once or every so many months: when they fall due."""

from dataclasses import dataclass
from datetime import date

from data.domain.periods import months_after

MOST_MONTHS = 1_200
"""The longest time from one billing of a charge to the next: a hundred years."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge that a customer bears, once or every so many months.

    Attributes:
        customer_charge_id: The row that says that the customer bears it.
        name: As printed.
        amount_micros: How much each time; negative for a discount.
        every_months: Months from one time to the next; 0: once only.
        from_day: The day of the first time.
        to_day: No time after this day; none: no end.
    """

    customer_charge_id: int
    name: str
    amount_micros: int
    every_months: int
    from_day: date
    to_day: date | None = None

    @property
    def days(self) -> str:
        """Its days in words."""
        if not self.every_months:
            return f"on {self.from_day}"
        return f"from {self.from_day} " + (f"to {self.to_day}" if self.to_day else "on")


def charge_days(charge: Charge, last: date) -> list[date]:
    """Return the days up to a last one, inclusive, on which a charge falls due."""
    final = last if charge.to_day is None else min(last, charge.to_day)
    if not charge.every_months:
        return [charge.from_day] if charge.from_day <= final else []
    first = charge.from_day
    months = 12 * (final.year - first.year) + final.month - first.month
    days = [months_after(first, each) for each in range(0, months + 1, charge.every_months)]
    return [day for day in days if day <= final]


def borne_at_once(one: Charge, other: Charge) -> bool:
    """Tell whether two bearings of one charge share a day, so that it may be billed twice.

    One that is billed once has no other day than its first.
    """
    if not one.every_months:
        return one.from_day == other.from_day
    ends = (other.to_day or date.max, one.to_day or date.max)
    return one.from_day <= ends[0] and other.from_day <= ends[1]
