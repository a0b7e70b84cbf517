"""Where a call goes, as its rate says: what invoices, panels and rollups name a destination by."""

from sqlalchemy import ColumnElement, func, literal_column

from data.store.schema import rates

_NAMELESS: ColumnElement[str] = literal_column("''")  # no parameter: statements group by it


def place_of_rate() -> ColumnElement[str]:
    """Return the name of a rate's destination, else its pattern; null where no rate is joined.

    The twin is `data.domain.rating.Rate.place`.
    """
    return func.coalesce(func.nullif(rates.c.destination, _NAMELESS), rates.c.pattern)


def place_or_none() -> ColumnElement[str]:
    """Return the same, and an empty text where no rate is joined."""
    return func.coalesce(place_of_rate(), _NAMELESS)
