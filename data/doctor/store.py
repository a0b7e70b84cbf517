"""The store and what it tells: library, schema, pages, balance, backups, people, clock, sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, make_url

from data.domain.errors import NotOurStore, StoreDamaged, StoreError, StoreUnreadable
from data.domain.operation import Finding, Level
from data.formats import format_names, own_format_problems
from data.opening import opened
from data.settings import Settings
from data.store.connect import Store
from data.store.disk import is_disk_trouble
from data.store.queries.attention import rhythms
from data.store.queries.cut_off import last_day_gone
from data.store.queries.health import Health, health
from data.store.queries.retention import calls_expired_before
from data.store.queries.sequences import missing
from data.store.queries.server import KEPT_BY, server_settings
from data.store.queries.sources import all_sources
from data.store.queries.tenant import the_tenant
from data.store.revisions import newest_revision
from data.store.sqlite_engine import SAFE_SQLITE, sqlite_module, sqlite_path
from data.store.sqlite_file import page_problems

LARGEST_LOG_BYTES = 256 << 20
"""A log this large is one that a reader keeps from being emptied."""
LARGEST_CHECKED_BYTES = 4 << 30
"""Pages of larger stores are checked with --deep only: it reads all of them."""
WAITED_LONG = timedelta(hours=1)
BACKUP_AGE = timedelta(days=8)
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Examination:
    """What is examined, and when.

    Attributes:
        settings: Of this installation.
        now: The present.
        deep: Read every page and every call.
    """

    settings: Settings
    now: datetime
    deep: bool


def store_findings(asked: Examination) -> Iterator[Finding]:
    """Look at the store; when it cannot be opened that is the only finding."""
    on_sqlite = sqlite_path(make_url(asked.settings.store_url)) is not None
    if on_sqlite:
        yield _library()
    try:
        store = opened(asked.settings)
    except StoreError as error:
        yield _unusable(error)
        return
    try:
        yield Finding("store", Level.OK, f"The store opens; its schema is {newest_revision()}.")
        yield from _file_findings(store, deep=asked.deep) if on_sqlite else _server_findings(store)
        with store.snapshot() as conn:
            yield from _told(conn, asked)
    except StoreError as error:  # damaged where these questions are answered
        yield _unusable(error)
    finally:
        store.close()


def _unusable(error: StoreError) -> Finding:
    what, _, action = str(error).partition(". ")
    if is_disk_trouble(error):
        action = "make room, or look at the disk (df, dmesg); the store itself may well be whole"
    elif isinstance(error, NotOurStore | StoreDamaged | StoreUnreadable):
        action = "put a backup in its place: python -m data restore PATH"
    return Finding("store", Level.ERROR, f"{what}.", action)


def _library() -> Finding:
    module = sqlite_module()
    if module.sqlite_version_info < SAFE_SQLITE:
        return Finding(
            "store",
            Level.WARNING,
            f"SQLite {module.sqlite_version} has a race that can corrupt a store (WAL reset).",
            "install the pysqlite3 wheel, or a Python with SQLite 3.51.3 or newer",
        )
    return Finding("store", Level.OK, f"SQLite is {module.sqlite_version}.")


def _server_findings(store: Store) -> Iterator[Finding]:
    """Look at the database server: its release, and whether it keeps what it says it kept."""
    with store.snapshot() as conn:
        release, *kept = server_settings(conn)
    yield Finding("store", Level.OK, f"PostgreSQL is {release}.")
    for name, value in zip(KEPT_BY, kept, strict=True):
        if value == "off":
            yield Finding(
                "store",
                Level.WARNING,
                f"The server runs with {name}=off: what it said it kept can be lost in a crash.",
                f"set {name}=on in postgresql.conf and restart the server",
            )


def _file_findings(store: Store, *, deep: bool) -> Iterator[Finding]:
    path = sqlite_path(store.url)
    if path is None:
        return
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        yield Finding(
            "store",
            Level.WARNING,
            f"The store's log has grown to {log.stat().st_size >> 20} MiB.",
            "restart the page: one of its readers keeps the log from being emptied",
        )
    yield _pages(store, path, deep=deep)


def _pages(store: Store, path: Path, *, deep: bool) -> Finding:
    if not deep and path.stat().st_size > LARGEST_CHECKED_BYTES:
        return Finding("store", Level.OK, "The pages were not checked; --deep does.")
    with store.snapshot() as conn:
        problems = page_problems(conn)
    if problems:
        return Finding(
            "store",
            Level.ERROR,
            f"The store is damaged: {'; '.join(problems)}.",
            "stop the page and the ingest, then: python -m data restore PATH_OF_A_BACKUP",
        )
    return Finding("store", Level.OK, "The store's pages are sound.")


def _told(conn: Connection, asked: Examination) -> Iterator[Finding]:
    facts = health(conn, asked.now)
    yield from _tenant(conn, asked.settings)
    yield from _ingest(facts, asked.now)
    yield from _clock(facts, asked.now)
    yield from _cut_off(conn, asked.now)
    yield from _upkeep(facts, asked.now)
    yield from _sources(conn, facts, asked)


def _tenant(conn: Connection, settings: Settings) -> Iterator[Finding]:
    tenant = the_tenant(conn)
    for name, kept, asked in (
        ("TIMEZONE", tenant.timezone, settings.timezone),
        ("CURRENCY", tenant.currency, settings.currency),
    ):
        if kept != asked:
            yield Finding(
                "settings",
                Level.WARNING,
                f"TOLLBOARD_{name} is {asked}; the store was founded with {kept}, which counts.",
                f"set TOLLBOARD_{name}={kept}, or begin a new store",
            )


def _ingest(facts: Health, now: datetime) -> Iterator[Finding]:
    if facts.failed:
        yield Finding(
            "ingest",
            Level.WARNING,
            f"{facts.failed} CDR file(s) ended in error.",
            "read why on the page, then: python -m ingest reprocess --status error",
        )
    stuck = facts.oldest_waiting_at is not None and now - facts.oldest_waiting_at > WAITED_LONG
    if stuck or facts.abandoned:
        yield Finding(
            "ingest",
            Level.WARNING,
            "Files have waited for more than an hour: the ingest does not run.",
            "look at: systemctl status tollboard-ingest.timer, or at your cron line",
        )
    if not (facts.failed or stuck or facts.abandoned):
        yield Finding("ingest", Level.OK, "No file waits for long and none ended in error.")


def _clock(facts: Health, now: datetime) -> Iterator[Finding]:
    written, call = facts.newest_written_at, facts.newest_call_at
    if written is not None and written - now > CLOCK_TOLERANCE:
        yield Finding(
            "clock",
            Level.ERROR,
            f"This machine's clock ({now:%F %T} UTC) is behind what the store was last "
            f"written at ({written:%F %T} UTC).",
            "set the clock: timedatectl set-ntp true",
        )
    elif call is not None and call - now > timedelta(days=1):
        yield Finding(
            "clock",
            Level.WARNING,
            f"The newest call begins in the future ({call:%F %T} UTC).",
            "look at the time zone of its source: python -m data source list",
        )
    else:
        yield Finding("clock", Level.OK, f"The clock says {now:%F %T} UTC, which is plausible.")


def _cut_off(conn: Connection, now: datetime) -> Iterator[Finding]:
    """Say that calls of today are not loaded: retention keeps at least one whole day."""
    kept_from, today = calls_expired_before(conn), the_tenant(conn).today(now)
    if kept_from is None or kept_from < today:
        return
    gone = last_day_gone(conn, kept_from)
    whole_day = today - timedelta(days=1)
    earliest = whole_day if gone is None else max(whole_day, gone + timedelta(days=1))
    again = f"; or: python -m data retention --calls-from {earliest}"
    yield Finding(
        "retention",
        Level.ERROR,
        f"Calls are kept from {kept_from} on, and today is {today}: lines of calls before that "
        "day are ignored. Retention ran while the clock was ahead.",
        "set the clock; to have the calls again that went, restore a backup from before: "
        f"python -m data restore PATH{again if earliest < kept_from else ''}",
    )


def _upkeep(facts: Health, now: datetime) -> Iterator[Finding]:
    if not facts.admins:
        yield Finding(
            "people",
            Level.WARNING,
            "Nobody may administer the page.",
            "python -m data user add EMAIL --role admin",
        )
    began = facts.first_received_at
    if began is None or now - began < BACKUP_AGE:
        return
    if facts.backed_up_at is None or now - facts.backed_up_at > BACKUP_AGE:
        last = "never" if facts.backed_up_at is None else f"{facts.backed_up_at:%F}"
        yield Finding(
            "backup",
            Level.WARNING,
            f"The store was last backed up: {last}.",
            "python -m data backup PATH, every night; deploy/ has a timer",
        )
    else:
        yield Finding("backup", Level.OK, f"Last backed up at {facts.backed_up_at:%F %T} UTC.")


def _formats(conn: Connection, settings: Settings) -> Iterator[Finding]:
    named = [each for each in all_sources(conn) if each.profile and each.disabled_at is None]
    if not named or own_format_problems(settings.profiles):  # those are told among the folders
        return
    known = format_names(settings.profiles)
    for source in named:
        if source.profile not in known:
            yield Finding(
                "sources",
                Level.ERROR,
                f"Source {source.name} is of format {source.profile}, which is not there: each of "
                "its files ends in error.",
                "set TOLLBOARD_PROFILES to the folder that has it, or give the source another: "
                f"python -m data source edit {source.name} --profile NAME",
            )


def _sources(conn: Connection, facts: Health, asked: Examination) -> Iterator[Finding]:
    for name, folder in facts.folders:
        place = asked.settings.inbox_dir / folder
        if not place.is_dir():
            yield Finding(
                "sources",
                Level.ERROR,
                f"The folder {place} of source {name} is missing.",
                f"mkdir -p {place}, or: python -m data source disable {name}",
            )
    yield from _formats(conn, asked.settings)
    late = [rhythm for rhythm in rhythms(conn) if rhythm.due < asked.now]
    for rhythm in late:
        yield Finding(
            "sources",
            Level.WARNING,
            f"Source {rhythm.source} is late: its last file came at {rhythm.last:%F %T} UTC, "
            f"the next was due by {rhythm.due:%F %T} UTC.",
            "ask who delivers it; if it is right, give its interval with --expect-every",
        )
    if not late:
        yield Finding("sources", Level.OK, "No source is late.")
    for each in missing(conn):
        yield Finding(
            "sources",
            Level.WARNING,
            f"Numbers of the counter of source {each.source} are missing: {each.gap.told()}, "
            f"passed at {each.gap.until_at:%F %T} UTC.",
            "have the file delivered that holds them; if they are lost for good: "
            f"python -m data source gaps {each.source} --dismiss --why REASON",
        )
