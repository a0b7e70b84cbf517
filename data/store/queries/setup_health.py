"""Who lacks what: customers without a rate table, tax category or auth code, and more."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from data.store.schema import auth_codes, customers, rate_tables, rates


@dataclass(frozen=True)
class SetupGap:
    """One thing that is missing from the setup.

    Attributes:
        what: Which rule found it: no_rate_table, no_tax_category, no_auth_code,
            empty_rate_table, same_auth_code.
        subject: The customer's number, the table's name, or the code.
        text: What it leads to, in the analyst's words.
    """

    what: str
    subject: str
    text: str


def setup_gaps(conn: Connection) -> list[SetupGap]:
    """Return everything that is missing, by rule and then subject."""
    has_code = (
        select(auth_codes.c.id)
        .where(auth_codes.c.customer_id == customers.c.id, auth_codes.c.enabled.is_(True))
        .exists()
    )
    provider = customers.c.provider.is_(True)
    return [
        *_lacking(
            conn,
            "no_rate_table",
            (customers.c.rate_table_id.is_(None),),
            "{custid} {company} has no rate table: its calls are unrated",
        ),
        *_lacking(
            conn,
            "no_tax_category",
            (customers.c.tax_category_id.is_(None), ~provider),
            "{custid} {company} has no tax category: its invoices bear no tax",
        ),
        *_lacking(
            conn,
            "no_auth_code",
            (~has_code,),
            "{custid} {company} has no auth code: no call is ever its",
        ),
        *_empty_tables(conn),
        *_same_codes(conn),
    ]


def _lacking(
    conn: Connection, what: str, which: Sequence[ColumnElement[bool]], form: str
) -> list[SetupGap]:
    query = (
        select(customers.c.custid, customers.c.company)
        .where(customers.c.deleted_at.is_(None), *which)
        .order_by(customers.c.custid)
    )
    return [
        SetupGap(what, custid, form.format(custid=custid, company=company))
        for custid, company in conn.execute(query)
    ]


def _empty_tables(conn: Connection) -> list[SetupGap]:
    has_rate = (
        select(rates.c.id)
        .where(rates.c.rate_table_id == rate_tables.c.id, rates.c.retired_at.is_(None))
        .exists()
    )
    query = select(rate_tables.c.name).where(~has_rate).order_by(rate_tables.c.name)
    return [
        SetupGap(
            "empty_rate_table",
            name,
            f"rate table {name!r} has no rates: import some with 'rates import'",
        )
        for name in conn.execute(query).scalars()
    ]


def _same_codes(conn: Connection) -> list[SetupGap]:
    """Return codes that stand alone and are two customers': their calls are contested."""
    code = auth_codes.c
    own = func.count(func.distinct(code.customer_id))
    codes = select(code.customer_id).group_by(code.customer_id).having(func.count() == 1)
    query = (
        select(code.field, code.kind, code.pattern, own)
        .join_from(auth_codes, customers)
        .where(
            code.enabled.is_(True),
            customers.c.deleted_at.is_(None),
            customers.c.provider.is_(False),
            code.customer_id.in_(codes),
        )
        .group_by(code.field, code.kind, code.pattern)
        .having(own > 1)
        .order_by(code.field, code.kind, code.pattern)
    )
    return [
        SetupGap(
            "same_auth_code",
            f"{field} {kind} {pattern}",
            f"{many} customers have the auth code {field} {kind} {pattern}: "
            "their calls are contested and nobody's",
        )
        for field, kind, pattern, many in conn.execute(query)
    ]
