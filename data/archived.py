"""The archive compared with the store: what is lost, what is changed, what nobody knows."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from data.store.queries.operation import Kept, kept_files

UNFINISHED = ".unfinished"
"""Ending of a copy into the archive that was cut short; the whole file is still in the inbox."""


@dataclass(frozen=True)
class ArchiveState:
    """How the archive differs from what the store says of it; each in order of path.

    Attributes:
        lost: Files that should be there.
        changed: Files of another size than was received.
        moved: Where files lie that the store names elsewhere, by number: the archive was moved.
        unknown: Files that the store does not know, as after the restore of an older backup.
    """

    lost: list[Path]
    changed: list[Path]
    moved: dict[int, Path]
    unknown: list[Path]


def archive_state(conn: Connection, archive: Path) -> ArchiveState:
    """Look at every file of the archive and every file that the store says is there."""
    archive = archive.resolve()
    kept = {Path(one.location).resolve(): one for one in kept_files(conn)}
    there = {
        path: path.stat().st_size
        for path in archive.rglob("*")
        if path.is_file() and path.suffix != UNFINISHED
    }
    unknown = {path for path in there if path not in kept}
    by_name = {path.name: path for path in unknown}  # it has the number and the content's hash
    moved = {
        one.file_id: by_name[path.name]
        for path, one in kept.items()
        if _is_elsewhere(path, one, archive)
        and path.name in by_name
        and there[by_name[path.name]] == one.stored_bytes
    }
    return ArchiveState(
        lost=sorted(
            path
            for path, one in kept.items()
            if one.archived and one.file_id not in moved and not path.exists()
        ),
        changed=sorted(
            path
            for path, size in there.items()
            if path in kept and kept[path].archived and size != kept[path].stored_bytes
        ),
        moved=moved,
        unknown=sorted(unknown - set(moved.values())),
    )


def _is_elsewhere(path: Path, one: Kept, archive: Path) -> bool:
    return one.archived and not (path.is_relative_to(archive) and path.exists())
