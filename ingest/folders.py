"""Looking at the folders of an ingest before it begins: what is amiss costs no file an attempt."""

import os
from datetime import datetime
from pathlib import Path

from data.closed_folders import closed_folders, is_folder
from data.domain.errors import FolderForbidden, FolderMissing
from data.machine_users import hindrance
from data.settings import Settings


def refuse_unusable_inbox(settings: Settings) -> None:
    """Refuse to take an inbox for empty that is not there, or that this user cannot look into.

    Raises:
        FolderError: Naming it.
    """
    inbox = settings.inbox_dir.absolute()
    for folder in (*reversed(inbox.parents), inbox):
        if not is_folder(folder):
            raise FolderMissing(str(inbox))
        if not os.access(folder, os.X_OK | (os.R_OK if folder == inbox else 0)):
            raise _forbidden(folder, "read")


def refuse_closed_folders(settings: Settings, now: datetime) -> None:
    """Refuse to begin where the work or the archive cannot be written.

    Raises:
        FolderForbidden: Naming the first, and what hinders.
    """
    for folder in closed_folders(settings, now):
        raise _forbidden(folder, "written")


def _forbidden(folder: Path, done: str) -> FolderForbidden:
    found = hindrance(folder)
    return FolderForbidden(str(folder), done, found.why, found.action)
