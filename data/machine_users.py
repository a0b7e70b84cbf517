"""The users of this machine; a container may run as one who has no name."""

import getpass
import os
import stat
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Hindrance:
    """Why this user may not use a file or folder.

    Attributes:
        why: For a person, as the rest of a sentence.
        action: What to do, likewise.
    """

    why: str
    action: str


def hindrance(path: Path) -> Hindrance:
    """Return what keeps this user from reading or writing a file or folder that is there."""
    found = path.stat()
    if os.access(path, os.R_OK) and os.statvfs(path).f_flag & os.ST_RDONLY:
        return Hindrance("its disk is mounted read-only", "mount that for writing")
    if found.st_uid == os.getuid():
        wanted = "u+rwx" if path.is_dir() else "u+rw"
        mode = stat.S_IMODE(found.st_mode)
        return Hindrance(
            f"it is their own, but its mode is {mode:04o}", f"run chmod {wanted} {path}"
        )
    owner = owner_of(path)
    by_number = f"sudo -u '#{found.st_uid}' ..."
    return Hindrance(
        f"it belongs to {owner}",
        f"run as {owner} ({by_number}), or give this user the right (chown, chmod)",
    )
