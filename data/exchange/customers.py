"""Customers from CSV: CDR2Cloud's columns, or any part of them with custid and cname."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.customers import Customer
from data.domain.errors import Refused, RowRefusal
from data.domain.masking import HIDDEN
from data.domain.naming import length_problem, line_problem
from data.exchange.cells import yes
from data.exchange.tables import CellRefused, FileRows, Imported, Refusals, Row, file_rows, settled
from data.store.queries.customers import NamedRules, customers_by_custid, name_alike, named_rules
from data.store.queries.versions import newest_version
from data.store.writes.customers import charges_borne, check_provider, customers_saved
from data.store.writes.rates import rate_table_named

TEXTS = {
    "fname": "first_name",
    "lname": "last_name",
    "cname": "company",
    "street": "street",
    "street2": "street2",
    "city": "city",
    "state": "state",
    "country": "country",
    "zip": "zip",
    "tel": "tel",
    "tel2": "tel2",
    "fax": "fax",
    "email": "email",
    "email2": "email2",
    "vat": "vat",
}
"""CDR2Cloud's columns that are kept as they are, and their names here."""
RULES = ("taxcategory", "ratetable", "plan", "charge")
COLUMNS = ("custid", *TEXTS, *RULES, "provider")
AS_EXPORTED = {
    **{ours: theirs for theirs, ours in TEXTS.items()},
    "tax_category": "taxcategory",
    "rate_table": "ratetable",
}
"""The names of the same columns in an export for machines, which can be taken in again."""
NUMBERS = ("tel", "tel2", "fax")
OF_LINES = ("street", "street2")
"""A street may have lines, as the address of an invoice has."""
LONGEST_CUSTID = 64
LONGEST_ADDRESS = 320
"""Characters of a mail address. Source: RFC 3696, 3: 64, the sign and 255."""


@dataclass(frozen=True)
class CustomerRow:
    """One row that can be taken: the customer as it will be, and the charge named beside it."""

    customer: Customer
    charge_id: int | None
    new_rate_table: str


@dataclass(frozen=True)
class CustomersRead:
    """What a file says of customers, as the store knew them when it was read.

    Attributes:
        file: Its rows.
        taken: Those that can be taken.
        refused: Those that cannot.
        version: The data version of the store that it was held against.
    """

    file: FileRows
    taken: Sequence[CustomerRow]
    refused: tuple[RowRefusal, ...]
    version: int


def customers_imported(conn: Connection, path: Path, by: By, *, partial: bool = False) -> Imported:
    """Take customers from a file, all within one transaction.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for.
    """
    return customers_given(conn, customers_read(conn, path, partial=partial), by)


def customers_read(conn: Connection, path: Path, *, partial: bool = False) -> CustomersRead:
    """Read customers from a file; a long one takes a while, and a snapshot is enough for it.

    A column that the file lacks leaves what is known as it is.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for.
    """
    return _held(conn, file_rows(path, ("custid", "cname"), AS_EXPORTED, partial=partial))


def _held(conn: Connection, file: FileRows) -> CustomersRead:
    refusals = Refusals(list(file.misread))
    taken = _taken(conn, file.rows, refusals)
    settled(file.name, refusals, taken, partial=file.partial)
    return CustomersRead(file, taken, refusals.sorted(), newest_version(conn).version)


def customers_given(conn: Connection, read: CustomersRead, by: By) -> Imported:
    """Add the customers of a file that are new, and change known ones (by custid).

    Raises:
        ImportRefused: The data changed since it was read, and a row cannot be taken any more.
    """
    if newest_version(conn).version != read.version:
        read = _held(conn, read.file)
    taken = read.taken
    tables = {
        name: rate_table_named(conn, name, by)
        for name in sorted({row.new_rate_table for row in taken if row.new_rate_table})
    }
    customers = [
        replace(row.customer, rate_table_id=tables[row.new_rate_table])
        if row.new_rate_table
        else row.customer
        for row in taken
    ]
    added, changed = customers_saved(conn, customers, by)
    charges_borne(conn, {row.customer.custid: row.charge_id for row in taken if row.charge_id}, by)
    return Imported(
        read.file.name,
        added,
        changed,
        len(customers) - added - changed,
        read.refused,
        _notes(read.file.columns, list(tables)),
    )


