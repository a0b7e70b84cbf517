"""The archive: where taken files are kept, each under its own id; every move can be repeated."""

import errno
import os
import re
import shutil
from pathlib import Path

from data.archived import UNFINISHED
from data.store.queries.files import CdrFile
from ingest.inbox import marks_removed

LONGEST_NAME = 100
HASH_DIGITS = 12
PARTS_OF_A_SOURCE = 4
"""Year, month, source and name; files of the inbox's top have no source."""


def archive_path(archive: Path, file: CdrFile, folder: str) -> Path:
    """Return where a file is kept: by month of receipt and source, under its id and content.

    The same file always gives the same path, so that a move that was cut short can be finished;
    another content never does, so that no file is overwritten, not even one that a restored store
    has forgotten.

    Args:
        archive: The archive.
        file: The file.
        folder: Its source's folder below the inbox; empty: the inbox itself.
    """
    month = archive / f"{file.received_at:%Y}" / f"{file.received_at:%m}"
    name = f"{file.id}-{file.sha256[:HASH_DIGITS]}-{_safe(file.name)}"
    return (month / _safe(folder) if folder else month) / name


def delivered_as(archive: Path, kept: Path) -> tuple[str, str]:
    """Return the folder below the inbox and the name under which an archived file was delivered.

    Both as far as the archive keeps them: what is not harmless in a name was replaced.
    """
    place = kept.relative_to(archive).parts
    folder = place[2] if len(place) == PARTS_OF_A_SOURCE else ""
    return folder, re.sub(rf"^\d+-[0-9a-f]{{{HASH_DIGITS}}}-", "", kept.name)


def _safe(name: str) -> str:
    """Return what is harmless of a name, cut in the middle."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    if len(safe) > LONGEST_NAME:
        half = LONGEST_NAME // 2
        safe = f"{safe[:half]}_{safe[-half:]}"
    return safe


def moved(path: Path, kept: Path) -> None:
    """Move a file into the archive; harmless when it was moved already.

    Across file systems the copy is complete, under its name, before the original goes.
    """
    if not os.path.lexists(path):
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(kept)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copied(path, kept)
        path.unlink()
    marks_removed(path)


def copied(path: Path, kept: Path) -> None:
    """Copy a file into the archive; it is under its name there only when it is whole."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_name(kept.name + UNFINISHED)
    try:
        with path.open("rb") as source, unfinished.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
    except OSError:
        unfinished.unlink(missing_ok=True)  # on a full disk it is in the way
        raise
    unfinished.rename(kept)


def removed(path: Path) -> None:
    """Take a repeated delivery out of the inbox: the same bytes are kept already."""
    path.unlink(missing_ok=True)
    marks_removed(path)
