"""Where a file of this ingest is kept, and whether there is room to process it."""

import logging
import shutil
from pathlib import Path

from data.settings import Settings
from data.store.queries.files import CdrFile
from data.store.queries.sources import Source
from ingest.archive import archive_path, moved
from ingest.context import Ingest
from ingest.inbox import path_of

log = logging.getLogger(__name__)

SPARE_BYTES = 256 << 20
"""What must stay free beyond twice a file's size: its rows, their log, and the others' work."""


def archived(path: Path, kept: Path) -> None:
    """Move a file to the archive; when that fails now, the next look at the inbox does it."""
    try:
        moved(path, kept)
    except OSError as error:
        log.warning("%s stays in the inbox for now: %s", path.name, error.strerror)


def is_ours(settings: Settings, path: Path) -> bool:
    """Tell whether a file lies in this installation's inbox or archive, so that it may be moved.

    A store that was restored elsewhere, to try a backup, names files of the archive it came from.
    """
    homes = (settings.inbox_dir, settings.archive_dir)
    return any(
        path.absolute().is_relative_to(home.absolute())
        or path.resolve().is_relative_to(home.resolve())
        for home in homes
    )


def kept_path(ingest: Ingest, file: CdrFile, owner: Source | None) -> Path:
    """Return where the archive keeps a file, of an owner that its folder told."""
    folder = owner.folder or "" if owner else ""
    return archive_path(ingest.settings.archive_dir, file, folder).absolute()


def want_of_room(ingest: Ingest, file: CdrFile) -> str | None:
    """Return why a file cannot be processed safely now: the disk is too full; else nothing."""
    try:
        size_bytes = path_of(file.location).stat().st_size
    except OSError:
        size_bytes = 0  # what is wrong with it will be told when it is looked at
    ingest.settings.work_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(ingest.settings.work_dir).free
    needed = 2 * size_bytes + SPARE_BYTES
    if free >= needed:
        return None
    return (
        f"There are {free >> 20} MiB free at {ingest.settings.work_dir}, and "
        f"{needed >> 20} MiB are needed to process it safely. It waits; make room."
    )
