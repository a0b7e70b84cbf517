"""Folders that an ingest writes to and this user may not, as when another user ran one once."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from data.settings import Settings

USABLE = os.R_OK | os.W_OK | os.X_OK


def closed_folders(settings: Settings, now: datetime) -> Iterator[Path]:
    """Give those that are there and closed: for work, and for what arrives this month."""
    month = settings.archive_dir / f"{now:%Y}" / f"{now:%m}"
    work = settings.work_dir
    for folder in (settings.var, work, work / "holders", settings.archive_dir, month.parent, month):
        if is_folder(folder) and not os.access(folder, USABLE):
            yield folder
    if os.access(month, USABLE):
        yield from (each for each in sorted(month.glob("*/")) if not os.access(each, USABLE))


def is_folder(path: Path) -> bool:
    """Tell whether there is such a folder, as far as this user may look."""
    try:
        return path.is_dir()
    except PermissionError:
        return False
