"""How far back the store keeps calls, and what is old enough to go."""

from datetime import date

from sqlalchemy import Connection

from data.store.queries.settings import setting

CALLS_EXPIRED = "calls_expired_before"
"""Under this key stands the first day whose calls are kept; none while all are."""


def calls_expired_before(conn: Connection) -> date | None:
    """Return the first day whose calls are kept, in the tenant's zone; none while all are."""
    kept = setting(conn, CALLS_EXPIRED)
    return None if kept is None else date.fromisoformat(kept)
