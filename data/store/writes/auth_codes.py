"""Auth codes: a customer's codes are replaced as one, because they are joined in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, delete, insert, select

from data.domain.auth_codes import AuthCode
from data.domain.authorship import By
from data.store.queries.auth_codes import codes_by_customer
from data.store.schema import auth_codes, customers
from data.store.writes.audit import Audit, all_audited
from data.store.writes.versions import version_raised


def auth_codes_replaced(
    conn: Connection, wanted: Mapping[int, Sequence[AuthCode]], by: By
) -> tuple[int, int]:
    """Give customers (by id) their codes in order; return customers changed, and codes written.

    Customers whose codes are as wanted already are left alone.
    """
    stored = codes_by_customer(conn)
    numbered = {
        customer_id: tuple(
            replace(code, customer_id=customer_id, position=place)
            for place, code in enumerate(codes, start=1)
        )
        for customer_id, codes in wanted.items()
    }
    changed = {
        customer_id: codes
        for customer_id, codes in numbered.items()
        if stored.get(customer_id, ()) != codes
    }
    if not changed:
        return 0, 0
    gone = [{"of_customer": customer_id} for customer_id in changed if customer_id in stored]
    if gone:
        of_customer = auth_codes.c.customer_id == bindparam("of_customer")
        conn.execute(delete(auth_codes).where(of_customer), gone)
    rows = [dict(vars(code)) for codes in changed.values() for code in codes]
    if rows:
        conn.execute(insert(auth_codes), rows)
    _audited(conn, stored, changed, by)
    version_raised(conn, by.at)
    return len(changed), len(rows)


def _audited(
    conn: Connection,
    stored: Mapping[int, Sequence[AuthCode]],
    changed: Mapping[int, Sequence[AuthCode]],
    by: By,
) -> None:
    query = select(customers.c.id, customers.c.custid)
    custids = dict(conn.execute(query).all())
    all_audited(
        conn,
        by,
        (
            Audit(
                "auth_codes_replaced",
                f"customer {custids[customer_id]}",
                {"codes": [dict(vars(code)) for code in stored.get(customer_id, ())]},
                {"codes": [dict(vars(code)) for code in codes]},
            )
            for customer_id, codes in changed.items()
        ),
    )
