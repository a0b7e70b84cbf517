"""What the search box finds, in bounded time: small tables whole, calls back to a bound."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    literal,
    or_,
    select,
)

from data.domain.call_ids import CallId, call_id
from data.domain.search import Findings, Hit, HitKind, number_digits, searched, typed
from data.domain.views import NarrowedTo
from data.store.queries.conditions import customer_kept
from data.store.schema import auth_codes, calls, cdr_files, customers, invoices, sources

MOST_OF_A_KIND = 6
CALLS_LOOKED_AT = 300_000
"""Calls are looked at from the newest back: no index holds their numbers."""


def findings(conn: Connection, text: str) -> Findings:
    """Return what a text finds: exact matches first, then by name.

    A call's name finds that call; three digits or more find calls by any of their numbers, the
    newest first.

    Raises:
        RequestRefused: The text cannot be looked for.
    """
    wanted = searched(text)
    named = _named_call(conn, wanted)
    if named:
        return Findings(tuple(named))
    hits = [
        *_customers(conn, wanted),
        *_invoices(conn, wanted),
        *_files(conn, wanted),
        *_auth_codes(conn, wanted),
    ]
    digits = number_digits(wanted)
    if digits is None:
        return Findings(tuple(hits))
    found = _calls_with(conn, digits)
    since = select(calls.c.started_at).order_by(calls.c.started_at.desc(), calls.c.call_key.desc())
    last = conn.execute(since.offset(CALLS_LOOKED_AT - 1).limit(1)).scalar_one_or_none()
    return Findings((*hits, *found), last)


def _hits(kind: HitKind, conn: Connection, query: Select[*tuple[object, ...]]) -> list[Hit]:
    found: Iterable[Any] = conn.execute(query.limit(MOST_OF_A_KIND))
    return [
        Hit(kind, str(id_), title or "", detail or "", at, *custid)
        for id_, title, detail, at, *custid in found
    ]


def _matching(
    text: str, columns: Iterable[ColumnElement[str]]
) -> tuple[ColumnElement[bool], ColumnElement[int]]:
    """Return the condition that one of some columns contains a text, and its exactness, 0 best."""
    names = list(columns)
    exact = or_(*(func.lower(name) == func.lower(text) for name in names))
    begins = or_(*(name.istartswith(text, autoescape=True) for name in names))
    anywhere = or_(*(name.icontains(text, autoescape=True) for name in names))
    return anywhere, case((exact, 0), (begins, 1), else_=2)


def _customers(conn: Connection, text: str) -> list[Hit]:
    c = customers.c
    names = (c.custid, c.company, c.first_name, c.last_name, c.email, c.tel)
    matches, rank = _matching(text, names)
    query = (
        select(c.id, c.company, c.custid, literal(None), c.custid)
        .where(customer_kept(), matches)
        .order_by(rank, c.company, c.id)
    )
    return _hits(HitKind.CUSTOMER, conn, query)


def customers_like(conn: Connection, text: str, most: int) -> list[NarrowedTo]:
    """Return customers whose number or name holds a text, exact ones first; no text: any.

    Raises:
        RequestRefused: The text cannot be looked for.
    """
    plain = " ".join(text.split())
    query = select(customers.c.id, customers.c.custid, customers.c.company).where(customer_kept())
    by: list[ColumnElement[Any]] = [func.lower(customers.c.company), customers.c.id]
    if plain:
        matches, rank = _matching(typed(plain), (customers.c.custid, customers.c.company))
        query, by = query.where(matches), [rank, *by]
    return [NarrowedTo(*row) for row in conn.execute(query.order_by(*by).limit(most))]


def _invoices(conn: Connection, text: str) -> list[Hit]:
    matches, rank = _matching(text, [invoices.c.number])
    query = (
        select(invoices.c.id, invoices.c.number, customers.c.company, invoices.c.created_at)
        .join_from(invoices, customers)
        .where(invoices.c.deleted_at.is_(None), matches)
        .order_by(rank, invoices.c.invoice_date.desc(), invoices.c.id.desc())
    )
    return _hits(HitKind.INVOICE, conn, query)


def _files(conn: Connection, text: str) -> list[Hit]:
    matches, rank = _matching(text, [cdr_files.c.name])
    query = (
        select(cdr_files.c.id, cdr_files.c.name, sources.c.name, cdr_files.c.received_at)
        .select_from(cdr_files.outerjoin(sources, sources.c.id == cdr_files.c.source_id))
        .where(or_(matches, cdr_files.c.sha256 == text.lower()))
        .order_by(rank, cdr_files.c.received_at.desc(), cdr_files.c.id.desc())
    )
    return _hits(HitKind.FILE, conn, query)


def _auth_codes(conn: Connection, text: str) -> list[Hit]:
    """Return codes whose pattern holds the text, or that claim it as a number's beginning."""
    c = auth_codes.c
    matches, rank = _matching(text, [c.pattern])
    claims = (c.kind == "prefix") & (
        func.substr(literal(text), 1, func.length(c.pattern)) == c.pattern
    )
    query = (
        select(c.customer_id, c.pattern, customers.c.company, literal(None), customers.c.custid)
        .join_from(auth_codes, customers)
        .where(customer_kept(), or_(matches, claims))
        .order_by(rank, c.pattern, c.id)
    )
    return _hits(HitKind.AUTH_CODE, conn, query)


def _named_call(conn: Connection, text: str) -> list[Hit]:
    try:
        wanted = call_id(text)
    except ValueError:
        return []
    query = select(calls).where(
        calls.c.started_at == wanted.started_at, calls.c.call_key == wanted.call_key
    )
    return [
        Hit(HitKind.CALL, text, row.called_number, row.calling_number, row.started_at)
        for row in conn.execute(query)
    ]


def _calls_with(conn: Connection, digits: str) -> list[Hit]:
    """Return the newest calls from, to or billed to a number that holds the digits."""
    c = calls.c
    newest = (
        select(c.started_at, c.call_key, c.calling_number, c.called_number, c.billing_number)
        .order_by(c.started_at.desc(), c.call_key.desc())
        .limit(CALLS_LOOKED_AT)
        .subquery("newest")
    )
    n = newest.c
    numbers = (n.calling_number, n.called_number, n.billing_number)
    query = (
        select(n.started_at, n.call_key, n.called_number, n.calling_number)
        .where(or_(*(number.contains(digits) for number in numbers)))
        .order_by(n.started_at.desc(), n.call_key.desc())
        .limit(MOST_OF_A_KIND)
    )
    return [
        Hit(HitKind.CALL, str(CallId(at, key)), called, calling, at)
        for at, key, called, calling in conn.execute(query)
    ]
