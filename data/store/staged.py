"""Staged rows: what the readers of one CDR file wrote outside the store, ready to be taken in.

A reader writes each part of a file into tables of its own; the transaction that loads the file
sees them under the schema that `Store.writing` gave to the reader's staging. Lines count from the
first physical line of the part.
"""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import BigInteger, Column, Integer, MetaData, SmallInteger, Table, Text

TABLES_KEPT = 4


@dataclass(frozen=True)
class StagedPart:
    """One part of a file as a reader staged it.

    Attributes:
        schema: Of the reader's staging, `staged_0` and so on; empty: the staging itself.
        number: Its place among the parts.
        lines_before: Physical lines of the file before its first.
        calls: Rows in its table of calls.
        rejected: Rows in its table of rejections.
        ignored: Rows in its table of ignored lines.
    """

    schema: str
    number: int
    lines_before: int
    calls: int
    rejected: int
    ignored: int


def staged_calls(part: StagedPart) -> Table:
    """Return the part's table of calls: one row per call, as `calls` wants it, and its day."""
    return _calls(part.schema, part.number)


def staged_rejections(part: StagedPart) -> Table:
    """Return the part's table of rejected lines."""
    return _rejections(part.schema, part.number)


def staged_ignored(part: StagedPart) -> Table:
    """Return the part's table of ignored lines."""
    return _ignored(part.schema, part.number)


# The same object for the same table: SQLAlchemy then has the statements of one small file after
# another at hand, where it would compile them for each.
@lru_cache(maxsize=TABLES_KEPT)
def _calls(schema: str, number: int) -> Table:
    return Table(
        f"calls_{number}",
        MetaData(),
        Column("started_at", BigInteger, nullable=False),
        Column("call_key", BigInteger, nullable=False),
        Column("line", BigInteger, nullable=False),
        Column("answered_at", BigInteger),
        Column("ended_at", BigInteger),
        Column("talk_ms", Integer, nullable=False),
        Column("calling_number", Text, nullable=False),
        Column("called_number", Text, nullable=False),
        Column("billing_number", Text),
        Column("direction", SmallInteger, nullable=False),
        Column("disposition", SmallInteger, nullable=False),
        Column("time_flags", SmallInteger, nullable=False),
        Column("match_state", SmallInteger, nullable=False),
        Column("customer_id", Integer),
        Column("provider_id", Integer),
        Column("rate_state", SmallInteger, nullable=False),
        Column("rate_id", Integer),
        Column("billed_s", Integer, nullable=False),
        Column("charge_micros", BigInteger),
        Column("cost_micros", BigInteger),
        Column("cost_rate_id", Integer),
        Column("override_value", Text),
        Column("day", Integer, nullable=False),  # days since 1970, in the tenant's zone
        schema=schema or None,
    )


@lru_cache(maxsize=TABLES_KEPT)
def _rejections(schema: str, number: int) -> Table:
    return Table(
        f"rejections_{number}",
        MetaData(),
        Column("line", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Column("raw", Text, nullable=False),
        schema=schema or None,
    )


@lru_cache(maxsize=TABLES_KEPT)
def _ignored(schema: str, number: int) -> Table:
    return Table(
        f"ignored_{number}",
        MetaData(),
        Column("line", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
        schema=schema or None,
    )


def staged_table(name: str) -> Table:
    """Return the table of a name, as a temporary one of the connection that makes it."""
    kind, _, number = name.rpartition("_")
    part = StagedPart("", int(number), 0, 0, 0, 0)
    table = {"calls": staged_calls, "rejections": staged_rejections, "ignored": staged_ignored}[
        kind
    ](part)
    return table.to_metadata(MetaData(), schema="pg_temp")
