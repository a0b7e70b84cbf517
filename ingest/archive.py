"""The archive: where taken files are kept, each under its own id; every move can be repeated."""

import errno
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from ingest.inbox import marks_removed

LONGEST_NAME = 100


def archive_path(archive: Path, *, file_id: int, name: str, received_at: datetime) -> Path:
    """Return where a file is kept: by month of receipt, its id, and what is harmless of its name.

    The same file always gives the same path, so that a move that was cut short can be finished.
    """
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    if len(safe) > LONGEST_NAME:
        half = LONGEST_NAME // 2
        safe = f"{safe[:half]}_{safe[-half:]}"
    return archive / f"{received_at:%Y}" / f"{received_at:%m}" / f"{file_id}-{safe}"


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
        _copied(path, kept)
        path.unlink()
    marks_removed(path)


def _copied(path: Path, kept: Path) -> None:
    unfinished = kept.with_name(kept.name + ".unfinished")
    with path.open("rb") as source, unfinished.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    unfinished.rename(kept)


def removed(path: Path) -> None:
    """Take a repeated delivery out of the inbox: the same bytes are kept already."""
    path.unlink(missing_ok=True)
    marks_removed(path)
