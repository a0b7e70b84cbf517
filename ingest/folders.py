"""Looking at the folders of an ingest before it begins: what is amiss costs no file an attempt."""

import os
from datetime import datetime

from data.closed_folders import closed_folders, is_folder
from data.domain.errors import FolderForbidden, FolderMissing
from data.machine_users import owner_of
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
            raise FolderForbidden(str(folder), "read", owner_of(folder))


def refuse_closed_folders(settings: Settings, now: datetime) -> None:
    """Refuse to begin where the work or the archive cannot be written.

    Raises:
        FolderForbidden: Naming the first, and whose it is.
    """
    for folder in closed_folders(settings, now):
        raise FolderForbidden(str(folder), "written", owner_of(folder))
