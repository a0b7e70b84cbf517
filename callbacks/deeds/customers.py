"""Customers: added, changed, deleted; a form has the columns of their CSV and its rules."""

from dataclasses import replace

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish, customer_ticked, money_of
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.exchange.customers import TEXTS, customer_row
from data.exchange.tables import CellRefused, Row
from data.store.connect import Store
from data.store.queries.customers import customer, named_rules
from data.store.queries.invoices import balance
from data.store.writes.customers import check_provider, customer_deleted, customers_saved
from layouts.dialogs import YES, Fact, Field, FieldKind, Question

NONE = "-"
"""What is chosen for none: a list shows no empty value."""
RULES = ("ratetable", "plan", "taxcategory")
LABELS = {
    "fname": ("First name", "contact"),
    "lname": ("Last name", "contact"),
    "email": ("E-mail", "mail"),
    "tel": ("Telephone", "mail"),
    "email2": ("Second e-mail", "more"),
    "tel2": ("Second telephone", "more"),
    "fax": ("Fax", "more"),
    "street": ("Street", "street"),
    "street2": ("Second line", "street"),
    "zip": ("Postal code", "town"),
    "city": ("Town", "town"),
    "state": ("State", "state"),
    "country": ("Country, as GBR", "state"),
    "vat": ("Tax number", "state"),
}
"""The columns of the CSV as people read them, and which stand on one line."""


def _ask_add(conn: Connection, _wish: Wish) -> Question:
    return Question(
        "Add a customer",
        "Its calls are found by auth codes, which you give it next.",
        "Add customer",
        fields=(
            Field("custid", "Customer number", row="name"),
            *_fields(conn, Customer(custid="", company="")),
        ),
    )


def _ask_edit(conn: Connection, wish: Wish) -> Question:
    whose = customer_ticked(conn, wish)
    return Question(
        f"Change {whose.company}",
        "Calls that are stored follow a new rate table when their files are processed again.",
        "Save changes",
        fields=(
            Field("custid", "Customer number", FieldKind.FIXED, whose.custid, row="name"),
            *_fields(conn, whose),
        ),
    )


def _fields(conn: Connection, whose: Customer) -> list[Field]:
    rules = named_rules(conn)
    texts = [
        Field(column, label, value=getattr(whose, TEXTS[column]), row=row)
        for column, (label, row) in LABELS.items()
    ]
    chosen = (
        ("ratetable", "Rate table", rules.rate_tables, whose.rate_table_id),
        ("plan", "Plan", rules.plans, whose.plan_id),
        ("taxcategory", "Tax category", rules.tax_categories, whose.tax_category_id),
    )
    start = whose.billing_start.isoformat() if whose.billing_start else ""
    return [
        Field("cname", "Company", value=whose.company, row="name"),
        *(_choice(name, label, known, current) for name, label, known, current in chosen),
        *texts,
        Field(
            "billing_start",
            "Bill calls from",
            FieldKind.DAY,
            start,
            hint="Empty: as the tenant says.",
        ),
        Field(
            "provider",
            "A carrier: its price is our cost, and it is never invoiced",
            FieldKind.FLAG,
            YES if whose.provider else "",
        ),
    ]


def _choice(name: str, label: str, known: dict[str, int], current: int | None) -> Field:
    named = next((each for each, number in known.items() if number == current), NONE)
    choices = ((NONE, "none"), *((each, each) for each in known))
    return Field(name, label, FieldKind.CHOICE, named, choices, row="rules")


def _typed(conn: Connection, wish: Wish, known: Customer | None) -> Customer:
    """Return the customer that was typed.

    Raises:
        Refused: A field cannot be taken, or a customer with open invoices is made a provider.
    """
    names = ("custid", "cname", *LABELS, *RULES)
    cells = {name: wish.said(name) for name in names}
    cells |= {name: "" for name in RULES if cells[name] == NONE}
    cells["provider"] = "1" if wish.ticked("provider") else "0"
    rules = named_rules(conn)
    if cells["ratetable"] and cells["ratetable"] not in rules.rate_tables:
        raise Refused(f"There is no rate table {cells['ratetable']!r}. Nothing was changed.")
    if known is not None:
        cells["custid"] = known.custid
    try:
        typed = customer_row(Row(1, cells), known, rules).customer
    except CellRefused as error:
        raise Refused(f"{_in_words(str(error))} Nothing was changed.") from None
    check_provider(conn, known, typed)
    start = wish.day("billing_start", "The day") if wish.said("billing_start") else None
    return replace(typed, billing_start=start)


def _in_words(reason: str) -> str:
    column, _, said = reason.partition(" ")
    labels = {column: label.lower() for column, (label, _) in LABELS.items() if column != "country"}
    names = {"custid": "customer number", "cname": "company", **labels}
    reason = f"{names.get(column, column)} {said}"
    return f"{reason[:1].upper()}{reason[1:]}."


def _add(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        if customer(conn, wish.said("custid")) is not None:
            raise Refused(f"There is a customer {wish.said('custid')} already. Nothing was added.")
        made = _typed(conn, wish, None)
        customers_saved(conn, [made], wish.by)
    return f"{made.company} added as {made.custid}; give it auth codes, so that it has calls"


def _edit(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        made = _typed(conn, wish, customer_ticked(conn, wish))
        _, changed = customers_saved(conn, [made], wish.by)
    return f"{made.company} changed" if changed else "Nothing was different, so nothing was changed"


def _ask_delete(conn: Connection, wish: Wish) -> Question:
    whose = customer_ticked(conn, wish)
    owed = balance(conn, whose.id)
    return Question(
        f"Delete {whose.company}?",
        "Its invoices and payments are kept. Refused while it has draft or unpaid invoices, or "
        "money on account; adding the same number again brings it back.",
        f"Delete {whose.company}",
        facts=(
            Fact("Customer number", whose.custid),
            Fact("Balance", money_of(conn).exact(owed.balance_micros)),
        ),
        grave=True,
    )


def _delete(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        whose = customer_ticked(conn, wish)
        customer_deleted(conn, whose, wish.by)
    return f"{whose.company} deleted"


ADD_CUSTOMER = Deed(_ask_add, _add)
EDIT_CUSTOMER = Deed(_ask_edit, _edit)
DELETE_CUSTOMER = Deed(_ask_delete, _delete)
