"""What lies in the inbox, at its top and in its sources' folders, and what of it is no file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from data.domain.errors import Unsafe
from data.machine_users import owner_of

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
"""Endings under which programs write before they rename; Source: rsync, WinSCP, browsers."""

GIVE_THE_RIGHT = "Give the user that runs the ingest the right, or take it out of the inbox."


def inbox_entries(folder: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Give every entry at the top and one level below, with the folder's name that it is in.

    Those with hidden or unfinished names are left out; a missing inbox counts as empty. A folder
    that this user cannot look into is an entry itself.
    """
    if not folder.is_dir():
        return
    with os.scandir(folder) as top:
        for entry in top:
            if not entry.is_dir(follow_symlinks=False):
                if _counts(entry):
                    yield entry, ""
            elif not entry.name.startswith("."):
                try:
                    below = os.scandir(entry.path)
                except OSError:  # as lost+found, or another user's
                    yield entry, ""
                    continue
                with below:
                    yield from ((inner, entry.name) for inner in below if _counts(inner))


def _counts(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and not entry.name.endswith(UNFINISHED)


def plain_entry(entry: os.DirEntry[str], inside: str) -> os.stat_result | None:
    """Return what an entry of the inbox is like; none when it was taken meanwhile.

    Raises:
        Unsafe: It is no plain file, or this user may not look at it.
    """
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unsafe(f"It cannot be looked at ({error.strerror}). {GIVE_THE_RIGHT}") from None
    if not inside and stat.S_ISDIR(found.st_mode):
        whose = owner_of(Path(entry.path))
        raise Unsafe(f"It is a folder that cannot be read; it belongs to {whose}. {GIVE_THE_RIGHT}")
    refuse_unless_plain(found)
    return found


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
    for entry, inside in inbox_entries(folder):
        try:
            plain_entry(entry, inside)
        except Unsafe as refusal:
            yield Path(entry.path), refusal.message
