"""The users of this machine; a container may run as one who has no name."""

import getpass
import os
from pathlib import Path


def this_user() -> str:
    """Return who runs the program, for the audit log and for advice."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def owner_of(path: Path) -> str:
    """Return whose a file or folder is."""
    try:
        return path.owner()
    except KeyError:
        return f"uid {path.stat().st_uid}"
