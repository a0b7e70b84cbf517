"""What giving an unmatched call to a customer would bring."""

from sqlalchemy import ColumnElement, Connection, and_, func, select

from data.domain.assignments import NUMBER_FIELDS, AffectedFile, Assignment, AssignmentEffect
from data.domain.auth_codes import AuthCode, AuthField, groups
from data.domain.errors import Refused
from data.domain.records import MatchState
from data.store.queries.auth_codes import codes_of
from data.store.queries.conditions import call_unmatched, customer_kept
from data.store.schema import calls, cdr_files, customers

_COLUMNS: dict[AuthField, ColumnElement[str | None]] = {
    AuthField.CALLING_NUMBER: calls.c.calling_number,
    AuthField.BILLING_NUMBER: calls.c.billing_number,
    AuthField.CALLED_NUMBER: calls.c.called_number,
}


def assignment_effect(conn: Connection, wanted: Assignment) -> AssignmentEffect:
    """Return the code that an assignment makes and the files to process again after it.

    All calls are looked at, once: ask in a snapshot, not while writing.

    Raises:
        Refused: The assignment cannot be made; see `assignment_code`.
    """
    code, company = assignment_code(conn, wanted)
    same = _COLUMNS[wanted.field] == code.pattern
    taken = select(func.count()).where(
        same, calls.c.match_state == MatchState.MATCHED, calls.c.customer_id != wanted.customer_id
    )
    query = (
        select(cdr_files.c.id, cdr_files.c.name, func.count(), cdr_files.c.location)
        .select_from(calls.join(cdr_files, cdr_files.c.id == calls.c.file_id))
        .where(same, call_unmatched())
        .group_by(cdr_files.c.id, cdr_files.c.name, cdr_files.c.location)
        .order_by(cdr_files.c.id)
    )
    files = tuple(
        AffectedFile(id_, name, int(count), kept=location != "")
        for id_, name, count, location in conn.execute(query)
    )
    others = conn.execute(taken).scalar_one()
    return AssignmentEffect(code, company, sum(file.calls for file in files), files, others)


def assignment_code(conn: Connection, wanted: Assignment) -> tuple[AuthCode, str]:
    """Return the code that an assignment makes, and the customer's name.

    Raises:
        Refused: The customer is a carrier or gone, the call is gone or not unmatched, it has no
            such number, or the customer has that code already.
    """
    company = _company(conn, wanted.customer_id)
    if wanted.field not in NUMBER_FIELDS:
        raise Refused(f"A call is not given to a customer by its {wanted.field}.")
    call = conn.execute(
        select(calls.c.match_state, _COLUMNS[wanted.field].label("number")).where(
            and_(
                calls.c.started_at == wanted.call.started_at,
                calls.c.call_key == wanted.call.call_key,
            )
        )
    ).one_or_none()
    if call is None:
        raise Refused(f"There is no call {wanted.call}; it may have expired. Nothing was changed.")
    if call.match_state == MatchState.MATCHED:
        raise Refused("The call has a customer already. Nothing was changed.")
    if call.match_state == MatchState.CONTESTED:
        raise Refused(
            "Two customers claim the call, and a further code would not settle it: "
            "change or switch off a code of one of them. Nothing was changed."
        )
    if not call.number:
        raise Refused(f"The call has no {wanted.field}; choose another number.")
    code = AuthCode(customer_id=wanted.customer_id, field=wanted.field, pattern=call.number)
    if any(_does_it(group, code) for group in groups(codes_of(conn, wanted.customer_id))):
        raise Refused(
            f"{company} has the code {wanted.field} equals {call.number} already: "
            "process the call's file again. Nothing was changed."
        )
    return code, company


def _company(conn: Connection, customer_id: int) -> str:
    row = conn.execute(
        select(customers.c.company, customers.c.provider).where(
            customers.c.id == customer_id, customer_kept()
        )
    ).one_or_none()
    if row is None:
        raise Refused(f"There is no customer {customer_id}. Nothing was changed.")
    if row.provider:
        raise Refused(f"{row.company} is a carrier; calls belong to customers.")
    company: str = row.company
    return company


def _does_it(group: tuple[AuthCode, ...], code: AuthCode) -> bool:
    """Tell whether a group of codes is one code that does already what another one would."""
    (first, *rest) = group
    same = (first.field, first.kind, first.pattern) == (code.field, code.kind, code.pattern)
    return same and first.enabled and not rest
