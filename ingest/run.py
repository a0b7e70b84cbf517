"""The scheduled run: recover, look, claim one file after the other, report."""

import logging
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from data.domain.differences import InvoicedDifference
from data.domain.errors import Changed, FileError, StoreError
from data.store.disk import is_disk_trouble
from data.store.queries.differences import invoiced_differences_of
from data.store.queries.files import (
    CdrFile,
    cdr_file,
    lost_attempts,
    waiting_file_ids,
)
from data.store.queries.growing import growth
from data.store.queries.sources import source
from data.store.writes.files import (
    LOST,
    POISON_AFTER,
    PUT_BACK,
    STOPPED,
    Failure,
    claim_put_back,
    file_claimed,
    file_failed,
)
from data.store.writes.growing import growth_tried
from data.store.writes.history import tiles_due, tiles_kept
from data.store.writes.loads import LeaseLost
from data.store.writes.parts import Frozen
from data.store.writes.versions import version_raised
from ingest.abandoned import abandoned_cleared
from ingest.claim import LEASE, POISON, heartbeat, lost_leases_recovered, poisoned
from ingest.context import Ingest
from ingest.folders import refuse_closed_folders, refuse_unusable_inbox
from ingest.forerunners import needs_readers
from ingest.inbox import Arrival, path_of
from ingest.keeping import archived, is_ours, kept_path, want_of_room
from ingest.notes import noted
from ingest.observer import NOBODY, Observer
from ingest.profile import ProfileError, own_profiles
from ingest.report import MOST_DIFFERENCES, FileReport, Outcome, RunReport
from ingest.scan import scanned
from ingest.stopping import Stopped

ONCE_MORE = "This was once more: another file of this run changed what it comes to"
log = logging.getLogger(__name__)


def run(
    ingest: Ingest, *, only: Collection[int] | None = None, observer: Observer = NOBODY
) -> RunReport:
    """Take in what lies in the inbox and whatever else waits.

    Args:
        ingest: The running ingest.
        only: Process these files and no other, and leave the inbox alone; none: everything.
        observer: Told what waits, what is in work and what is done.

    Raises:
        FolderError: A folder cannot be used; nothing was begun.
        ProfileError: A profile of the user's own is wrong; nothing was begun.
        StoreError: The store cannot be used.
        Stopped: As asked; what was in work waits again.
    """
    own_profiles(ingest.settings.profiles)  # a slip in one costs no file an attempt
    started = ingest.clock()
    refuse_closed_folders(ingest.settings, started)
    if only is None:
        refuse_unusable_inbox(ingest.settings)
    done = _Done(ingest, observer)
    with ingest.holder.alive(), heartbeat(ingest.store, ingest.holder, ingest.clock):
        try:
            done.recover(started)
            _scratch_swept(ingest)
            abandoned_cleared(ingest, started)
            if only is None:
                done.look()
            done.work(only)
            _tiles_kept(ingest)
        finally:
            observer.ended()
            ingest.ended()
    if any(each.status is Outcome.SUCCESS for each in done.reports):
        ingest.store.log_truncated()
    seconds = (ingest.clock() - started).total_seconds()
    return RunReport(done.reports, done.refused, seconds, disk_trouble=done.disk_trouble)


def _tiles_kept(ingest: Ingest) -> None:
    """Keep what the page's tiles say today; a day that cannot be kept costs the run nothing."""
    now = ingest.clock()
    try:
        with ingest.store.snapshot() as conn:
            due = tiles_due(conn, now)
        if due is not None:
            with ingest.store.writing() as conn:
                tiles_kept(conn, *due)
    except StoreError as error:
        log.warning("today's figures of the tiles could not be kept: %s", error)


def looked(ingest: Ingest) -> RunReport:
    """Record what lies in the inbox as waiting, and process nothing."""
    started = ingest.clock()
    done = _Done(ingest, NOBODY)
    done.look()
    seconds = (ingest.clock() - started).total_seconds()
    return RunReport(done.reports, done.refused, seconds)


