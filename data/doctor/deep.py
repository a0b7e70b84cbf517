"""The deep examination: every sum against its rows, every archived file against its row."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from data.archived import archive_state
from data.doctor.store import Examination
from data.domain.errors import StoreError
from data.domain.operation import Finding, Level
from data.opening import opened
from data.store.queries.audit import file_differences, usage_differences
from data.store.queries.summary_audit import summary_differences

MOST_TOLD = 20


def deep_findings(asked: Examination) -> Iterator[Finding]:
    """Read all calls and compare; nothing when the store cannot be opened."""
    try:
        store = opened(asked.settings)
    except StoreError:  # told by the other findings
        return
    try:
        with store.snapshot() as conn:
            yield from _sums(conn)
            yield from _archive(conn, asked.settings.archive_dir)
    except StoreError as error:
        yield Finding(
            "audit",
            Level.ERROR,
            f"The audit could not be finished: {error}",
            "restore the newest backup that passes: python -m data restore PATH",
        )
    finally:
        store.close()


def _sums(conn: Connection) -> Iterator[Finding]:
    for name, differences in (
        ("lines of files", file_differences(conn)),
        ("sums of calls", usage_differences(conn)),
        ("sums of sums", summary_differences(conn)),
    ):
        told = list(islice(differences, MOST_TOLD))
        for one in told:
            yield Finding(
                "audit",
                Level.ERROR,
                f"{one.subject}: the store keeps {one.kept}, its rows are {one.counted}.",
                "restore the newest backup that passes, then run the ingest again",
            )
        if not told:
            yield Finding("audit", Level.OK, f"All {name} are those of their rows.")


def _archive(conn: Connection, archive: Path) -> Iterator[Finding]:
    state = archive_state(conn, archive)
    told = (
        (
            state.lost,
            "archived file(s) are gone",
            "bring them back from a backup of the archive; their calls are safe",
        ),
        (
            state.changed,
            "archived file(s) are not as they were received",
            "if switches write on for longer than TOLLBOARD_SETTLE_S, raise it; deliver them again",
        ),
        (
            list(state.moved.values()),
            "file(s) of the archive are named in another folder by the store: they were moved",
            "tell the store where they lie: python -m ingest recover",
        ),
        (
            state.unknown,
            "file(s) of the archive are not in the store",
            "take them in again: python -m ingest recover",
        ),
    )
    for paths, words, action in told:
        if paths:
            text = f"{len(paths)} {words}, {paths[0]} first."
            yield Finding("archive", Level.WARNING, text, action)
    if not any(paths for paths, *_ in told):
        yield Finding("archive", Level.OK, "The archive holds the files that the store names.")
