"""Rate tables: made by name, their rates replaced or added to; replaced rates stay, retired."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.schema import CreateTable, DropTable

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.naming import check_named
from data.domain.rating import Rate
from data.store.queries.customers import ids_by_name, name_alike
from data.store.schema import rate_tables, rates
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised

FACTS = tuple(each.name for each in fields(Rate) if each.name not in ("id", "rate_table_id"))
"""What a rate says, apart from where it is kept."""
VERSION = ("pattern", "effective_from", "group_value")
"""What tells the rates of a table apart."""

_unsaid = {each.name: each.default for each in fields(Rate)}


def _column(name: str) -> Column[Any]:
    stored = rates.c[name]
    default = getattr(stored.server_default, "arg", None)
    key, empty = name in VERSION, stored.nullable
    return Column(name, stored.type, primary_key=key, nullable=empty, server_default=default)


_wanted = Table(
    "wanted_rates",
    MetaData(),
    *map(_column, FACTS),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)


@dataclass(frozen=True)
class RatesChanged:
    """How many rates of a table an import added, changed, retired, and found as they were."""

    added: int
    changed: int
    retired: int
    unchanged: int


def rate_table_named(conn: Connection, name: str, by: By) -> int:
    """Return the id of a rate table, making an empty one of that name when there is none.

    Raises:
        Refused: One has the same name but for the case of letters or blanks around it: most
            likely that one is meant, and a second one would price nobody's calls. Or it is none.
    """
    check_named(name, "A rate table")
    names = ids_by_name(conn, rate_tables)
    if name in names:
        return names[name]
    alike = name_alike(name, names)
    if alike is not None:
        raise Refused(
            f"There is a rate table {alike!r}, and {name!r} is nearly its name. Nothing was "
            f"changed. Write {alike!r} to mean it, or choose a name that nobody takes for it."
        )
    added = conn.execute(insert(rate_tables).values(name=name).returning(rate_tables.c.id))
    table_id: int = added.scalar_one()
    audited(conn, by, Audit("rate_table_added", f"rate table {name}", None, {"name": name}))
    version_raised(conn, by.at)
    return table_id


def rates_wanted(conn: Connection, wanted: Sequence[Rate]) -> None:
    """Put rates into a temporary table, of which `wanted_rates_imported` takes them.

    A hundred thousand take seconds, for which nobody else need wait: `Store.writing` does it
    before it takes the lock. What no rate says is left to the columns' defaults: most decks say
    four of two dozen facts.

    Args:
        conn: The connection that will import.
        wanted: A pattern, effective date and group stand once.
    """
    conn.execute(DropTable(_wanted, if_exists=True))
    conn.execute(CreateTable(_wanted))
    said = [name for name in FACTS if any(getattr(rate, name) != _unsaid[name] for rate in wanted)]
    rows = [{name: getattr(rate, name) for name in said} for rate in wanted]
    if rows:
        conn.execute(insert(_wanted), rows)
    conn.execute(text(f"ANALYZE {_wanted.name}"))  # PostgreSQL takes twice as long without


def rates_imported(
    conn: Connection, name: str, wanted: Sequence[Rate], by: By, *, whole: bool
) -> RatesChanged:
    """Give a rate table a few rates, as `wanted_rates_imported` does."""
    rates_wanted(conn, wanted)
    return wanted_rates_imported(conn, name, by, whole=whole)


def wanted_rates_imported(conn: Connection, name: str, by: By, *, whole: bool) -> RatesChanged:
    """Give a rate table the rates of `rates_wanted`.

    What is in force is looked at by the statements that change it, so that of two imports at once
    the later one replaces what the earlier one left.

    Args:
        conn: A write transaction.
        name: The table's; it is made when there is none.
        by: Who imports.
        whole: They are all rates of their override values, so that others of those retire, and
            none at all empties the table; else others stay.
    """
    table_id = rate_table_named(conn, name, by)
    active = and_(rates.c.rate_table_id == table_id, rates.c.retired_at.is_(None))
    wanted = conn.execute(select(func.count()).select_from(_wanted)).scalar_one()
    changed = _retired(conn, and_(active, exists().where(_same_version, not_(_same_facts))), by)
    gone = _retired(conn, and_(active, *_left_out()), by) if whole else 0
    stored = _added(conn, table_id, active)
    conn.execute(DropTable(_wanted))
    counts = RatesChanged(stored - changed, changed, gone, wanted - stored)
    conn.execute(update(rate_tables).where(rate_tables.c.id == table_id).values(imported_at=by.at))
    if stored or gone:
        audited(conn, by, Audit("rates_imported", f"rate table {name}", None, asdict(counts)))
        version_raised(conn, by.at)
    return counts


_same_version = and_(*(_wanted.c[name] == rates.c[name] for name in VERSION))
_same_facts = and_(*(_wanted.c[name].is_not_distinct_from(rates.c[name]) for name in FACTS))


def _left_out() -> tuple[ColumnElement[bool], ...]:
    """Return what a rate is that a whole table lacks, among those of its override values."""
    values = select(_wanted.c.group_value)
    of_values = or_(rates.c.group_value.in_(values), not_(exists().select_from(_wanted)))
    return of_values, not_(exists().where(_same_version))


def _retired(conn: Connection, which: ColumnElement[bool], by: By) -> int:
    return conn.execute(update(rates).where(which).values(retired_at=by.at)).rowcount


def _added(conn: Connection, table_id: int, active: ColumnElement[bool]) -> int:
    """Store the wanted rates that are not in force, and return how many.

    In the order of their versions, so that either database gives them the same numbers.
    """
    new = (
        select(literal(table_id), *_wanted.c)
        .where(not_(exists().where(active, _same_version)))
        .order_by(*(_wanted.c[name] for name in VERSION))
    )
    adding = insert(rates).from_select(["rate_table_id", *FACTS], new)
    return conn.execute(adding, execution_options={"preserve_rowcount": True}).rowcount
