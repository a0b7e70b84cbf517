"""Sums over calls by day, as the readers of a file make them and the store adds them up."""

from dataclasses import dataclass
from datetime import date

NOBODY = 0
"""The customer of sums over calls that have none."""
NOT_INVOICED = 0
"""The invoice of sums over calls that are on none."""
NO_RATE = 0
"""The rate table of calls that no rate priced."""


@dataclass(frozen=True)
class CustomerUsage:
    """What one customer's calls of one day and direction add up to.

    Attributes:
        day: In the tenant's zone.
        customer_id: 0 for calls that nobody has.
        direction: Which way they went.
        sums: In the order of `CUSTOMER_SUMS`; negative to take away.
        invoice_id: The invoice that they are on; 0 for none.
        rate_table_id: The table of the rate that priced them; 0 for none.
    """

    day: date
    customer_id: int
    direction: int
    sums: tuple[int, ...]
    invoice_id: int = NOT_INVOICED
    rate_table_id: int = NO_RATE


@dataclass(frozen=True)
class DestinationUsage:
    """What calls to one destination on one day add up to; sums as in `DESTINATION_SUMS`."""

    day: date
    destination: str
    direction: int
    sums: tuple[int, ...]
