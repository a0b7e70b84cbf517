"""What happens to counters: the runs of a file are kept, and gaps open and close by them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.sequences import Gap, Run, gaps
from data.store.queries.sequences import GAP, missing
from data.store.schema import sequence_gaps, sequence_runs, sources
from data.store.writes.audit import Audit, audited
from data.store.writes.versions import version_raised

_AROUND = timedelta(days=2)
"""So far around a file's own numbers gaps are looked for again when it comes or goes."""
_RUN = [sequence_runs.c[name] for name in ("stream", "first_number", "last_number")]
_RUN += [sequence_runs.c.from_at, sequence_runs.c.to_at]
_OF_FILE = select(*_RUN).where(sequence_runs.c.file_id == bindparam("of_file"))


@dataclass(frozen=True)
class Counted:
    """A file of a source whose counter is looked at, and when."""

    file_id: int
    source_id: int
    now: datetime


def runs_kept(
    conn: Connection, counted: Counted, runs: Sequence[Run], *, appended: bool = False
) -> list[Gap]:
    """Keep what a file holds of its source's counter, in place of what it held before.

    Returns:
        The gaps that are new by it.
    """
    before = [Run(*row) for row in conn.execute(_OF_FILE, {"of_file": counted.file_id})]
    if not before and not runs:
        return []
    position = len(before) if appended else 0
    if not appended:
        own = sequence_runs.c.file_id == counted.file_id
        conn.execute(delete(sequence_runs).where(own))
    rows = [_row(counted, run) | {"position": at} for at, run in enumerate(runs, position)]
    if rows:
        conn.execute(insert(sequence_runs), rows)
    touched: dict[str, list[Run]] = {}
    for run in (*before, *runs):
        touched.setdefault(run.stream, []).append(run)
    return [gap for stream in touched.values() for gap in _looked_again(conn, counted, stream)]


def _row(counted: Counted, run: Run) -> dict[str, object]:
    return {
        "file_id": counted.file_id,
        "source_id": counted.source_id,
        "stream": run.stream,
        "first_number": run.first,
        "last_number": run.last,
        "from_at": run.from_at,
        "to_at": run.to_at,
    }


def _looked_again(conn: Connection, counted: Counted, touched: Sequence[Run]) -> Iterator[Gap]:
    """Look for gaps around some runs of one stream; yield those that were not known."""
    around = list(_around(conn, counted.source_id, touched))
    found = {(gap.first, gap.last, gap.until_at): gap for gap in gaps(around)}
    c = sequence_gaps.c
    of_stream = and_(c.source_id == counted.source_id, c.stream == touched[0].stream)
    looked = [run.from_at for run in (around[1:] if len(around) > 1 else touched)]
    looked += [run.from_at for run in touched]
    query = select(c.id, *GAP[1:]).where(
        of_stream, c.until_at >= min(looked), c.until_at <= max(looked)
    )
    known: dict[tuple[int, int, datetime], Row[tuple[int, int, int, datetime]]] = {
        (row[1], row[2], row[3]): row for row in conn.execute(query)
    }
    gone = [row[0] for key, row in known.items() if key not in found]
    if gone:
        conn.execute(delete(sequence_gaps).where(c.id.in_(gone)))
    for key, gap in found.items():
        if key not in known:
            conn.execute(insert(sequence_gaps).values(_gap_row(counted, gap)))
            yield gap


def _gap_row(counted: Counted, gap: Gap) -> dict[str, object]:
    return {
        "source_id": counted.source_id,
        "stream": gap.stream,
        "first_number": gap.first,
        "last_number": gap.last,
        "until_at": gap.until_at,
        "noticed_at": counted.now,
    }


def _around(conn: Connection, source_id: int, touched: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs of a stream about the time of some, with the one before and the one after."""
    c = sequence_runs.c
    of_stream = and_(c.source_id == source_id, c.stream == touched[0].stream)
    low = min(run.from_at for run in touched) - _AROUND
    high = max(run.to_at for run in touched) + _AROUND
    newest = select(func.max(c.to_at)).where(of_stream, c.to_at < low).scalar_subquery()
    oldest = select(func.min(c.to_at)).where(of_stream, c.to_at > high).scalar_subquery()
    for which in (c.to_at == newest, c.to_at.between(low, high), c.to_at == oldest):
        query = select(*_RUN).where(of_stream, which).order_by(c.to_at, c.file_id, c.position)
        yield from (Run(*row) for row in conn.execute(query))


def gaps_dismissed(conn: Connection, name: str, why: str, by: By) -> int:
    """Take a source's gaps for lost for good: they are told no more; return how many.

    Raises:
        Refused: There is no such source, or none of its numbers is missing.
    """
    known = [gap for gap in missing(conn) if gap.source == name]
    if not known:
        raise Refused(f"No number of a source {name} is missing. Nothing was changed.")
    source_id = select(sources.c.id).where(sources.c.name == name).scalar_subquery()
    conn.execute(
        update(sequence_gaps)
        .where(sequence_gaps.c.source_id == source_id, sequence_gaps.c.dismissed_at.is_(None))
        .values(dismissed_at=by.at, dismissed_why=why)
    )
    told = [gap.gap.told() for gap in known]
    audited(conn, by, Audit("gaps_dismissed", f"source {name}", None, {"why": why, "gaps": told}))
    version_raised(conn, by.at)
    return len(known)
