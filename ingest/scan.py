"""From the inbox to the store: every settled file is recorded at once, by its content."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from data.domain.errors import Changed, Gone, Unsafe
from data.domain.records import FileStatus
from data.inbox_entries import GIVE_THE_RIGHT
from data.settings import Settings
from data.store.connect import Store
from data.store.queries.conditions import PROCESSED
from data.store.queries.files import CdrFile, file_with_content, files_waiting_at
from data.store.queries.sources import Source, all_sources, folder_of
from data.store.writes.files import (
    Receipt,
    file_delivered_again,
    file_kept_again,
    file_received,
    file_relocated,
    file_requeued,
    file_rewritten,
)
from data.store.writes.sources import source_of_folder_met
from data.store.writes.versions import version_raised
from ingest.archive import archive_path, moved, removed
from ingest.growing import growing_followed
from ingest.inbox import Arrival, content_hash, inbox, location_of, path_of
from ingest.keeping import is_ours
from ingest.report import FileReport, Outcome
from ingest.stopping import Stopping
from ingest.unpack import is_packed

log = logging.getLogger(__name__)

RECORDED_AT_ONCE = 100
"""Files recorded by one transaction, so that ten thousand small ones do not cost as many syncs."""


@dataclass(frozen=True)
class Scan:
    """What a look at the inbox found.

    Attributes:
        arrivals: The files that wait and were seen whole, by number.
        repeated: Deliveries of a content that is known.
        refused: What is not taken, and why.
    """

    arrivals: dict[int, Arrival]
    repeated: tuple[FileReport, ...]
    refused: tuple[str, ...]


def scanned(store: Store, settings: Settings, now: datetime, stopping: Stopping) -> Scan:
    """Record what lies in the inbox.

    A new content waits from now on. A known content is a repeated delivery: it is recorded, taken
    out of the inbox, and changes nothing. A file whose move was cut short is moved.
    """
    with store.snapshot() as conn:
        sources = all_sources(conn)
    off = {source.folder for source in sources if source.disabled_at is not None}
    growing = {source.folder for source in sources if source.growing and source.folder}
    found = inbox(settings.inbox_dir, now=now, settle_s=settings.settle_s, growing=growing)
    look = _Look(store, settings, now, tuple(sources))
    look.refused += [f"{each.name}: {each.why}" for each in found.refusals]
    on = [arrival for arrival in found.arrivals if arrival.folder not in off]
    here = [*_readable(look, on)]
    followed = [each for each in here if each.folder in growing and not is_packed(each.path)]
    if followed:
        look.follow(followed)
    wanted = [each for each in here if each not in followed]
    for start in range(0, len(wanted), RECORDED_AT_ONCE):
        look.record(list(_hashed(look, wanted[start : start + RECORDED_AT_ONCE], stopping)))
    return Scan(look.arrivals, tuple(look.repeated), tuple(look.refused))


def _readable(look: "_Look", arrivals: Sequence[Arrival]) -> Iterator[Arrival]:
    for arrival in arrivals:
        if os.access(arrival.path, os.R_OK):
            yield arrival
        elif os.path.lexists(arrival.path):  # else taken or rotated just now
            look.refused.append(f"{arrival.name}: It cannot be read. {GIVE_THE_RIGHT}")


def _hashed(
    look: "_Look", arrivals: Sequence[Arrival], stopping: Stopping
) -> Iterator[tuple[Arrival, str]]:
    for arrival in arrivals:
        try:
            yield arrival, content_hash(arrival, stopping)
        except Changed as change:
            log.info("left for the next look: %s", change.message)
        except Unsafe as refusal:
            look.refused.append(f"{arrival.name}: {refusal.message}")


@dataclass
class _Look:
    """One look at the inbox on its way into the store."""

    store: Store
    settings: Settings
    now: datetime
    sources: Sequence[Source] = ()
    arrivals: dict[int, Arrival] = field(default_factory=dict)
    repeated: list[FileReport] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def follow(self, arrivals: Sequence[Arrival]) -> None:
        """Find what was appended to growing files; nothing is written when nothing was."""
        with self.store.writing() as conn:
            if growing_followed(conn, arrivals, self.now):
                version_raised(conn, self.now)

    def record(self, hashed: Sequence[tuple[Arrival, str]]) -> None:
        """Record files whose contents are known by now; files move after the commit only."""
        with self.store.snapshot() as conn:
            found = [(each, sha256, file_with_content(conn, sha256)) for each, sha256 in hashed]
        news = []
        for arrival, sha256, file in found:
            if file is not None and _is_where_it_waits(arrival, file):
                self.arrivals[file.id] = arrival
            elif file is not None and not _is_back(file) and self._is_move_cut_short(file):
                self._moved(arrival, file)
            else:
                news.append((arrival, sha256))
        if news:
            self._record_news(news)

    def _record_news(self, news: Sequence[tuple[Arrival, str]]) -> None:
        after: list[Callable[[], None]] = []
        with self.store.writing() as conn:
            waiting = files_waiting_at(conn, [location_of(arrival.path) for arrival, _ in news])
            for arrival, sha256 in news:
                file = file_with_content(conn, sha256)
                if file is None:
                    written_on = waiting.get(location_of(arrival.path))
                    self._receive(conn, arrival, sha256, written_on)
                elif os.path.lexists(arrival.path) and path_of(file.location) != arrival.path:
                    after += self._received_again(conn, arrival, file)
            version_raised(conn, self.now)
        for act in after:
            act()

    def _receive(
        self, conn: Connection, arrival: Arrival, sha256: str, written_on: int | None
    ) -> None:
        if written_on is not None:
            file_rewritten(conn, written_on, sha256=sha256, stored_bytes=arrival.size_bytes)
            self.arrivals[written_on] = arrival
            return
        source = source_of_folder_met(conn, arrival.folder, self.now) if arrival.folder else None
        receipt = Receipt(
            name=arrival.name,
            sha256=sha256,
            stored_bytes=arrival.size_bytes,
            location=location_of(arrival.path),
            source_id=source.id if source else None,
        )
        self.arrivals[file_received(conn, receipt, self.now)] = arrival

    def _received_again(
        self, conn: Connection, arrival: Arrival, file: CdrFile
    ) -> list[Callable[[], None]]:
        """Record another delivery of a known content, or find the file where it was moved to.

        Returns:
            What becomes of the delivered file once that is committed. It goes only where the
            archive has a whole copy; else it is the copy from now on.
        """
        if _is_back(file):
            file_relocated(conn, file.id, location_of(arrival.path))
            file_requeued(conn, file.id)
            self.arrivals[file.id] = arrival
            return []
        if self._archive_lacks(file, arrival):
            file_delivered_again(conn, file.id, arrival.name, self.now)
            file_kept_again(conn, file.id, arrival.size_bytes)
            self.repeated.append(self._repeated(file, arrival))
            return [partial(self._moved, arrival, self._kept_here(conn, file))]
        if file.erased_at is not None or path_of(file.location).exists():
            file_delivered_again(conn, file.id, arrival.name, self.now)
            self.repeated.append(self._repeated(file, arrival))
            return [partial(removed, arrival.path)]
        file_relocated(conn, file.id, location_of(arrival.path))
        self.arrivals[file.id] = arrival
        return []

    def _archive_lacks(self, file: CdrFile, arrival: Arrival) -> bool:
        """Tell whether retention took the archive's copy away, something cut it, or none is here.

        A content out of which numbers were erased does not come back.
        """
        if file.erased_at is not None:
            return False
        kept = path_of(file.location)
        if not kept.exists():
            elsewhere = file.status in PROCESSED and not is_ours(self.settings, kept)
            return file.expired_at is not None or elsewhere
        inside = kept.is_relative_to(self.settings.archive_dir.absolute())
        return inside and kept.stat().st_size != arrival.size_bytes

    def _is_move_cut_short(self, file: CdrFile) -> bool:
        """Tell whether a file was processed and never came to the archive."""
        return (
            file.status in PROCESSED
            and file.location != ""
            and file.expired_at is None
            and file.erased_at is None
            and not path_of(file.location).exists()
            and is_ours(self.settings, path_of(file.location))
        )

    def _kept_here(self, conn: Connection, file: CdrFile) -> CdrFile:
        """Return a file with its place in this archive, where the store named another's."""
        if is_ours(self.settings, path_of(file.location)):
            return file
        folder = folder_of(conn, file.source_id)
        kept = archive_path(self.settings.archive_dir, file, folder).absolute()
        file_relocated(conn, file.id, location_of(kept))
        return replace(file, location=location_of(kept))

    def _repeated(self, file: CdrFile, arrival: Arrival) -> FileReport:
        """Report a delivery of a known content: of the source that delivered it, else the first."""
        note = f"Its content is that of file {file.id} ({file.status.value}); nothing was changed"
        if file.expired_at is not None:
            note += ", but the archive keeps it again"
        here = (each.name for each in self.sources if each.folder and each.folder == arrival.folder)
        first = (each.name for each in self.sources if each.id == file.source_id)
        return FileReport(
            id=file.id,
            name=arrival.name,
            status=Outcome.REPEATED,
            source=next(here, next(first, None)),
            profile=file.profile,
            note=note,
        )

    def _moved(self, arrival: Arrival, file: CdrFile) -> None:
        try:
            moved(arrival.path, path_of(file.location))
        except OSError as error:
            log.warning("%s stays in the inbox for now: %s", arrival.name, error.strerror)


def _is_where_it_waits(arrival: Arrival, file: CdrFile) -> bool:
    """Tell whether a file was recorded by an earlier look and lies where it lay then."""
    waits = file.status in (FileStatus.WAITING, FileStatus.PROCESSING)
    return waits and file.location == location_of(arrival.path)


def _is_back(file: CdrFile) -> bool:
    """Tell whether a content that comes was never taken in, as its file had gone before."""
    gone = file.status is FileStatus.ERROR and file.error_code == Gone.code
    set_aside = (file.dismissed_at, file.withdrawn_at, file.expired_at)
    return gone and file.first_call_at is None and not any(set_aside)
