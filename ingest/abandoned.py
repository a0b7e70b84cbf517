"""What files left in the store that were given up in the middle of being loaded."""

from datetime import datetime

from data.store.writes.segments import abandoned_loads, load_abandoned
from data.store.writes.versions import version_raised
from ingest.context import Ingest


def abandoned_cleared(ingest: Ingest, now: datetime) -> None:
    """Clear what files left that were given up: they are tried again from nothing."""
    with ingest.store.snapshot() as conn:
        left = abandoned_loads(conn)
    for file_id in left:
        is_left = True
        while is_left:
            with ingest.store.writing() as conn:
                is_left = load_abandoned(conn, file_id)
                ingest.version_is_ours(version_raised(conn, now))
