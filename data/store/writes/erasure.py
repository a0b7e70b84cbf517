"""What is written when a person's data is erased; sums, counts and invoices stay."""

from sqlalchemy import Connection, Table, delete, func, select, update

from data.domain.authorship import By
from data.domain.erasure import CONTACT, ON_INVOICES, Eraser
from data.domain.records import InvoiceStatus
from data.store.queries.erasure import NUMBERS, TEXTS, Keys
from data.store.schema import audit_log, auth_codes, call_rows, cdr_files, customers, invoices
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised


def numbers_erased(conn: Connection, table: Table, keys: Keys, eraser: Eraser) -> int:
    """Write the numbers out of rows and return how many changed; auth codes of one go whole."""
    if table is auth_codes:
        ids = [key[0] for key in keys]
        return conn.execute(delete(auth_codes).where(auth_codes.c.id.in_(ids))).rowcount
    names = NUMBERS if table is call_rows else dict(TEXTS)[table]
    changed = 0
    for key in keys:
        this = [
            column == value for column, value in zip(table.primary_key.columns, key, strict=True)
        ]
        row = conn.execute(select(*(table.c[name] for name in names)).where(*this)).one()
        after = {
            name: eraser.text(value)
            for name, value in row._asdict().items()
            if value and eraser.text(value) != value
        }
        if after:
            conn.execute(update(table).where(*this).values(after))
            changed += 1
    return changed


def copy_erased(conn: Connection, by: By, file_id: int, stored_bytes: int) -> None:
    """Remember that a kept copy is not what was received any more: it is not processed again."""
    values = {"erased_at": by.at, "stored_bytes": stored_bytes}
    conn.execute(update(cdr_files).where(cdr_files.c.id == file_id).values(values))


def erasure_audited(conn: Connection, by: By, subject: str, counts: dict[str, int]) -> None:
    """Write into the audit log that something was erased, and how much; not what it was."""
    audited(conn, by, Audit("erased", subject, after=counts))
    version_raised(conn, by.at)


def has_issued_invoices(conn: Connection, customer_id: int) -> bool:
    """Tell whether an invoice of a customer was issued, which has to be kept as it is."""
    query = select(func.count()).where(
        invoices.c.customer_id == customer_id, invoices.c.status == InvoiceStatus.RECORDED
    )
    return conn.execute(query).scalar_one() > 0


def customer_erased(conn: Connection, custid: str, customer_id: int) -> bool:
    """Take a customer's contact data away, and its name too unless an invoice shows that.

    Returns:
        Whether the name and the address were kept.
    """
    kept = has_issued_invoices(conn, customer_id)
    values = dict.fromkeys(CONTACT if kept else (*CONTACT, *ON_INVOICES), "")
    if not kept:
        values["company"] = f"Erased customer {custid}"
    conn.execute(update(customers).where(customers.c.id == customer_id).values(values))
    log = audit_log.c
    own = log.subject == f"customer {custid}"
    conn.execute(update(audit_log).where(own).values(before=None, after=None))
    return kept
