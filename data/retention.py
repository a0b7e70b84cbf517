"""Retention: old calls and archived files go, what they added up to stays."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.periods import day_start
from data.domain.retention import NOTHING_GIVEN_UP, Expired, GivenUp, Hold, horizon, is_doubtful
from data.store.connect import Store
from data.store.queries.cut_off import files_ignored_as_expired, last_day_gone, last_seen
from data.store.queries.retention import (
    OldFile,
    calls_before_day,
    calls_expired_before,
    last_call_day,
    leftover_locations,
    old_files,
    oldest_call_day,
    oldest_hold,
)
from data.store.queries.tenant import the_tenant
from data.store.writes.audit import Audit, audited
from data.store.writes.retention import calls_kept_from, day_expired, files_expired
from data.store.writes.versions import version_raised


@dataclass(frozen=True)
class Keeping:
    """How long things are kept.

    Attributes:
        archive_days: Days that archived files are kept after receipt; none: for ever.
        calls_days: Days that calls are kept; none: for ever.
        given_up: Calls that go though they are on no invoice.
    """

    archive_days: int | None
    calls_days: int | None
    given_up: GivenUp = NOTHING_GIVEN_UP


def date_checked(store: Store, by: By) -> None:
    """Refuse a date that lies too far beyond all that is known of the store.

    A clock that is ahead for one run would else let everything go that is settled.

    Raises:
        Refused: The clock may be ahead; nothing was changed.
    """
    with store.snapshot() as conn:
        tenant = the_tenant(conn)
        today, seen = tenant.today(by.at), last_seen(conn, by.at, tenant.zone)
    if is_doubtful(today, seen):
        known = {"the last change or file is of": seen.written, "the newest call of": seen.call}
        told = ", ".join(f"{what} {day}" for what, day in known.items() if day is not None)
        raise Refused(
            f"The clock says {today}, and {told}. If the clock is ahead, set it (timedatectl "
            "set-ntp true); if nothing came for so long, add --date-is-right. Nothing was changed."
        )


def moved_back(store: Store, day: date, by: By) -> list[int]:
    """Keep calls from an earlier day on; return the files whose lines were ignored meanwhile.

    What is gone stays gone: the day must lie after the last one whose sums outlived their calls,
    for their lines would be counted a second time.

    Raises:
        Refused: It is no earlier day, or calls from it on are gone; nothing was changed.
    """
    with store.writing() as conn:
        kept_from, zone = calls_expired_before(conn), the_tenant(conn).zone
        if kept_from is None or day >= kept_from:
            now = "all calls are kept" if kept_from is None else f"calls are kept from {kept_from}"
            raise Refused(f"{day} moves nothing: {now} on. Nothing was changed.")
        gone = last_day_gone(conn, kept_from)
        if gone is not None and day <= gone:
            raise Refused(
                f"The calls of {gone} are gone and their sums are kept, so that their lines would "
                f"count twice. The earliest day is {gone + timedelta(days=1)}; to have those calls "
                "again, restore a backup from before they went. Nothing was changed."
            )
        calls_kept_from(conn, day)
        was, is_now = ({"kept_from": str(each)} for each in (kept_from, day))
        audited(conn, by, Audit("calls_kept_from", "calls", was, is_now))
        version_raised(conn, by.at)
        return files_ignored_as_expired(conn, day, zone)


@dataclass(frozen=True)
class _Plan:
    calls_before: date | None
    kept_from: date | None
    calls: int
    files: list[OldFile]
    hold: Hold | None


def planned(store: Store, keeping: Keeping, by: By) -> Expired:
    """Tell what a retention would do now; nothing is changed."""
    plan = _plan(store, keeping, by)
    return _told(plan, plan.calls)


def expired(store: Store, keeping: Keeping, by: By, archive: Path) -> Expired:
    """Delete what is older than it is kept and settled.

    Whole days go, oldest first, each in a transaction of its own, so that nobody waits for long
    and a run that is cut short leaves no hole. The first kept day is the one after the last that
    went: what comes late of days that never had a call is loaded, billed, and goes another time.
    Archived files are taken off the books first and deleted after; a file that a crash left behind
    goes with the next run.
    """
    plan = _plan(store, keeping, by)
    gone = 0 if plan.calls_before is None else _calls_expired(store, plan.calls_before, by)
    with store.writing() as conn:
        if plan.files:
            files_expired(conn, by, plan.files)
        leftovers = leftover_locations(conn)
    _deleted(leftovers, archive)
    return _told(plan, gone)


def _told(plan: _Plan, calls: int) -> Expired:
    stored_bytes = sum(file.stored_bytes for file in plan.files)
    return Expired(plan.kept_from, calls, len(plan.files), stored_bytes, plan.hold)


def _plan(store: Store, keeping: Keeping, by: By) -> _Plan:
    with store.snapshot() as conn:
        tenant = the_tenant(conn)
        today = tenant.today(by.at)
        files_before, calls_before = (
            None if days is None else today - timedelta(days=days)
            for days in (keeping.archive_days, keeping.calls_days)
        )
        latest = max(day for day in (files_before, calls_before) if day is not None)
        expired_before = calls_expired_before(conn)
        hold = oldest_hold(conn, expired_before, latest, keeping.given_up)
        files = [] if files_before is None else _files(conn, files_before, hold)
        if calls_before is None:
            return _Plan(None, None, 0, files, hold)
        before = max(horizon(calls_before, hold), expired_before or date.min)
        last = last_call_day(conn, before, tenant.zone)
        kept_from = expired_before if last is None else last + timedelta(days=1)
        calls = calls_before_day(conn, before, tenant.zone)
        return _Plan(before, kept_from, calls, files, hold)


def _files(conn: Connection, received_before: date, hold: Hold | None) -> list[OldFile]:
    zone = the_tenant(conn).zone
    settled_before = None if hold is None else day_start(hold.day, zone)
    return old_files(conn, day_start(received_before, zone), settled_before)


def _calls_expired(store: Store, before: date, by: By) -> int:
    gone = 0
    while True:
        with store.writing() as conn:
            zone = the_tenant(conn).zone
            day = oldest_call_day(conn, zone)
            if day is None or day >= before:
                return gone
            gone += day_expired(conn, by, day, zone)


def _deleted(locations: list[str], archive: Path) -> None:
    """Delete archived files; only below the archive, whatever a location says."""
    home = archive.resolve()
    for location in locations:
        path = Path(location).resolve()
        if path.is_relative_to(home):
            path.unlink(missing_ok=True)
