"""Real ingests for tests: files written by hand, a real store, and what must always hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from data.domain.periods import Period
from data.domain.records import FileStatus, InvoiceStatus
from data.settings import Settings
from data.store import schema
from data.store.connect import Store
from data.store.queries.summary_audit import summary_differences
from data.store.queries.tenant import the_tenant
from data.store.queries.usage import CallRows, stored_customer_usage, stored_destination_usage
from data.store.schema import calls
from ingest.claim import Holder
from ingest.context import Ingest
from ingest.report import RunReport
from ingest.run import run
from ingest.upkeep import requeueing
from tests.factories import add_customer, add_invoice

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
_holders = count(1)


def line(n: int, **given) -> str:
    """One Asterisk line: call n of the day, answered, 60 s, by account acc1.

    It has 18 columns, and no identity but its content; with a `linkedid` it has 21 and n is its
    sequence number, which makes it unique.
    """
    at = given.get("at", NOON + timedelta(seconds=n))
    talk_s = given.get("talk_s", 60)
    answered = given.get("disposition", "ANSWERED") == "ANSWERED" and talk_s
    answer = at + timedelta(seconds=5)
    end = answer + timedelta(seconds=talk_s)
    stamp = "%Y-%m-%d %H:%M:%S"
    uniqueid = given.get("uniqueid", f"{int(at.timestamp())}.{n}")
    return (
        f'"{given.get("account", "acc1")}","{given.get("src", "+15555550100")}",'
        f'"{given.get("dst", "+15555550101")}","from-internal",'
        '"""Ann"" <100>","SIP/trunk-1","SIP/carrier-1","Dial","SIP/carrier/1,60",'
        f'"{at:{stamp}}",'
        + (f'"{answer:{stamp}}"' if answered else "")
        + f',"{end:{stamp}}",{talk_s + 5},{talk_s},'
        f'"{given.get("disposition", "ANSWERED")}","DOCUMENTATION","{uniqueid}",""'
        + (f',"","1781000000.{given["linkedid"]}",{n}' if "linkedid" in given else "")
        + "\n"
    )


def lines(*numbers: int, **given) -> str:
    return "".join(line(n, **given) for n in numbers)


def deliver(settings: Settings, name: str, content: str | bytes) -> Path:
    """Lay a file into the inbox."""
    path = settings.inbox_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def an_ingest(
    store: Store, settings: Settings, *, step: Callable[[str], None] | None = None, now=NOW
) -> Ingest:
    """A running ingest; files have settled, as its clock says that they are old."""
    holder = Holder(f"test-{next(_holders)}", settings.work_dir / "holders")
    ingest = Ingest(store, settings, lambda: now, holder)
    return ingest if step is None else replace(ingest, step=step)


def ingested(store: Store, settings: Settings, **given):
    """Run once and return what became of each file, as (name, status, loaded, rejected, ...)."""
    report = run(an_ingest(store, settings, **given))
    return [
        (
            each.name,
            each.status.value,
            each.counts.loaded,
            each.counts.rejected,
            each.counts.duplicate,
            each.counts.ignored,
        )
        for each in report.files
    ]


def add_rates(conn: Connection, name: str, **prices: int) -> int:
    """A rate table: prefix without its plus as `p44=micros per minute`."""
    table = conn.execute(
        insert(schema.rate_tables).values(name=name).returning(schema.rate_tables.c.id)
    ).scalar_one()
    conn.execute(
        insert(schema.rates),
        [
            {
                "rate_table_id": table,
                "pattern": prefix.removeprefix("p"),
                "destination": f"place {prefix.removeprefix('p')}",
                "effective_from": date(1970, 1, 1),
                "per_minute_micros": price,
            }
            for prefix, price in prices.items()
        ],
    )
    return int(table)


def add_auth_code(conn: Connection, customer_id: int, pattern: str, **given) -> None:
    row = {
        "customer_id": customer_id,
        "position": 1,
        "field": "BillingNumber",
        "kind": "equals",
        "pattern": pattern,
    } | given
    conn.execute(insert(schema.auth_codes).values(row))


def a_customer(conn: Connection, account: str = "acc1", **prices: int) -> int:
    """A customer whose account is priced: prefix without its plus as `p44=micros per minute`."""
    table = add_rates(conn, f"rates of {account}", **(prices or {"p1": 60_000}))
    customer = add_customer(conn, f"Customer {account}", rate_table_id=table)
    add_auth_code(conn, customer, account)
    return customer


