"""Whose books the store holds."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """The reseller that bills, as the store keeps it.

    Attributes:
        name: As printed on invoices.
        address: Lines of the postal address.
        tax_id: Its tax number.
        logo: A PNG or JPEG image, or none.
        bank: Where to pay, as printed.
        currency: ISO 4217; every amount of the store is in it.
        minor_digits: Decimals of its minor unit.
        timezone: IANA name of the zone that decides what a day is.
        days_to_pay: From an invoice's date to its due date.
        next_invoice_number: The number of the next recorded invoice.
        billing_start: Calls before this day are never invoiced; none: all are.
    """

    name: str
    address: str = ""
    tax_id: str = ""
    logo: bytes | None = None
    bank: str = ""
    currency: str
    minor_digits: int = 2
    timezone: str
    days_to_pay: int = 30
    next_invoice_number: int = 1
    billing_start: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone that decides what a day is."""
        return ZoneInfo(self.timezone)

    def today(self, now: datetime) -> date:
        """Return the tenant's day at an instant."""
        return now.astimezone(self.zone).date()
