"""What an export states of itself: whose it is, of when, the filter, and the totals."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data.domain.columns import Column, ColumnKind
from data.domain.panels import PanelPlan
from data.domain.retention import EXPIRED_ROWS
from data.domain.row_pages import Tally
from data.domain.row_requests import RowRequest
from data.domain.row_words import in_words
from data.exchange.export_cells import Style, Value, number_value
from data.store.queries.tenant import the_tenant
from data.store.queries.versions import newest_version

UNKNOWN = "unknown"
COVERED = "plan_micros"
"""What included minutes cover of calls not yet billed: no column of them, and never billed."""


def statement(
    conn: Connection, request: RowRequest, tally: Tally, now: datetime
) -> list[tuple[str, Value]]:
    """Return what is stated as pairs of what and how much, for people; figures are numbers."""
    tenant = the_tenant(conn)
    style = Style(ZoneInfo(tenant.timezone), tenant.minor_digits)
    first, *filters = in_words(request)
    lines: list[tuple[str, Value]] = [
        ("Whose", tenant.name),
        ("Rows", first),
        *(("Filter", words) for words in filters),
        ("As of", f"{style.local(now):%Y-%m-%d %H:%M:%S} {tenant.timezone}"),
        ("Data version", newest_version(conn).version),
        ("Number of rows", tally.count),
    ]
    if tally.expired:
        lines.append((EXPIRED_ROWS, tally.expired))
    totals = _totals(request.plan, tally)
    for column, value in ((request.plan.column(name), value) for name, value in totals.items()):
        if column is not None:
            said = UNKNOWN if value is None else number_value(column, style, value)
            lines.append((_caption(column, tenant.currency), said))
    charge, covered = totals.get("charge_micros"), totals.get(COVERED)
    if charge is not None and covered is not None and request.plan.column(COVERED) is None:
        lines += [
            (f"Total covered by plans, {tenant.currency}", style.exact(covered)),
            (f"Total not yet billed, {tenant.currency}", style.exact(charge - covered)),
        ]
    return lines


def _caption(column: Column, currency: str) -> str:
    """Return what a total is called; the total of the totals is the total."""
    unit = {ColumnKind.MONEY: f", {currency}", ColumnKind.SECONDS: ", s"}.get(column.kind, "")
    what = column.caption.lower()
    return f"Total{unit}" if what == "total" else f"Total {what}{unit}"


def _totals(plan: PanelPlan, tally: Tally) -> dict[str, int | None]:
    """Return every total; none for one that cannot be known."""
    known = {total.column: total.value for total in tally.totals}
    return {name: known.get(name) for name in dict.fromkeys([*plan.totals, *known])}
