"""Looking at the folders of an ingest before it begins: what is closed costs no file an attempt."""

import os

from data.domain.errors import FolderForbidden
from data.machine_users import owner_of
from data.settings import Settings


def refuse_closed_inbox(settings: Settings) -> None:
    """Refuse to take an inbox for empty that this user cannot look into.

    Raises:
        FolderForbidden: Naming it and whose it is.
    """
    inbox = settings.inbox_dir
    if inbox.is_dir() and not os.access(inbox, os.R_OK | os.X_OK):
        raise FolderForbidden(str(inbox), "read", owner_of(inbox))
