"""Files that a restored store has forgotten: back from the archive into the inbox."""

from pathlib import Path

from data.archived import archive_state
from ingest.archive import delivered_as
from ingest.context import Ingest
from ingest.inbox import completed


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
