"""What the fictional reseller charges and what its carriers charge it."""

from decimal import Decimal

from ingest.demo.paper import Paper, csv_paper

PRICES = (
    ("1", "United States and Canada", "0.062", 60),
    ("1416", "Canada, Toronto", "0.055", 60),
    ("33", "France", "0.058", 30),
    ("336", "France, mobile", "0.210", 30),
    ("353", "Ireland", "0.066", 30),
    ("44", "United Kingdom", "0.034", 6),
    ("4420", "United Kingdom, London", "0.028", 6),
    ("447", "United Kingdom, mobile", "0.138", 6),
    ("44808", "United Kingdom, freephone", "0", 6),
    ("46", "Sweden", "0.061", 30),
    ("467", "Sweden, mobile", "0.195", 30),
    ("49", "Germany", "0.044", 30),
    ("4930", "Germany, Berlin", "0.036", 30),
    ("4917", "Germany, mobile", "0.168", 30),
    ("61", "Australia", "0.115", 60),
)
"""Prefix, destination, retail price per minute, seconds of an increment."""
PREMIUM = "449"
SHARE_OF_RETAIL = {
    "Business": "0.86",
    "Europe": "0.92",
    "Northlink cost": "0.61",
    "Tamar cost": "0.66",
    "Rheinbogen cost": "0.58",
}
CARRIED_ONLY = ("999", "Somewhere new", "0.350", 60)
"""A destination that carriers take calls to and that has no retail price yet: unrated calls."""
COST_RAISED = {"Tamar cost": {"336": "0.232"}}
"""What a carrier has raised above the retail price: sold below cost until somebody sees it."""
TWENTY_COLUMNS = (
    "pattern",
    "description",
    "bill_period_initial_len",
    "bill_period_incremental_len",
    "day_start",
    "day_initial_charge",
    "day_increment_charge",
    "eve_start",
    "eve_initial_charge",
    "eve_increment_charge",
    "night_start",
    "night_initial_charge",
    "night_increment_charge",
    "weekend_initial_charge",
    "weekend_increment_charge",
    "blocked",
    "connectionCharge",
    "compensation",
    "maximum",
    "markup",
)


def rate_tables() -> tuple[tuple[str, Paper], ...]:
    """Return each rate table's name and file: the first as 20 columns, the others as decks."""
    tables = [("Standard", Paper("standard.tsv", _twenty_columns()))]
    for name, share in SHARE_OF_RETAIL.items():
        tables.append((name, _deck(name, Decimal(share))))
    return tuple(tables)


def _deck(name: str, share: Decimal) -> Paper:
    raised = COST_RAISED.get(name, {})
    priced = (*PRICES, CARRIED_ONLY) if name.endswith(" cost") else PRICES
    rows = [
        (prefix, place, raised.get(prefix) or str(Decimal(price) * share), "0", step, step)
        for prefix, place, price, step in priced
    ]
    columns = (
        "prefix",
        "destination",
        "price per minute",
        "connection fee",
        "initial increment",
        "increment",
    )
    return csv_paper(f"{name.lower().replace(' ', '-')}.csv", columns, rows)


def _twenty_columns() -> str:
    """Return the standard table: evenings and weekends cheaper, the premium range blocked."""
    rows: list[tuple[object, ...]] = [TWENTY_COLUMNS]
    bands: tuple[object, ...]
    for prefix, place, price, step in PRICES:
        charge = Decimal(price) * step / 60
        cheaper = charge * Decimal("0.8")
        day, later = (charge, charge), (cheaper, cheaper)
        bands = ("08:00", *day, "18:00", *later, "22:00", *later, *later)
        rows.append((prefix, place, step, step, *bands, 0, 0, 0, 0, 0))
    bands = ("08:00", 0, 0, "18:00", 0, 0, "22:00", 0, 0, 0, 0)
    rows.append((PREMIUM, "United Kingdom, premium", 60, 60, *bands, 1, 0, 0, 0, 0))
    return "".join("\t".join(str(value) for value in row) + "\n" for row in rows)
