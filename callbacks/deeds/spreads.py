"""Where the money of an entry went, in words."""

from collections.abc import Iterable

from sqlalchemy import Connection

from data.domain.counting import counted
from data.store.queries.payments import Spread, entry_spread
from layouts.text import Money

MOST_NAMED = 4


def spread_said(conn: Connection, number: int, money: Money) -> str:
    """Return what went where, as $9.94 on invoice 5, $490.06 on account."""
    return spread_words(entry_spread(conn, number), money)


def spread_words(spread: Spread, money: Money) -> str:
    """Return the parts of an entry: the invoices named, of many the first, and the rest."""
    parts = [
        *_parts(spread.parts[:MOST_NAMED], money),
        *_more(spread.parts[MOST_NAMED:], money),
    ]
    if spread.on_account_micros:
        parts.append(f"{money.exact(abs(spread.on_account_micros))} on account")
    return ", ".join(parts)


def _parts(parts: Iterable[tuple[str, int]], money: Money) -> list[str]:
    return [f"{money.exact(abs(part))} on invoice {name}" for name, part in parts]


def _more(parts: tuple[tuple[str, int], ...], money: Money) -> list[str]:
    if not parts:
        return []
    total = sum(abs(part) for _, part in parts)
    return [f"{money.exact(total)} on {counted(len(parts), 'more invoice')}"]