def _scratch_swept(ingest: Ingest) -> None:
    """Remove the scratch folders of ingests that are gone."""
    if not ingest.settings.work_dir.is_dir():
        return
    for folder in ingest.settings.work_dir.iterdir():
        if folder.is_dir() and folder != ingest.holder.marks:
            mark = ingest.holder.marks / folder.name
            if not mark.exists() or ingest.holder.is_gone(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Done:
    """What a run has done so far."""

    ingest: Ingest
    observer: Observer
    told: dict[tuple[int, int], FileReport] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    arrivals: dict[int, Arrival] = field(default_factory=dict)
    disk_trouble: bool = False

    @property
    def reports(self) -> list[FileReport]:
        """What became of each file, in the order in which it was done with them."""
        return list(self.told.values())

    def recover(self, now: datetime) -> None:
        """Send back what runs that were killed had in work, and tell what is set aside."""
        ingest = self.ingest
        archive = ingest.settings.archive_dir
        for file in lost_leases_recovered(ingest.store, ingest.holder, archive, now):
            self._tell(FileReport(file.id, file.name, Outcome.ERROR, error=POISON))

    def look(self) -> None:
        """Record what lies in the inbox; for a large file readers start while it is hashed."""
        ingest = self.ingest
        if needs_readers(ingest.settings):
            ingest.readers()
        scan = scanned(ingest.store, ingest.settings, ingest.clock(), ingest.stopping)
        self.arrivals.update(scan.arrivals)
        self.refused += scan.refused
        for report in scan.repeated:
            self._tell(report)

    def work(self, only: Collection[int] | None) -> None:
        """Process what waits, each file once; a file that is sent back meanwhile, once more."""
        left_waiting: set[int] = set()
        while ids := [each for each in self._waiting(only) if each not in left_waiting]:
            self.observer.waiting(len(ids))
            for file_id in ids:
                report = self._one(file_id)
                if report is None or report.status is Outcome.WAITING:
                    left_waiting.add(file_id)
                if report is not None:
                    self._tell(report)

    def _waiting(self, only: Collection[int] | None) -> Iterator[int]:
        """Give what waits; where only some are wanted, also those sent back for their sake."""
        with self.ingest.store.snapshot() as conn:
            waiting = [
                file_id
                for file_id in waiting_file_ids(conn)
                if only is None or file_id in only or _was_processed(conn, file_id)
            ]
        return iter(waiting)

    def _tell(self, report: FileReport) -> None:
        """Note what became of a file; of one that was processed twice, the last that did."""
        key = (report.id, len(self.told) if report.status is Outcome.REPEATED else -1)
        if self.told.pop(key, None) is not None:
            again = "; ".join(each for each in (report.note, ONCE_MORE) if each)
            report = replace(report, note=again)
        self.told[key] = report
        self.observer.done(report)

    def _one(self, file_id: int) -> FileReport | None:
        """Claim and process one file; none when somebody else has it."""
        ingest = self.ingest
        with ingest.store.snapshot() as conn:
            file = cdr_file(conn, file_id)
        if file is None:
            return None
        self.observer.begun(file.name)
        want = want_of_room(ingest, file)
        if want is not None:
            self.disk_trouble = True
            return FileReport(file.id, file.name, Outcome.WAITING, error=want)
        now = ingest.clock()
        with ingest.store.writing() as conn:
            if not file_claimed(conn, file.id, ingest.holder.name, now=now, until=now + LEASE):
                return None
        ingest.step("claimed")
        report = self._claimed(file)
        if report is None or report.status is not Outcome.SUCCESS:
            abandoned_cleared(ingest, ingest.clock())
        return report

    def _claimed(self, file: CdrFile) -> FileReport | None:
        """Process a file that is ours; whatever goes wrong ends in a state of the file."""
        from ingest.process import processed  # noqa: PLC0415  heavy: not for an idle run

        waits = partial(_put_back, self.ingest, file)
        try:
            reading, loaded = processed(self.ingest, file, self.arrivals.pop(file.id, None))
        except Changed as change:
            return waits(PUT_BACK, change.message)
        except FileError as error:
            return _failed(self.ingest, file, error)
        except (Stopped, ProfileError):  # the profile was written to since the run began
            waits(STOPPED, "")
            raise
        except LeaseLost as lost:
            log.warning("%s", lost)
            return None
        except Exception as error:
            if is_disk_trouble(error):
                self.disk_trouble = True
                log.warning("file %d could not be processed: %s", file.id, error)
                return waits(PUT_BACK, "The disk is full or fails. It waits; look at the disk.")
            if isinstance(error, StoreError):
                raise
            log.exception("file %d could not be processed", file.id)
            return _lost(self.ingest, file, error)
        return FileReport(
            file.id,
            file.name,
            Outcome.SUCCESS,
            source=reading.source_name,
            profile=reading.profile,
            counts=loaded.counts,
            note=noted(self.ingest, file, reading, loaded),
            differences=_differences(self.ingest, file, loaded.frozen),
            differing=loaded.frozen.differing,
        )


def _was_processed(conn: Connection, file_id: int) -> bool:
    file = cdr_file(conn, file_id)
    return file is not None and file.first_processed_at is not None


def _differences(ingest: Ingest, file: CdrFile, frozen: Frozen) -> tuple[InvoicedDifference, ...]:
    if not frozen.differing:
        return ()
    with ingest.store.snapshot() as conn:
        return tuple(islice(invoiced_differences_of(conn, [file.id]), MOST_DIFFERENCES))


def _put_back(ingest: Ingest, file: CdrFile, outcome: str, why: str) -> FileReport:
    with ingest.store.writing() as conn:
        claim_put_back(conn, file.id, ingest.holder.name, why=outcome, now=ingest.clock())
    return FileReport(file.id, file.name, Outcome.WAITING, error=why)


def _failed(ingest: Ingest, file: CdrFile, error: FileError) -> FileReport:
    """Record an error, and keep the file where it can be processed again."""
    path = path_of(file.location)
    now = ingest.clock()
    with ingest.store.writing() as conn:
        owner = source(conn, file.source_id) if file.source_id is not None else None
        kept = kept_path(ingest, file, owner)
        if not is_ours(ingest.settings, path):
            kept = path  # it is another installation's
        if growth(conn, file.id) is not None:
            kept = path  # it is appended to where it lies
            growth_tried(conn, file.id, path.stat().st_size if path.exists() else 0)
        failure = Failure(error.code, error.message)
        file_failed(conn, file.id, failure, location=str(kept), now=now)
        ingest.version_is_ours(version_raised(conn, now))
    ingest.step("failed")
    if kept != path:
        archived(path, kept)
    return FileReport(
        file.id, file.name, Outcome.ERROR, source=owner.name if owner else None, error=error.message
    )


def _lost(ingest: Ingest, file: CdrFile, error: Exception) -> FileReport:
    """Count an attempt that ended in a mistake of ours like one whose holder was killed."""
    now = ingest.clock()
    why = f"Processing it met a mistake of the program ({type(error).__name__}); the log has it."
    with ingest.store.writing() as conn:
        claim_put_back(conn, file.id, ingest.holder.name, why=LOST, now=now)
        if lost_attempts(conn, file.id) >= POISON_AFTER:
            poisoned(conn, file.id, ingest.settings.archive_dir, now)
            version_raised(conn, now)
            return FileReport(file.id, file.name, Outcome.ERROR, error=f"{why} {POISON}")
    return FileReport(file.id, file.name, Outcome.WAITING, error=f"{why} It is tried again.")
