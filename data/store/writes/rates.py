"""Rate tables: made by name, their rates replaced or added to; replaced rates stay, retired."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from operator import attrgetter, itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.naming import check_named
from data.domain.rating import Rate
from data.store.queries.customers import ids_by_name, name_alike
from data.store.schema import rate_tables, rates
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised

Version = tuple[str, object, str]
FACTS = tuple(each.name for each in fields(Rate) if each.name not in ("id", "rate_table_id"))
"""What a rate says, apart from where it is kept."""
VERSION = ("pattern", "effective_from", "group_value")
"""What tells the rates of a table apart."""
_facts, _version = attrgetter(*FACTS), attrgetter(*VERSION)
IDS_AT_ONCE = 5_000


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
    before = _active(conn, table_id)
    after = {_version(rate): rate for rate in wanted}
    added = [rate for key, rate in after.items() if key not in before]
    changed = [
        rate for key, rate in after.items() if key in before and _facts(rate) != before[key].facts
    ]
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
    _added(conn, table_id, [*added, *changed])
    conn.execute(update(rate_tables).where(rate_tables.c.id == table_id).values(imported_at=by.at))
    if added or changed or gone:
        audited(conn, by, Audit("rates_imported", f"rate table {name}", None, asdict(counts)))
        version_raised(conn, by.at)
    return counts


class _Active(NamedTuple):
    id: int
    facts: tuple[object, ...]


def _active(conn: Connection, table_id: int) -> dict[Version, _Active]:
    """Return the rates of a table that are in force; of a hundred thousand, in a second or so."""
    query = select(rates.c.id, *(rates.c[name] for name in FACTS)).where(
        rates.c.rate_table_id == table_id, rates.c.retired_at.is_(None)
    )
    version = itemgetter(*(FACTS.index(name) for name in VERSION))
    found = {}
    for number, *facts in conn.execute(query):
        found[version(facts)] = _Active(number, tuple(facts))
    return found


def _retired(conn: Connection, ids: Sequence[int], by: By) -> None:
    for start in range(0, len(ids), IDS_AT_ONCE):
        these = rates.c.id.in_(ids[start : start + IDS_AT_ONCE])
        conn.execute(update(rates).where(these).values(retired_at=by.at))


def _added(conn: Connection, table_id: int, new: Sequence[Rate]) -> None:
    if new:
        rows = [dict(zip(FACTS, _facts(rate), strict=True)) for rate in new]
        conn.execute(insert(rates).values(rate_table_id=table_id), rows)
