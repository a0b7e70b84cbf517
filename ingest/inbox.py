"""The inbox: which files have settled, what must not be touched, and whose content a file has."""

import hashlib
import os
import stat
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from data.domain.errors import Changed, Unsafe
from data.inbox_entries import inbox_entries, plain_entry, refuse_unless_plain
from ingest.stopping import Stopping, never, unless_stopped

COMPLETION_MARKS = (".done", ".FIN")
"""A file of the same name with one of these behind says that the file is complete."""
HASHED_AT_ONCE_BYTES = 1 << 20
ESCAPED = "bytes:"


@dataclass(frozen=True)
class Arrival:
    """A file of the inbox that has settled.

    Attributes:
        path: Where it lies.
        folder: The sub-folder of the inbox, which is its source; empty at the top.
        size_bytes: Its size when it was looked at.
        changed_ns: When it was last touched in any way, by this machine's clock.
        written_ns: When its content was written, which may be told by another machine's.
    """

    path: Path
    folder: str
    size_bytes: int
    changed_ns: int
    written_ns: int = 0

    @property
    def name(self) -> str:
        """Its name as text; bytes that are no UTF-8 show as escapes."""
        return as_text(self.path.name)


@dataclass(frozen=True)
class Refusal:
    """Something in the inbox that is not taken.

    Attributes:
        name: What it is called.
        why: What it is, and what to do.
    """

    name: str
    why: str


@dataclass(frozen=True)
class Inbox:
    """What lies in the inbox: files to take, oldest first, and what is refused."""

    arrivals: tuple[Arrival, ...]
    refusals: tuple[Refusal, ...]


def as_text(name: str) -> str:
    """Return a name from the file system as text that every store can hold."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def location_of(path: Path) -> str:
    """Return a path as text that `path_of` turns back, whatever bytes it has."""
    text = str(path)
    if text.isprintable() and not text.startswith(ESCAPED):
        return text
    return ESCAPED + quote_from_bytes(os.fsencode(text))


def path_of(location: str) -> Path:
    """Return the path that `location_of` wrote."""
    if location.startswith(ESCAPED):
        return Path(os.fsdecode(unquote_to_bytes(location.removeprefix(ESCAPED))))
    return Path(location)


def inbox(folder: Path, *, now: datetime, settle_s: float, growing: Collection[str] = ()) -> Inbox:
    """Look through the inbox: its top and its sub-folders, which are sources.

    A file has settled when it rested for `settle_s`, or when its completion mark lies beside it.
    Links, special files and deeper folders are refused; hidden and unfinished names are left.

    Args:
        folder: The inbox; missing counts as empty.
        now: The present.
        settle_s: Seconds a file must rest.
        growing: Sub-folders whose files are appended to, and so never rest.
    """
    arrivals: list[Arrival] = []
    refusals: list[Refusal] = []
    for entry, inside in inbox_entries(folder):
        source = as_text(inside)
        try:
            rest_s = 0 if source in growing else settle_s
            found = plain_entry(entry, inside)
            if found is None:
                continue
            arrival = _arrival(entry, source, found, now=now, settle_s=rest_s)
        except Unsafe as refusal:
            refusals.append(Refusal(as_text(entry.name), refusal.message))
        else:
            if arrival is not None:
                arrivals.append(arrival)
    arrivals.sort(key=lambda arrival: (arrival.written_ns, os.fsencode(arrival.path)))
    refusals.sort(key=lambda refusal: refusal.name)
    return Inbox(tuple(arrivals), tuple(refusals))


def has_large(folder: Path, size_bytes: int) -> bool:
    """Tell whether some file of the inbox has at least a size, settled or not."""
    with suppress(PermissionError):  # the run says what is wrong
        return any(_size(entry) >= size_bytes for entry, _ in inbox_entries(folder))
    return False


def _size(entry: os.DirEntry[str]) -> int:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _arrival(
    entry: os.DirEntry[str],
    source: str,
    found: os.stat_result,
    *,
    now: datetime,
    settle_s: float,
) -> Arrival | None:
    if _is_mark(Path(entry.path)):
        return None
    changed_ns = max(found.st_mtime_ns, found.st_ctime_ns)
    rested_s = now.timestamp() - changed_ns / 1e9
    # A change far in the future was stamped by another clock: it is not happening now.
    settled = rested_s >= settle_s or rested_s < -settle_s or _has_mark(Path(entry.path))
    if not settled:
        return None
    return Arrival(Path(entry.path), source, found.st_size, changed_ns, found.st_mtime_ns)


def _marks(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + mark) for mark in COMPLETION_MARKS)


def _has_mark(path: Path) -> bool:
    return any(os.path.lexists(mark) for mark in _marks(path))


def _is_mark(path: Path) -> bool:
    """Tell whether this is a completion mark; an orphaned one is left alone too."""
    return path.name.endswith(COMPLETION_MARKS)


def completed(path: Path) -> None:
    """Say that a file is complete, whether it is there yet or not."""
    _marks(path)[0].touch()


def marks_removed(path: Path) -> None:
    """Remove the completion marks of a file that was taken."""
    for mark in _marks(path):
        if os.path.lexists(mark):  # a name at its longest cannot have one
            mark.unlink(missing_ok=True)


def content_hash(arrival: Arrival, stopping: Stopping = never) -> str:
    """Return the SHA-256 of a file's content, which is its identity.

    Raises:
        Changed: It was written to, or replaced.
        Stopped: The process was asked to stop.
        Unsafe: It cannot be read, or became something that is no plain file.
    """
    digest = hashlib.sha256()
    try:
        descriptor = os.open(arrival.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Changed(f"{arrival.name} vanished while it was looked at.") from None
    except OSError as error:
        raise Unsafe(
            f"It cannot be read ({error.strerror}). Give the user that runs the ingest the right."
        ) from None
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        refuse_unless_plain(os.fstat(file.fileno()))
        while chunk := file.read(HASHED_AT_ONCE_BYTES):
            digest.update(chunk)
            unless_stopped(stopping)
        if not is_unchanged(arrival, os.fstat(file.fileno())):
            raise Changed(f"{arrival.name} was written to while it was read; it waits.")
    return digest.hexdigest()


def is_unchanged(arrival: Arrival, found: os.stat_result) -> bool:
    """Tell whether a file is as it was when it was found."""
    changed_ns = max(found.st_mtime_ns, found.st_ctime_ns)
    return (found.st_size, changed_ns) == (arrival.size_bytes, arrival.changed_ns)
