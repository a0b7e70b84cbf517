"""The tenant: whose books the store holds."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, update

from data.domain.authorship import By
from data.domain.currencies import minor_digits_of
from data.domain.errors import Refused
from data.domain.naming import LONGEST_NOTE, length_problem, line_problem
from data.domain.tenant import Tenant
from data.store.queries.tenant import the_tenant
from data.store.schema import tenant
from data.store.writes.audit import Audit, audited, differing
from data.store.writes.versions import version_raised


def tenant_founded(conn: Connection, *, name: str, currency: str, timezone: str) -> None:
    """Write the one tenant of a new store; its currency and zone stay as they are from then on.

    Raises:
        SettingsError: There is no such currency.
    """
    digits = minor_digits_of(currency)
    whose = {"name": name, "currency": currency, "minor_digits": digits, "timezone": timezone}
    conn.execute(insert(tenant).values(id=1, **whose))


def tenant_changed(conn: Connection, wanted: Tenant, by: By) -> None:
    """Change what is printed on invoices and how they are numbered; nothing when it is the same.

    Raises:
        Refused: A name or a tax number is no line of an invoice, or an address is too long.
    """
    before, after = differing(asdict(the_tenant(conn)), asdict(wanted))
    if not after:
        return
    problems = {
        "name": line_problem(wanted.name),
        "tax_id": line_problem(wanted.tax_id),
        "address": length_problem(wanted.address, LONGEST_NOTE),
        "bank": length_problem(wanted.bank, LONGEST_NOTE),
    }
    for what, problem in problems.items():
        if problem and what in after:
            raise Refused(f"The tenant's {what.replace('_', '-')} {problem}. Nothing was changed.")
    conn.execute(update(tenant).values(after))
    audited(conn, by, Audit("tenant_changed", "tenant", before, after))
    version_raised(conn, by.at)
