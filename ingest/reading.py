"""Reading one CDR file outside the store: recognised, cut into parts, staged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from data.domain.numbers import NumberPlan
from data.store.queries.sources import Source
from data.store.staged import StagedPart
from ingest.context import Ingest
from ingest.identify import identified
from ingest.profile import FormatProfile, profiles
from ingest.proof import file_zone
from ingest.read import Segment, segments
from ingest.reader import Reader
from ingest.readers import Begin, Part
from ingest.rows import SourceRules
from ingest.staged import StagedSegment
from ingest.stopping import unless_stopped
from ingest.whole_file import lines_before

PART_BYTES = 12 << 20
"""What one reader takes at a time: small enough to share a file evenly, large enough to pay."""
LARGE_BYTES = 16 << 20
"""From here on reading processes pay for their start."""


@dataclass(frozen=True)
class Reading:
    """A file that was read to its end.

    Attributes:
        profile: Its format.
        source_name: Its source's.
        timezone: The zone that its times were read in, as text.
        segments: What its parts came to, in order.
        schemas: For each part, under which schema its rows will be seen.
        staging: The staging files, in the order of their schemas.
    """

    profile: FormatProfile
    source_name: str
    timezone: str
    segments: Sequence[StagedSegment]
    schemas: Sequence[str]
    staging: Sequence[Path]

    def parts(self) -> list[StagedPart]:
        """Return the parts as the store takes them in."""
        return [
            StagedPart(
                schema=schema,
                number=segment.number,
                lines_before=before,
                calls=segment.calls,
                rejected=segment.rejected,
                ignored=segment.ignored,
            )
            for segment, schema, before in zip(
                self.segments, self.schemas, lines_before(self.segments), strict=True
            )
        ]


def read(ingest: Ingest, plain: Path, source: Source | None) -> Reading:
    """Recognise a plain file and stage its rows.

    Args:
        ingest: The running ingest.
        plain: The file, not compressed.
        source: Whose it is; none: the built-in source of the profile that recognises it.

    Raises:
        FileError: It cannot be used.
        Stopped: As asked.
    """
    known = profiles(ingest.settings.profiles)
    named = [profile for profile in known if source and profile.name == source.profile]
    profile = identified(plain, named or known).profile
    rules = _source_rules(ingest, source, profile, plain)
    size = plain.stat().st_size
    parts = max(1, size // PART_BYTES)
    cut = segments(plain, profile, parts)
    large = size >= LARGE_BYTES and ingest.settings.workers > 1 and len(cut) > 1
    staging, staged = (_by_processes if large else _here)(ingest, cut, rules)
    return Reading(
        profile=profile,
        source_name=rules.source_name,
        timezone=zone_text(rules.zone),
        segments=[segment for _, segment in staged],
        schemas=[f"staged_{reader}" for reader, _ in staged],
        staging=staging,
    )


Staged = tuple[list[Path], list[tuple[int, StagedSegment]]]


def _here(ingest: Ingest, cut: Sequence[Segment], source: SourceRules) -> Staged:
    """Stage the parts in this process."""
    staging = ingest.work_dir / "staged-0.db"
    reader = ingest.reader or Reader()
    ingest.reader = reader
    reader.begin(Begin(staging, source, ingest.rules()))
    staged = []
    for number, segment in enumerate(cut):
        unless_stopped(ingest.stopping)
        staged.append((0, reader.staged(Part(segment, number))))
    reader.finish()
    return [staging], staged


def _by_processes(ingest: Ingest, cut: Sequence[Segment], source: SourceRules) -> Staged:
    """Stage the parts in the reading processes."""
    rules = ingest.rules()
    staging = [ingest.work_dir / f"staged-{number}.db" for number in range(ingest.settings.workers)]
    begin = [Begin(path, source, rules) for path in staging]
    try:
        staged = ingest.readers().staged(begin, cut, ingest.stopping)
    except Exception:
        ingest.readers_ended()  # their answers to this file must not be taken for the next one's
        raise
    return staging, staged


def _source_rules(
    ingest: Ingest, source: Source | None, profile: FormatProfile, plain: Path
) -> SourceRules:
    zone, assumed = _zone(ingest, source, profile, plain)
    return SourceRules(
        source_name=source.name if source else profile.name,
        zone=zone,
        zone_assumed=assumed,
        number_plan=_number_plan(source),
    )


def _zone(
    ingest: Ingest, source: Source | None, profile: FormatProfile, plain: Path
) -> tuple[tzinfo, bool]:
    """Return what the file's local times mean, and whether that is only assumed.

    The source says it, else the file proves it, else the tenant's zone is taken.
    """
    if source is not None and source.timezone:
        return ZoneInfo(source.timezone), False
    found = file_zone(plain, profile, ingest.rules().zone)
    return found.zone, found.assumed


def _number_plan(source: Source | None) -> NumberPlan:
    if source is None:
        return NumberPlan()
    return NumberPlan(source.country_code, source.international_prefix, source.trunk_prefix)


def zone_text(zone: tzinfo) -> str:
    """Return a zone's name, or the offset that a file proved, as `UTC+01:00`."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    return str(zone)