def _notes(columns: Sequence[str], new_tables: list[str]) -> tuple[str, ...]:
    unused = [name for name in columns if name not in COLUMNS]
    notes = [f"columns not used: {', '.join(unused)}"] if unused else []
    notes += [
        f"rate table {name!r} is new, without rates: python -m data rates import {name!r} FILE"
        for name in new_tables
    ]
    return tuple(notes)


def _taken(conn: Connection, rows: Sequence[Row], refusals: Refusals) -> list[CustomerRow]:
    known, rules = customers_by_custid(conn), named_rules(conn)
    lines: dict[str, int] = {}
    taken: list[CustomerRow] = []
    for row in rows:
        custid = row["custid"]
        if custid in lines:
            refusals.add(row.line, f"custid {custid!r} stands on line {lines[custid]} already")
            continue
        lines[custid] = row.line
        try:
            wanted = customer_row(row, known.get(custid), rules)
            check_provider(conn, known.get(custid), wanted.customer)
            taken.append(wanted)
        except (CellRefused, Refused) as refused:
            refusals.add(row.line, str(refused))
    return taken


def customer_row(row: Row, known: Customer | None, rules: NamedRules) -> CustomerRow:
    """Return what a row says of a customer; what it lacks stays as it is known.

    Raises:
        CellRefused: Naming the cell that cannot be taken.
    """
    custid = row["custid"]
    if not custid or len(custid) > LONGEST_CUSTID:
        raise CellRefused(f"custid {custid!r} is empty or longer than {LONGEST_CUSTID} characters")
    if not row["cname"]:
        raise CellRefused("cname is empty; every customer needs a company name")
    _check_lines(row)
    customer = known or Customer(custid=custid, company=row["cname"])
    texts = {ours: row[theirs] for theirs, ours in TEXTS.items() if theirs in row.cells}
    if "country" in texts:
        texts["country"] = _country(texts["country"])
    customer = replace(customer, **texts)  # type: ignore[arg-type]
    if "provider" in row.cells:
        customer = replace(customer, provider=yes(row["provider"], "provider"))
    customer, new_table = _with_rules(row, customer, rules)
    charge_id = _named(row, "charge", rules.charges, "python -m data charges add") or None
    return CustomerRow(customer, charge_id, new_table)


def _check_lines(row: Row) -> None:
    for column in ("custid", *TEXTS, *RULES):
        text = row[column]
        if not text:
            continue
        if column.startswith("email"):
            problem = length_problem(text, LONGEST_ADDRESS)
        else:
            problem = length_problem(text) if column in OF_LINES else line_problem(text)
        if not problem and column in NUMBERS and text.startswith(HIDDEN):
            problem = "is masked; take an export of somebody who sees numbers in full"
        if problem:
            raise CellRefused(f"{column} {problem}")


def _country(text: str) -> str:
    code = text.upper()
    if code and not re.fullmatch(r"[A-Z]{3}", code):
        raise CellRefused(f"country {text!r} is not an ISO 3166-1 alpha-3 code such as CAN or GBR")
    return code


def _with_rules(row: Row, customer: Customer, rules: NamedRules) -> tuple[Customer, str]:
    """Return the customer with what the row names, and the name of a rate table to make."""
    new_table = ""
    if "taxcategory" in row.cells:
        found = _named(row, "taxcategory", rules.tax_categories, "python -m data taxes set")
        customer = replace(customer, tax_category_id=found)
    if "plan" in row.cells:
        customer = replace(
            customer, plan_id=_named(row, "plan", rules.plans, "python -m data plans set")
        )
    if "ratetable" in row.cells:
        name = row["ratetable"]
        customer = replace(customer, rate_table_id=rules.rate_tables.get(name))
        new_table = name if name and name not in rules.rate_tables else ""
        alike = name_alike(new_table, rules.rate_tables)
        if alike is not None:
            raise CellRefused(
                f"ratetable {new_table!r} is not known, but {alike!r} is; write that, or make "
                f"another one with 'python -m data rates import'"
            )
    return customer, new_table


def _named(row: Row, column: str, ids: Mapping[str, int], remedy: str) -> int | None:
    name = row[column]
    if not name:
        return None
    if name not in ids:
        names = ", ".join(sorted(ids)) or "none yet"
        raise CellRefused(
            f"{column} {name!r} is not known (there are: {names}); make it with '{remedy}'"
        )
    return ids[name]
