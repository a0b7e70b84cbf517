"""Customers, providers among them, as the store keeps them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One customer, named as the columns of the table `customers`.

    Attributes:
        id: Its row; 0 before it is stored.
        custid: The customer number; unique.
        company: The name on invoices and on the page.
        first_name: Of the contact.
        last_name: Of the contact.
        street: First address line.
        street2: Second address line.
        city: Town.
        state: State or county.
        country: ISO 3166-1 alpha-3, or empty.
        zip: Postal code, as text.
        tel: Telephone, as written.
        tel2: Second telephone.
        fax: Fax number.
        email: Where invoices go.
        email2: Second address.
        vat: The customer's own tax number.
        provider: A carrier: its price of a call is our cost, and it is never invoiced.
        tax_category_id: Which taxes its invoices bear; none: none.
        rate_table_id: What prices its calls; none: they are unrated.
        plan_id: Its plan.
        billing_start: Calls before this day are never invoiced; none: the tenant's.
    """

    id: int = 0
    custid: str
    company: str
    first_name: str = ""
    last_name: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip: str = ""
    tel: str = ""
    tel2: str = ""
    fax: str = ""
    email: str = ""
    email2: str = ""
    vat: str = ""
    provider: bool = False
    tax_category_id: int | None = None
    rate_table_id: int | None = None
    plan_id: int | None = None
    billing_start: date | None = None
