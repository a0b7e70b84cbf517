"""Folders, keys and disk space: what the product may read, must write, and nobody else may see."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from data.closed_folders import USABLE, closed_folders
from data.domain.counting import counted
from data.domain.operation import Finding, Level
from data.formats import own_format_problems
from data.inbox_entries import never_taken
from data.machine_users import hindrance
from data.mounts import NETWORK, SHARED, file_system_of
from data.settings import ENV_FILE, NEW_KEY, SHORTEST_SECRET, Settings
from data.store.sqlite_engine import sqlite_path

SPARE_BYTES = 256 << 20
"""Free space below which nothing is processed: room for the log of one transaction."""
MOST_NAMED = 5
READ = os.R_OK | os.X_OK


def folder_findings(settings: Settings) -> Iterator[Finding]:
    """Look at the folders: there, writable by this user, and on a disk of this machine."""
    for name, folder in _folders(settings):
        if not folder.is_dir():
            yield _error(f"The {name} {folder} is missing.", f"mkdir -p {folder}")
        elif not _usable(folder):
            yield _forbidden(name, folder)
        else:
            yield Finding("folders", Level.OK, f"The {name} {folder} can be read and written.")
    if settings.profiles is not None and not settings.profiles.is_dir():
        missing = f"The folder of your own profiles {settings.profiles} is missing."
        yield _error(missing, "make it, or mend TOLLBOARD_PROFILES")
    else:
        for problem in own_format_problems(settings.profiles):
            yield _error(problem, "mend the profile; until then no file is taken in")
    if sqlite_path(make_url(settings.store_url)) is not None:
        yield _network_finding(settings.var)


def written_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Name folders below those that an ingest writes to and this user may not."""
    told = {folder for _, folder in _folders(settings)}
    for folder in closed_folders(settings, now):
        if folder not in told:
            yield _forbidden("folder", folder)


def closed_findings(settings: Settings) -> Iterator[Finding]:
    """Tell that this user may not even look into the var folder; nothing when they may."""
    if settings.var.is_dir() and not _usable(settings.var):
        yield _forbidden("var folder", settings.var)


def _usable(folder: Path) -> bool:
    return os.access(folder, USABLE)


def _forbidden(name: str, folder: Path) -> Finding:
    found = hindrance(folder)
    return _error(f"The {name} {folder} cannot be written by this user: {found.why}.", found.action)


def _folders(settings: Settings) -> tuple[tuple[str, Path], ...]:
    return (
        ("var folder", settings.var),
        ("inbox", settings.inbox_dir),
        ("archive", settings.archive_dir),
    )


def _network_finding(var: Path) -> Finding:
    kind = file_system_of(var)
    if kind in NETWORK:
        return _error(
            f"The store lies on a network file system ({kind}), where SQLite can lose data.",
            "move the var folder to a disk of this machine, or use PostgreSQL",
        )
    if kind in SHARED:
        return Finding(
            "folders",
            Level.WARNING,
            f"The store lies on a folder shared with a host ({kind}); its locks may not hold.",
            "move the var folder to a disk of this machine",
        )
    return Finding("folders", Level.OK, f"The store lies on a local disk ({kind or 'unknown'}).")


def secret_findings(settings: Settings) -> Iterator[Finding]:
    """Look at what signs the sessions, and at files with secrets that others can read."""
    for path in (settings.key_file, ENV_FILE):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                "secrets", Level.ERROR, f"{path} can be read by others.", f"chmod 600 {path}"
            )
    yield from _seen_store_findings(settings)
    if settings.secret_key is not None:
        yield Finding("secrets", Level.OK, "The key that signs sessions is set.")
    elif not settings.key_file.exists():
        yield Finding(
            "secrets",
            Level.ERROR,
            f"There is no key that signs sessions: {settings.key_file} is missing.",
            f"bring it back, or make another: {NEW_KEY}; everybody must log in again then",
        )
    elif os.access(settings.key_file, os.R_OK):
        yield _key_finding(settings.key_file)
    else:
        found = hindrance(settings.key_file)
        said = f"{settings.key_file} cannot be read by this user: {found.why}."
        yield Finding("secrets", Level.ERROR, said, found.action)


def _seen_store_findings(settings: Settings) -> Iterator[Finding]:
    """Tell of a store that others can read: it holds hashes of passwords, and everybody's calls."""
    path = sqlite_path(make_url(settings.store_url))
    if path is None or not path.is_file():
        return
    can_be_reached = path.absolute().parent.stat().st_mode & stat.S_IXOTH
    if can_be_reached and path.stat().st_mode & stat.S_IRWXO:
        text = f"{path} can be read by others; it holds hashes of passwords, and calls."
        yield Finding("secrets", Level.WARNING, text, f"chmod o-rwx {path}*")


def _key_finding(path: Path) -> Finding:
    if len(path.read_text().strip()) < SHORTEST_SECRET:
        return Finding(
            "secrets",
            Level.ERROR,
            f"The key in {path} is shorter than {SHORTEST_SECRET} characters.",
            f"{NEW_KEY}; then restart the page, and everybody must log in again",
        )
    return Finding("secrets", Level.OK, f"The key in {path} is long enough.")


def inbox_findings(settings: Settings) -> Iterator[Finding]:
    """Name what lies in the inbox and is never taken, and folders that keep what was loaded.

    Nothing when all is taken.
    """
    if not os.access(settings.inbox_dir, READ):  # told among the folders
        return
    for folder in sorted(settings.inbox_dir.glob("*/")):
        if os.access(folder, READ) and not _usable(folder):
            text = f"This user can take no file out of {folder}: what is loaded of it stays there."
            action = f"{hindrance(folder).action}; where its files grow that is no matter"
            yield Finding("inbox", Level.WARNING, text, action)
    found = sorted(never_taken(settings.inbox_dir))
    for path, why in found[:MOST_NAMED]:
        what, _, action = why.partition(". ")
        shown = os.fsencode(path.relative_to(settings.inbox_dir)).decode("utf-8", "replace")
        text = f"{shown!r} in the inbox is never taken. {what}."
        yield Finding("inbox", Level.WARNING, text, action[:1].lower() + action[1:].rstrip("."))
    if len(found) > MOST_NAMED:
        more = counted(len(found) - MOST_NAMED, "more name")
        text = f"The same is true of {more} in the inbox."
        yield Finding("inbox", Level.WARNING, text, "look at what a run says of them")


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """Look at free space where the store, the inbox and the archive lie."""
    seen: set[int] = set()
    for _, folder in _folders(settings):
        if folder.is_dir() and folder.stat().st_dev not in seen:
            seen.add(folder.stat().st_dev)
            yield _space(folder)


def _space(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    text = f"{usage.free >> 20} MiB of {usage.total >> 20} MiB are free at {folder}."
    if usage.free < SPARE_BYTES:
        return Finding("disk", Level.ERROR, text, "free space: nothing is processed below 256 MiB")
    if usage.free < usage.total // 20:
        return Finding(
            "disk",
            Level.WARNING,
            text,
            "free space, or let old files go: python -m data retention --archive-days N",
        )
    return Finding("disk", Level.OK, text)


def _error(text: str, action: str) -> Finding:
    return Finding("folders", Level.ERROR, text, action)
