"""Looking at the folders of an ingest before it begins: what is amiss costs no file an attempt."""

import os
from pathlib import Path

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
        if not _is_folder(folder):
            raise FolderMissing(str(inbox))
        if not os.access(folder, os.X_OK | (os.R_OK if folder == inbox else 0)):
            raise FolderForbidden(str(folder), "read", owner_of(folder))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except PermissionError:  # a link to where this user may not look
        return False
