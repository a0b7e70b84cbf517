"""Which zone a file's local times are in, where the file itself proves it.

An Asterisk uniqueid begins with the UTC epoch at which its channel was made, and the call starts
within moments of that: the difference to the local start, rounded to a quarter of an hour, is the
offset. It is asked at several places of the file, because an offset may change with the season.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path

import numpy as np
from pyarrow import compute as pc

from data.domain.zones import zone_names
from ingest.head import head_of
from ingest.lines import Ints
from ingest.own_zones import UNKNOWN, offset_ms
from ingest.profile import FormatProfile
from ingest.profile_values import ZoneForm
from ingest.read import Block, Segment, blocks
from ingest.rows import SourceRules, rows_of
from ingest.texts import whole_numbers
from ingest.time_format import TimeFormat
from ingest.times import moments
from ingest.zones import QUARTER_MS, in_utc, named_zone

HEAD_LINES = 20
PLACES = 12
PLACE_BYTES = 32 * 1024
LEAST_AGREEING = 0.75  # a leg may start long after its channel was made: a queue, a transfer
EVERY_LINE = "every line says what its times mean"
MOST_OFFSET_MS = 15 * 3_600_000


@dataclass(frozen=True)
class FileZone:
    """What the local times of a file mean.

    Attributes:
        zone: Their zone.
        assumed: Neither the file nor anybody else says so.
        reason: Why this zone, for a person.
        blocks: The whole file, where it was so small that it was read for this.
    """

    zone: tzinfo
    assumed: bool
    reason: str
    blocks: tuple[Block, ...] = field(default=(), repr=False, compare=False)


def file_zone(whole: Segment, otherwise: tzinfo) -> FileZone:
    """Return the zone of a file whose source declares none.

    The offset that the file proves; else the other zone (the tenant's), which is still proven
    when it explains every difference that the file shows, and assumed when the file shows none.
    """
    profile = whole.profile
    if not _is_local(profile):
        return FileZone(otherwise, assumed=False, reason=EVERY_LINE)
    said = _said_by_head(whole.path, profile)
    if said is not None:
        return FileZone(said, assumed=False, reason=f"the file's head says {said}")
    usual = profile.times.usual_zone
    if usual != "source":
        reason = f"this product usually writes {usual.upper()}, and nothing says otherwise"
        return FileZone(named_zone(usual), assumed=True, reason=reason)
    read = list(_blocks_of_places(whole))
    kept = tuple(read) if _is_small(whole) else ()
    places = [place for block in read if (place := _pairs(block, profile)) is not None]
    offsets = {_rounded(local - utc) for local, utc in places}
    if len(offsets) == 1 and (offset := offsets.pop()) is not None:
        reason = f"the file proves {_told(offset)}"
        return FileZone(_fixed(offset), assumed=False, reason=reason, blocks=kept)
    if places and all(_explains(otherwise, local, utc) for local, utc in places):
        return FileZone(
            otherwise, assumed=False, reason=f"the file agrees with {otherwise}", blocks=kept
        )
    reason = "nothing says which zone its times are in"
    return FileZone(otherwise, assumed=True, reason=reason, blocks=kept)


def _said_by_head(path: Path, profile: FormatProfile) -> tzinfo | None:
    """Return the zone that the file's first lines say, where the format has it there."""
    pattern = profile.times.head_zone
    found = re.search(pattern, "\n".join(head_of(path).lines[:HEAD_LINES])) if pattern else None
    if found is None:
        return None
    if found[1] in zone_names():
        return named_zone(found[1])
    offset = offset_ms(found[1], ZoneForm.OFFSET)
    return None if offset == UNKNOWN else _fixed(offset)


def _is_local(profile: FormatProfile) -> bool:
    """Decide whether the format writes local times of the source's zone."""
    started = profile.times.started
    forms = [TimeFormat.of(name) for name in started.formats]
    told = all(form.epoch or form.has_zone for form in forms) and not started.either
    return started.zone == "source" and started.zone_column is None and not told


def _fixed(offset_ms: int) -> tzinfo:
    return UTC if offset_ms == 0 else timezone(timedelta(milliseconds=offset_ms))


def _told(offset_ms: int) -> str:
    hours, minutes = divmod(abs(offset_ms) // 60_000, 60)
    return f"UTC{'-' if offset_ms < 0 else '+'}{hours:02d}:{minutes:02d}"


def _blocks_of_places(whole: Segment) -> Iterator[Block]:
    """Yield what stands at several places of a file that may prove its offset."""
    if whole.profile.times.proof is not None:
        for part in _places(whole):
            yield from blocks(part)


def _is_small(whole: Segment) -> bool:
    return whole.end <= PLACES * PLACE_BYTES


def _places(whole: Segment) -> Iterator[Segment]:
    """Yield short parts of a file, evenly spread; each but the first begins inside a line."""
    if _is_small(whole) or whole.layout.encoding.startswith("utf-16"):
        yield replace(whole, end=min(whole.end, PLACES * PLACE_BYTES))
        return
    step = (whole.end - PLACE_BYTES) // (PLACES - 1)
    for place in range(PLACES):
        yield replace(whole, start=place * step, end=place * step + PLACE_BYTES, first=place == 0)


def _pairs(block: Block, profile: FormatProfile) -> tuple[Ints, Ints] | None:
    """Return the local starts and UTC epochs, in milliseconds, of the rows that have both."""
    rows = rows_of(block, profile, SourceRules(""))
    started = rows.joined(profile.times.started.columns, " ")
    proof = rows.text(profile.times.proof or "")
    if started is None or proof is None or not len(rows):
        return None
    local = moments(started, (*profile.times.started.formats, *rows.either))
    epochs = pc.replace_substring_regex(proof, profile.times.proof_pattern, r"\1")
    fine, seconds = whole_numbers(epochs, most_digits=10)
    both = local.known & fine & ~local.in_utc
    near = np.abs(local.ms - seconds * 1000) <= MOST_OFFSET_MS
    kept = both & near
    return (local.ms[kept], seconds[kept] * 1000) if kept.any() else None


def _rounded(differences: Ints) -> int | None:
    """Return the quarter of an hour that most differences are nearest to, or nothing."""
    quarters = (differences + QUARTER_MS // 2) // QUARTER_MS
    values, counts = np.unique(quarters, return_counts=True)
    most = int(counts.argmax())
    agreeing = counts[most] >= LEAST_AGREEING * len(differences)
    return int(values[most]) * QUARTER_MS if agreeing else None


def _explains(zone: tzinfo, local: Ints, utc: Ints) -> bool:
    """Decide whether a zone turns the local starts into nearly the epochs."""
    return _rounded(in_utc(local, zone).ms - utc) == 0
