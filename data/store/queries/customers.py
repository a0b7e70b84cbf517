"""Customers and the rules that they are given by name."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from sqlalchemy import Connection, Row, Table, select

from data.domain.customers import Customer
from data.domain.views import NO_SUCH, NarrowedTo
from data.store.schema import charges, customers, plans, rate_tables, tax_categories

CUSTOMER_COLUMNS = [customers.c[field.name] for field in fields(Customer)]


@dataclass(frozen=True)
class NamedRules:
    """The ids of what a customer can be given, by name."""

    tax_categories: dict[str, int]
    rate_tables: dict[str, int]
    plans: dict[str, int]
    charges: dict[str, int]


def named_rules(conn: Connection) -> NamedRules:
    """Return every tax category, rate table, plan and charge."""
    return NamedRules(
        ids_by_name(conn, tax_categories),
        ids_by_name(conn, rate_tables),
        ids_by_name(conn, plans),
        ids_by_name(conn, charges),
    )


def ids_by_name(conn: Connection, table: Table) -> dict[str, int]:
    """Return the ids of a table whose rows have unique names, in name order."""
    query = select(table.c.name, table.c.id).order_by(table.c.name)
    return dict(conn.execute(query).all())


def name_alike(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that differs in the case of letters or in blanks only, if any."""
    plain = " ".join(name.split()).casefold()
    return next((each for each in known if " ".join(each.split()).casefold() == plain), None)


def customer_of(row: Row[tuple[object, ...]]) -> Customer:
    """Return a row of CUSTOMER_COLUMNS as a customer."""
    return Customer(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)


def customers_by_custid(conn: Connection) -> dict[str, Customer]:
    """Return all customers that are not deleted, by customer number and in its order."""
    query = (
        select(*CUSTOMER_COLUMNS)
        .where(customers.c.deleted_at.is_(None))
        .order_by(customers.c.custid)
    )
    return {row.custid: customer_of(row) for row in conn.execute(query)}


def customer(conn: Connection, custid: str) -> Customer | None:
    """Return the customer of a number, not deleted, or none."""
    query = select(*CUSTOMER_COLUMNS).where(
        customers.c.custid == custid, customers.c.deleted_at.is_(None)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else customer_of(row)


def narrowed_to(conn: Connection, custid: str) -> NarrowedTo | None:
    """Return the customer that a page is narrowed to; none for no number: all customers.

    A number that no customer has, any more or yet, gives one without a name.
    """
    if not custid:
        return None
    query = select(customers.c.id, customers.c.custid, customers.c.company).where(
        customers.c.custid == custid, customers.c.deleted_at.is_(None)
    )
    row = conn.execute(query).one_or_none()
    return NarrowedTo(NO_SUCH, custid, "") if row is None else NarrowedTo(*row)