def again(store: Store, settings: Settings, *file_ids: int, status: str = "") -> RunReport:
    """Process files again, by id or by where they stand, and return the report."""
    ingest = an_ingest(store, settings)
    return run(ingest, only=requeueing(ingest, file_ids, status))


def put_on_invoice(store: Store, customer_id: int, status: InvoiceStatus) -> int:
    """What a bill run does with the calls of June: a rectangle, and the rollup rows moved."""
    with store.writing() as conn:
        invoice = add_invoice(conn, customer_id, 1, status=status)
        version = conn.execute(select(schema.data_version.c.version)).scalar_one()
        conn.execute(
            insert(schema.invoice_coverage).values(
                invoice_id=invoice,
                customer_id=customer_id,
                after_version=0,
                upto_version=version,
                from_day=date(2026, 6, 1),
                to_day=date(2026, 6, 30),
            )
        )
        usage = schema.usage_by_customer
        conn.execute(
            update(usage).where(usage.c.customer_id == customer_id).values(invoice_id=invoice)
        )
    return invoice


def rows(conn: Connection, table, *columns: str, where=None):
    """Rows of a table as tuples, ordered by all their columns."""
    chosen = [table.c[name] for name in columns] if columns else list(table.c)
    query = select(*chosen).order_by(*chosen)
    return [tuple(row) for row in conn.execute(query if where is None else query.where(where))]


def assert_books_balance(conn: Connection) -> None:
    """Whatever happened: lines are accounted for, rows are behind counts, rollups = calls."""
    _assert_lines_balance(conn)
    _assert_rollups_are_the_calls(conn)


def _assert_lines_balance(conn: Connection) -> None:
    behind = {
        "loaded": calls,
        "rejected": schema.rejections,
        "duplicate": schema.duplicates,
        "ignored": schema.ignored_lines,
    }
    for file in conn.execute(select(schema.cdr_files)).mappings():
        assert file["lines"] == sum(file[name] for name in behind)
        for name, table in behind.items():
            counted = conn.execute(
                select(func.count()).select_from(table).where(table.c.file_id == file["id"])
            ).scalar_one()
            assert counted == file[name], (file["name"], name)
        if file["status"] == FileStatus.ERROR and file["first_call_at"] is None:
            assert file["lines"] == 0


def _assert_rollups_are_the_calls(conn: Connection) -> None:
    zone = the_tenant(conn).zone
    first, last = conn.execute(
        select(func.min(calls.c.started_at), func.max(calls.c.started_at))
    ).one()
    by_customer: dict[tuple[object, ...], list[int]] = {}
    by_place: dict[tuple[object, ...], list[int]] = {}
    if first is not None:
        period = Period(first.astimezone(zone).date(), last.astimezone(zone).date())
        every = CallRows(calls.c, calls, calls.c.started_at.is_not(None))
        for each in stored_customer_usage(conn, period, zone, every):
            key = (each.day, each.customer_id, each.direction, each.rate_table_id)
            by_customer[key] = list(each.sums[:-1])
        for place in stored_destination_usage(conn, period, zone, every):
            by_place[place.day, place.destination, place.direction] = list(place.sums)
    usage, places = schema.usage_by_customer.c, schema.usage_by_destination.c
    sums = [
        "calls",
        "contested",
        "answered",
        "no_answer",
        "busy",
        "failed",
        "rated",
        "unrated",
        "cost_unknown",
        "talk_ms",
        "billed_s",
        "charge_micros",
        "cost_micros",
    ]
    keys = (usage.day, usage.customer_id, usage.direction, usage.rate_table_id)
    query = select(*keys, *(func.sum(usage[name]) for name in sums)).group_by(*keys)
    assert {tuple(row[:4]): list(row[4:]) for row in conn.execute(query)} == by_customer
    names = ["calls", "answered", "talk_ms", "billed_s", "charge_micros", "cost_micros"]
    query = select(places.day, places.destination, places.direction, *(places[n] for n in names))
    assert {tuple(row[:3]): list(row[3:]) for row in conn.execute(query)} == by_place
    assert [*summary_differences(conn)] == []
    repeated = schema.duplicates_by_day.c
    of_day: dict[date, int] = {}
    for at in conn.execute(select(schema.duplicates.c.started_at)).scalars():
        day = at.astimezone(zone).date()
        of_day[day] = of_day.get(day, 0) + 1
    query = select(repeated.day, func.sum(repeated.lines)).group_by(repeated.day)
    assert {row[0]: row[1] for row in conn.execute(query)} == of_day
