"""What lies in the inbox, at its top and in its sources' folders, and what of it is no file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from data.domain.errors import Unsafe

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
"""Endings under which programs write before they rename; Source: rsync, WinSCP, browsers."""


def inbox_entries(folder: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Give every entry at the top and one level below, with the folder's name that it is in.

    Those with hidden or unfinished names are left out; a missing inbox counts as empty.
    """
    if not folder.is_dir():
        return
    with os.scandir(folder) as top:
        for entry in top:
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                with os.scandir(entry.path) as below:
                    yield from ((inner, entry.name) for inner in below if _counts(inner))
            elif _counts(entry):
                yield entry, ""


def _counts(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and not entry.name.endswith(UNFINISHED)


def refuse_unless_plain(found: os.stat_result) -> None:
    """Refuse what is no plain file with one name.

    Raises:
        Unsafe: What it is, and what to do.
    """
    if stat.S_ISLNK(found.st_mode):
        raise Unsafe("It is a link, and may lead out of the inbox. Put the file itself there.")
    if stat.S_ISDIR(found.st_mode):
        raise Unsafe("It is a folder inside a source's folder. Move its files one level up.")
    if not stat.S_ISREG(found.st_mode):
        raise Unsafe("It is a pipe, socket or device, not a file. Remove it from the inbox.")
    if found.st_nlink > 1:
        raise Unsafe("It has a second name elsewhere (a hard link). Put a copy there instead.")


def never_taken(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give what lies in the inbox and is taken by no run, with what it is and what to do."""
    for entry, _ in inbox_entries(folder):
        try:
            refuse_unless_plain(entry.stat(follow_symlinks=False))
        except Unsafe as refusal:
            yield Path(entry.path), refusal.message
        except FileNotFoundError:  # taken meanwhile
            continue
