"""Which file system a folder lies on, and whether a store may."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.ceph",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "smb3",
        "smbfs",
    }
)
"""SQLite's log needs memory shared by all its users. Source: sqlite.org/wal.html."""
SHARED = frozenset({"9p", "fuse.vmhgfs-fuse", "vboxsf", "virtiofs"})
"""A virtual machine's view of its host's folders: locks may or may not hold."""


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system that a path is or would be on; empty if not known.

    Args:
        path: Absolute, without links.
        mounts: Text of /proc/self/mountinfo. Source: proc(5).
    """
    deepest, kind = "", ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = _unescaped(before.split(" ")[4]) if before else ""
        if path.is_relative_to(point) and len(point) >= len(deepest):
            deepest, kind = point, after.split(" ", 1)[0]
    return kind


def _unescaped(point: str) -> str:
    """Return a mount point whose blanks are written as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda digits: chr(int(digits[1], 8)), point)


def file_system_of(path: Path) -> str:
    """Return the type of the file system that a path is or would be on, on this machine."""
    if not MOUNTS.exists():  # only Linux has it
        return ""
    return file_system(path.resolve(), MOUNTS.read_text())
