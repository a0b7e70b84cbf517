"""The fictional reseller's customers and whose calls are whose, as files to import."""

from ingest.demo.company import CARRIERS, LONDON_NUMBERS, SUBSCRIBERS, Subscriber
from ingest.demo.paper import Paper, csv_paper

COLUMNS = (
    "custid",
    "cname",
    "fname",
    "lname",
    "street",
    "city",
    "zip",
    "country",
    "email",
    "taxcategory",
    "plan",
    "ratetable",
    "provider",
)
PLANS = {"Business": "Team", "Standard": "Office", "Europe": ""}
"""What the customers of a rate table pay each month, by the plan's name."""


def customers() -> Paper:
    """Return the customers and the providers, in columns of CDR2Cloud's import."""
    rows = [
        (one.custid, one.company, *_contact(one), PLANS[one.rate_table], one.rate_table, "no")
        for one in SUBSCRIBERS
    ]
    rows += [
        (one.custid, one.company, *[""] * 6, one.email, "", "", one.rate_table, "yes")
        for one in CARRIERS
    ]
    return csv_paper("customers.csv", COLUMNS, rows)


def _contact(one: Subscriber) -> tuple[str, ...]:
    place = int(one.custid) % 1000
    city, code, country, tax = (
        ("London", "ZZ9 9ZZ", "GBR", "UK VAT"),
        ("Berlin", "00000", "DEU", "DE VAT"),
    )[one.switch]
    number = 1 + place % 89
    street = (f"{number} Sample Street", f"Musterstraße {number}")[one.switch]
    first = ("Ada", "Ben", "Cora", "Dev", "Esme", "Finn", "Gwen", "Hari")[place % 8]
    last = ("Archer", "Brandt", "Clarke", "Doyle", "Engel", "Frost", "Grant")[place % 7]
    return first, last, street, city, code, country, f"accounts@{one.custid}.example", tax


def auth_codes() -> Paper:
    """Return whose calls are whose: by account code, by number block, by pattern."""
    rows: list[tuple[str, ...]] = []
    for place, one in enumerate(SUBSCRIBERS):
        rows.append((one.custid, *_AUTH_KINDS[place % 3](one), "NONE", "yes"))
    # A number that was moved from one customer to another, and left in both: contested.
    rows.append(
        ("1021", "CallingNumber", "equals", f"{LONDON_NUMBERS}197", "NONE", "yes"),
    )
    rows += [
        (one.custid, "EgressTrunk", "prefix", f"{one.trunk}-", "NONE", "yes")
        for one in CARRIERS
        if one.trunk
    ]
    rows.append((CARRIERS[2].custid, "BillingNumber", "regex", r"BER-\d{4}", "NONE", "yes"))
    columns = ("custid", "field", "kind", "pattern", "operator", "enabled")
    return csv_paper("auth-codes.csv", columns, rows)


_AUTH_KINDS = (
    lambda one: ("BillingNumber", "equals", one.account),
    lambda one: ("CallingNumber", "prefix", one.block),
    lambda one: ("CallingNumber", "regex", rf"\{one.block}\d"),
)
