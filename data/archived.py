"""The archive compared with the store: what is lost, what is changed, what nobody knows."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from data.store.queries.operation import kept_files

UNFINISHED = ".unfinished"
"""Ending of a copy into the archive that was cut short; the whole file is still in the inbox."""


@dataclass(frozen=True)
class ArchiveState:
    """How the archive differs from what the store says of it; each list in order of path.

    Attributes:
        lost: Files that should be there.
        changed: Files of another size than was received.
        unknown: Files that the store does not know, as after the restore of an older backup.
    """

    lost: list[Path]
    changed: list[Path]
    unknown: list[Path]


def archive_state(conn: Connection, archive: Path) -> ArchiveState:
    """Look at every file of the archive and every file that the store says is there."""
    kept = {Path(one.location).resolve(): one for one in kept_files(conn)}
    there = {
        path: path.stat().st_size
        for path in archive.resolve().rglob("*")
        if path.is_file() and path.suffix != UNFINISHED
    }
    return ArchiveState(
        lost=sorted(path for path, one in kept.items() if one.archived and not path.exists()),
        changed=sorted(
            path
            for path, size in there.items()
            if path in kept and kept[path].archived and size != kept[path].stored_bytes
        ),
        unknown=sorted(path for path in there if path not in kept),
    )
