"""Files that are appended to: read from where they were left, complete lines only."""

import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from data.domain.errors import CopyOfGrowing
from data.domain.records import FileStatus
from data.store.queries.files import cdr_file
from data.store.queries.growing import ROTATED, Followed, Growth, growths
from data.store.writes.files import Receipt, file_received, file_requeued
from data.store.writes.growing import growth_ended, growth_recorded
from data.store.writes.sources import source_of_folder_met
from ingest.inbox import Arrival, location_of, path_of

log = logging.getLogger(__name__)

HEAD_BYTES = 4_096
"""The first bytes that tell one growing file from another; fewer while it is shorter."""
LOOKED_BACK_BYTES = 1 << 16


@dataclass(frozen=True)
class Span:
    """The part of a growing file that is read now.

    Attributes:
        start: Offset of its first byte, where a line begins.
        end: Offset after its last complete line.
        first_line: The number of the line that begins there.
    """

    start: int
    end: int
    first_line: int


def fingerprint(path: Path, offset_bytes: int) -> str:
    """Return the SHA-256 of the first bytes of a file, of those that were read by then."""
    with path.open("rb") as file:
        return hashlib.sha256(file.read(min(HEAD_BYTES, offset_bytes))).hexdigest()


def refuse_copy(path: Path, known: Sequence[Followed]) -> None:
    """Refuse a file delivered whole that begins as one which another source reads as it grows.

    The keys of its calls have its own source's name in them, so that no call would be found to be
    there already.

    Raises:
        CopyOfGrowing: It does.
    """
    size = path.stat().st_size
    for each in known:
        head = min(HEAD_BYTES, each.offset_bytes)
        if head <= size and fingerprint(path, head) == each.fingerprint:
            raise CopyOfGrowing(
                f"It begins as {each.name} does (file {each.file_id}), which source "
                f"{each.source_name} reads as it grows. Nothing of it was loaded, or its calls "
                "would be charged twice. Dismiss it if it is a copy. If the folder of that source "
                "was renamed, make the new one growing too ('python -m data source edit NAME "
                "--growing') and put the file back there: it goes on where it was left."
            )


def complete_bytes(path: Path) -> int:
    """Return the offset after a file's last complete line."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - LOOKED_BACK_BYTES)
            file.seek(start)
            at = file.read(end - start).rfind(b"\n")
            if at >= 0:
                return start + at + 1
            end = start
    return 0


def unread(growth: Growth) -> Span:
    """Return what of a growing file was not read yet."""
    end = complete_bytes(path_of(growth.path))
    return Span(growth.offset_bytes, end, growth.next_line)


def growing_followed(conn: Connection, arrivals: Sequence[Arrival], now: datetime) -> bool:
    """Send growing files that have new complete lines to be processed; tell whether any was.

    A file of a known path that begins otherwise, or is shorter than what was read, is a new one:
    it was rotated. The old one is found again under its new name by how it begins, and its rest
    is read there.
    """
    known = growths(conn)
    changed = False
    for arrival in sorted(arrivals, key=lambda arrival: arrival.written_ns):
        growth = next((each for each in known if _is_same(each, arrival)), None)
        if growth is None:
            if complete_bytes(arrival.path):
                _begun(conn, arrival, now)
                changed = True
            continue
        if growth.path != location_of(arrival.path):
            log.info("%s goes on as %s", growth.path, arrival.name)
            _path_freed(conn, arrival)
            growth = replace(growth, path=location_of(arrival.path))
            growth_recorded(conn, growth)
        changed = _requeued_if_grown(conn, growth) or changed
    return changed


def _is_same(growth: Growth, arrival: Arrival) -> bool:
    if growth.offset_bytes == 0:  # nothing of it was read yet
        return growth.path == location_of(arrival.path)
    long_enough = arrival.path.stat().st_size >= growth.offset_bytes
    return long_enough and fingerprint(arrival.path, growth.offset_bytes) == growth.fingerprint


def _begun(conn: Connection, arrival: Arrival, now: datetime) -> None:
    """Record a growing file that was not seen before."""
    _path_freed(conn, arrival)
    source = source_of_folder_met(conn, arrival.folder, now)
    location = location_of(arrival.path)
    head = fingerprint(arrival.path, HEAD_BYTES)
    identity = hashlib.sha256(f"growing\x1f{location}\x1f{head}".encode()).hexdigest()
    receipt = Receipt(arrival.name, identity, 0, location, source.id)
    file_id = file_received(conn, receipt, now)
    growth_recorded(conn, Growth(file_id, location, 0, 1, ""))


def _path_freed(conn: Connection, arrival: Arrival) -> None:
    """Let go of the file that lay at a path before; its rest goes on under another, if at all."""
    for growth in growths(conn):
        if growth.path == location_of(arrival.path):
            parked = f"{growth.path}{ROTATED}{growth.file_id})"
            if growth.offset_bytes:
                growth_recorded(conn, replace(growth, path=parked))
            else:
                growth_ended(conn, growth.file_id)


def _requeued_if_grown(conn: Connection, growth: Growth) -> bool:
    file = cdr_file(conn, growth.file_id)
    if file is None or file.status not in (FileStatus.SUCCESS, FileStatus.ERROR):
        return False
    tried = max(growth.offset_bytes, file.stored_bytes)
    if unread(growth).end <= tried or file.withdrawn_at is not None:
        return False
    file_requeued(conn, growth.file_id)
    return True
