"""What the system refuses to do with a file or folder, as an error that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.domain.errors import SystemRefused

_RIGHT = "Run it as a user who may use it, or give this one the right (chown, chmod)"
_DISK = "Look at the disk (df, dmesg)"
_ROOM = "Make room, or name a place on another disk"
_PLACE = "Look at how it is written, and whether its disk is mounted"
_ACTIONS = {
    errno.EACCES: _RIGHT,
    errno.EPERM: _RIGHT,
    errno.ENOENT: _PLACE,
    errno.ENOTDIR: _PLACE,
    errno.EISDIR: _PLACE,
    errno.EEXIST: _PLACE,
    errno.ELOOP: _PLACE,
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: "Name another place, or mount its disk for writing",
    errno.EIO: _DISK,
}


def refusal(error: OSError, place: Path | None = None) -> SystemRefused:
    """Return what a refusal of the system means.

    Args:
        error: As the system raised it.
        place: What was wanted, where that is not the file that the error names.
    """
    where = place or error.filename or "A file"
    said = error.strerror or str(error)
    return SystemRefused(str(where), said, _ACTIONS.get(error.errno or 0, _DISK))


@contextmanager
def system_heard() -> Iterator[None]:
    """Raise what the system refuses as an error of ours; a reader that went away is no error.

    Raises:
        SystemRefused: Naming the file or folder, and what to do.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise refusal(error) from error
