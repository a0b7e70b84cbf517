"""Whether the disk is at fault."""

import errno

DISK_TROUBLE = (
    "disk i/o error",
    "disk is full",
    "no space left",
    "readonly database",
    "unable to open database",
)
"""What databases say when the disk does not take what they write, in small letters."""


def is_disk_trouble(error: object) -> bool:
    """Tell whether an error of a database or of the system is the disk's fault."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return True
    said = str(error).lower()
    return any(words in said for words in DISK_TROUBLE)
