"""Rate tables: made by name, their rates replaced or added to; replaced rates stay, retired."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, bindparam, insert, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.naming import check_named
from data.domain.rating import Rate
from data.store.queries.customers import ids_by_name, name_alike
from data.store.queries.rates import active_rates
from data.store.schema import rate_tables, rates
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised

Version = tuple[str, object, str]


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


def rates_imported(
    conn: Connection, name: str, wanted: Sequence[Rate], by: By, *, whole: bool
) -> RatesChanged:
    """Give a rate table its rates.

    Args:
        conn: A write transaction.
        name: The table's; it is made when there is none.
        wanted: Its rates; a pattern, effective date and group stand once.
        by: Who imports.
        whole: They are all rates of their override values, so that others of those retire, and
            none at all empties the table; else others stay.
    """
    table_id = rate_table_named(conn, name, by)
    before = {_version(rate): rate for rate in active_rates(conn, table_id)}
    after = {_version(rate): replace(rate, rate_table_id=table_id) for rate in wanted}
    added = [rate for key, rate in after.items() if key not in before]
    changed = [rate for key, rate in after.items() if key in before and _differs(rate, before[key])]
    values = {rate.group_value for rate in wanted}
    gone = [
        key
        for key in (before if whole else ())
        if key not in after and (not values or key[2] in values)
    ]
    replaced = [before[_version(rate)].id for rate in changed]
    counts = RatesChanged(
        len(added), len(changed), len(gone), len(after) - len(added) - len(changed)
    )
    _retired(conn, [*replaced, *(before[key].id for key in gone)], by)
    _added(conn, [*added, *changed])
    conn.execute(update(rate_tables).where(rate_tables.c.id == table_id).values(imported_at=by.at))
    if added or changed or gone:
        audited(conn, by, Audit("rates_imported", f"rate table {name}", None, asdict(counts)))
        version_raised(conn, by.at)
    return counts


def _version(rate: Rate) -> Version:
    return rate.pattern, rate.effective_from, rate.group_value


def _differs(wanted: Rate, stored: Rate) -> bool:
    return replace(wanted, id=stored.id) != stored


def _retired(conn: Connection, ids: Sequence[int], by: By) -> None:
    if ids:
        conn.execute(
            update(rates).where(rates.c.id == bindparam("rate_id")).values(retired_at=by.at),
            [{"rate_id": rate_id} for rate_id in ids],
        )


def _added(conn: Connection, new: Sequence[Rate]) -> None:
    if new:
        rows = [asdict(rate) for rate in new]
        for row in rows:
            del row["id"]
        conn.execute(insert(rates), rows)
