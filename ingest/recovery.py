"""The archive after a restore or a move: what the store has forgotten, and what lies elsewhere."""

from pathlib import Path

from data.archived import archive_state
from data.store.writes.files import file_relocated
from data.store.writes.versions import version_raised
from ingest.archive import delivered_as
from ingest.context import Ingest
from ingest.inbox import completed, location_of


def forgotten_files_returned(ingest: Ingest) -> list[Path]:
    """Move the archived files that the store does not know into the inbox; return where to.

    Each goes into the folder of the source that delivered it, so that it is read as it was then.
    What the store knows by its content all the same changes nothing when it is looked at.
    """
    archive, inbox = ingest.settings.archive_dir.resolve(), ingest.settings.inbox_dir
    with ingest.store.snapshot() as conn:
        unknown = archive_state(conn, archive).unknown
    returned = []
    for path in unknown:
        folder, name = delivered_as(archive, path)
        place = inbox / folder / name
        if place.exists():
            place = place.with_name(path.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        completed(place)  # it need not rest first
        path.rename(place)
        returned.append(place)
    return returned


def moved_files_found(ingest: Ingest) -> int:
    """Tell the store where its files lie whose archive was moved; return how many."""
    with ingest.store.snapshot() as conn:
        moved = archive_state(conn, ingest.settings.archive_dir).moved
    if moved:
        with ingest.store.writing() as conn:
            for file_id, path in moved.items():
                file_relocated(conn, file_id, location_of(path))
            version_raised(conn, ingest.clock())
    return len(moved)
