"""Having a file in work: leases that a holder extends, and that end with it."""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from data.domain.errors import StoreError
from data.store.connect import Store
from data.store.queries.files import CdrFile, Lease, cdr_file, leases
from data.store.queries.sources import folder_of
from data.store.writes.files import (
    POISON_AFTER,
    Failure,
    file_failed,
    lease_extended,
    lease_lost,
)
from data.store.writes.versions import version_raised
from ingest.archive import archive_path

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
EXTEND_EVERY_S = 60.0
POISON = (
    f"Processing it ended {POISON_AFTER} times without an outcome, so it is set aside. Nothing of "
    "it was loaded. Try 'python -m ingest check' on it, and report what it says."
)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Holder:
    """One running ingest.

    Attributes:
        name: Unlike any other's.
        marks: Where running ingests on this machine keep a locked file each.
    """

    name: str
    marks: Path

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Hold a lock that the kernel lets go when this process ends, however it ends.

        After an error the mark stays, unlocked: what could not be given back is found by it.
        """
        self.marks.mkdir(parents=True, exist_ok=True)
        mark = self.marks / self.name
        descriptor = _locked(mark)
        try:
            yield
            mark.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def is_gone(self, name: str) -> bool | None:
        """Tell whether another holder is gone; none when it left no mark here, or not for us.

        Another user's mark says nothing to this one; the lease will tell.
        """
        try:
            descriptor = os.open(self.marks / name, os.O_RDWR)
        except (FileNotFoundError, PermissionError):
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(descriptor)

    def gone(self) -> list[str]:
        """Return the holders whose marks are here and whose processes are not."""
        names = (mark.name for mark in self.marks.iterdir()) if self.marks.is_dir() else ()
        return sorted(name for name in names if self.is_gone(name))

    def forgotten(self, name: str) -> None:
        """Remove the mark of a holder that is gone, once it holds no file any more."""
        (self.marks / name).unlink(missing_ok=True)


def _locked(mark: Path) -> int:
    """Make a holder's mark and lock it; whoever took it for a leftover meanwhile has not won."""
    while True:
        descriptor = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if mark.exists() and os.path.samestat(os.fstat(descriptor), mark.stat()):
            return descriptor
        os.close(descriptor)


@contextmanager
def heartbeat(store: Store, holder: Holder, clock: Clock) -> Iterator[None]:
    """Extend the holder's leases for as long as the work goes on."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(EXTEND_EVERY_S):
            try:
                with store.writing() as conn:
                    lease_extended(conn, holder.name, clock() + LEASE)
            except StoreError as error:  # the next beat tries again
                log.warning("the lease was not extended: %s", error)

    beating = threading.Thread(target=beat, name="heartbeat", daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()


def lost_leases_recovered(
    store: Store, holder: Holder, archive: Path, now: datetime
) -> list[CdrFile]:
    """Send the files of holders that are gone back to waiting; return those that kill theirs.

    Those fail. A mark goes last: when this is cut short, the next run must still see that its
    holder is gone.
    """
    gone, failed = holder.gone(), list[CdrFile]()
    with store.snapshot() as conn:
        lost = [lease for lease in leases(conn) if _is_lost(lease, holder, now)]
    for lease in lost:
        with store.writing() as conn:
            if not lease_lost(conn, lease.file_id, lease.holder, now):
                continue
            if lease.lost_attempts + 1 >= POISON_AFTER:
                failed.append(poisoned(conn, lease.file_id, archive, now))
            version_raised(conn, now)
    for name in gone:
        holder.forgotten(name)
    return failed


def poisoned(conn: Connection, file_id: int, archive: Path, now: datetime) -> CdrFile:
    """Fail a file that no attempt survived, and return it; the next look at the inbox moves it."""
    file = cdr_file(conn, file_id)
    if file is None:
        raise AssertionError("it was in work just now")
    kept = archive_path(archive, file, folder_of(conn, file.source_id)).absolute()
    file_failed(conn, file_id, Failure("poison", POISON), location=str(kept), now=now)
    return file


def _is_lost(lease: Lease, holder: Holder, now: datetime) -> bool:
    gone = holder.is_gone(lease.holder)
    return lease.leased_until < now if gone is None else gone
