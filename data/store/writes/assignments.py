"""Giving an unmatched call to a customer, by a new auth code."""

from sqlalchemy import Connection

from data.domain.assignments import Assignment
from data.domain.auth_codes import AuthCode
from data.domain.authorship import By
from data.store.queries.assignments import assignment_code
from data.store.queries.auth_codes import codes_of
from data.store.writes.audit import Audit, audited
from data.store.writes.auth_codes import auth_codes_replaced


def call_assigned(conn: Connection, wanted: Assignment, by: By) -> AuthCode:
    """Give the customer a code for the call's number and return it.

    The code comes first and stands alone, so that no code of the customer's joins it. Calls
    that are stored stay as they are until their files are processed again.

    Raises:
        Refused: The assignment cannot be made, or no longer; nothing was changed.
    """
    code, company = assignment_code(conn, wanted)
    codes = (code, *codes_of(conn, wanted.customer_id))
    auth_codes_replaced(conn, {wanted.customer_id: codes}, by)
    facts = {"customer": company, "field": code.field, "pattern": code.pattern}
    audited(conn, by, Audit("call_assigned", f"call {wanted.call}", None, facts))
    return code
