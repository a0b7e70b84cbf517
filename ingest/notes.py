"""What is said of a file that was loaded, besides how its lines ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from data.domain.counting import counted
from data.domain.money import decimal_units
from data.domain.records import LineCounts
from data.domain.sequences import Gap
from data.store.queries.corrections import seemingly_corrected
from data.store.queries.cut_off import expired_lines
from data.store.queries.files import CdrFile
from data.store.queries.retention import calls_expired_before
from data.store.writes.loads import Loaded
from data.store.writes.parts import Frozen
from ingest.context import Ingest

if TYPE_CHECKING:  # heavy: not for an idle run
    from ingest.reading import Reading

MOST_GAPS = 5


def noted(ingest: Ingest, file: CdrFile, reading: "Reading", loaded: Loaded) -> str | None:
    """Return what a person should know of a loaded file besides its counts; none: nothing."""
    nothing = _nothing_note(ingest, file, loaded.counts)
    said = [
        nothing,
        _correction_note(ingest, file, loaded.counts),
        _frozen_note(loaded.frozen),
        _gaps_note(loaded.gaps),
        *remarks_told(reading.remarks),
    ]
    return ". ".join(each for each in said if each) or None


def remarks_told(remarks: Mapping[str, int]) -> Iterator[str]:
    """Yield what a format says of some of its calls."""
    for says, calls in remarks.items():
        if calls:
            yield f"{counted(calls, 'call')} {says}"


def _nothing_note(ingest: Ingest, file: CdrFile, counts: LineCounts) -> str | None:
    if counts.loaded or counts.duplicate:
        return None
    with ingest.store.snapshot() as conn:
        kept_from = calls_expired_before(conn)
        expired = expired_lines(conn, file.id) if kept_from is not None else 0
    if expired:
        return (
            f"No line of it was loaded: {counted(expired, 'line')} of calls before {kept_from}, "
            "which is the first day that retention keeps; if they are new, ask "
            "'python -m data doctor'"
        )
    if not counts.rejected:
        return None
    return "No line of it could be loaded; its rejections on the page, and a check, say why"


def _correction_note(ingest: Ingest, file: CdrFile, counts: LineCounts) -> str | None:
    """Return what to do if a file that mostly repeats another one is there to correct it."""
    if not counts.loaded or counts.duplicate * 2 < counts.lines:
        return None
    with ingest.store.snapshot() as conn:
        found = seemingly_corrected(conn, file.id)
    if found is None or found.lines * 2 < counts.lines:
        return None
    return (
        f"{counted(found.lines, 'line')} of it came with {found.name} (file {found.file_id}) "
        f"already, and {counts.loaded} did not: both count now. If it corrects that file, have it "
        f"stand for it: 'python -m ingest reprocess {file.id} --replaces {found.file_id}'"
    )


def _gaps_note(gaps: Sequence[Gap]) -> str | None:
    if not gaps:
        return None
    told = ", ".join(gap.told() for gap in gaps[:MOST_GAPS])
    more = f" and {len(gaps) - MOST_GAPS} more" if len(gaps) > MOST_GAPS else ""
    return f"Numbers of its source's counter are missing: {told}{more}"


def _frozen_note(frozen: Frozen) -> str | None:
    if not frozen.calls:
        return None
    are = "call is on a recorded invoice and stays as it is"
    are = are if frozen.calls == 1 else "calls are on recorded invoices and stay as they are"
    return (
        f"{frozen.calls} {are}; {frozen.differing} "
        "of them would have another customer or price now, "
        f"{decimal_units(frozen.difference_micros)} in all"
    )
