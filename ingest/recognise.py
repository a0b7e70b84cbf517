"""What a file is and how it will be read: its format, its zone, its parts."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from zoneinfo import ZoneInfo

from data.domain.auth_codes import AuthField
from data.domain.errors import UnknownFormat
from ingest.call_fields import COLUMN_OF
from ingest.identify import identified
from ingest.orders import Question, Recognition
from ingest.profile import FormatProfile, profiles
from ingest.proof import FileZone, file_zone
from ingest.read import Block, Segment, segments, whole_file
from ingest.rows import SourceRules
from ingest.sequences import run_of_name
from ingest.trailer import declared_lines

PART_BYTES = 12 << 20
"""What one reader takes at a time: small enough to share a file evenly, large enough to pay."""


def recognised(question: Question) -> tuple[Recognition, Sequence[Block]]:
    """Recognise a file and cut it into parts.

    Returns:
        What it is, and all of its lines where they had to be read for that.

    Raises:
        FileError: It cannot be used.
    """
    found = identified(question.plain, _candidates(question))
    profile = found.profile
    looked_at = {COLUMN_OF[AuthField(name)] for name in question.fields if name in COLUMN_OF}
    whole = whole_file(question.plain, profile.looking_at(looked_at), found.layout)
    zone = _zone(question, whole)
    rules = SourceRules(
        source_name=question.source_name or profile.name,
        zone=zone.zone,
        zone_assumed=zone.assumed,
        number_plan=question.number_plan,
        own_numbers=question.own_numbers,
        latest=question.latest,
        currency=question.currency,
    )
    recognition = Recognition(
        profile=profile.name,
        fold=profile.fold.rule if profile.fold else None,
        has_legs=bool(profile.fold and {*profile.fold.columns} & {*whole.layout.usual}),
        source_name=rules.source_name,
        timezone=zone_text(zone.zone),
        source=pickle.dumps(rules),
        segments=[pickle.dumps(segment) for segment in _cut(question, whole)],
        declared=declared_lines(question.plain, profile) if question.span is None else None,
        numbered=run_of_name(question.name, profile.file_name),
    )
    return recognition, () if question.span else zone.blocks


def _candidates(question: Question) -> Sequence[FormatProfile]:
    """Return the profiles that a file may be of: the one that its source names, or every one.

    Raises:
        UnknownFormat: There is none of that name; another format's reading would be invented.
    """
    known = profiles(question.profiles)
    if not question.profile:
        return known
    named = [profile for profile in known if profile.name == question.profile]
    if not named:
        raise UnknownFormat(
            f"Its source {question.source_name} is of format {question.profile}, which is not among"
            " those that 'python -m ingest formats' shows; nothing was read. Set TOLLBOARD_PROFILES"
            " to the folder that has it, or give the source another with"
            f" 'python -m data source edit {question.source_name} --profile NAME', then process the"
            " file again."
        )
    return named


def _zone(question: Question, whole: Segment) -> FileZone:
    """Return what the file's local times mean.

    The source says it, else the file proves it, else the tenant's zone is taken.
    """
    if question.timezone:
        return FileZone(ZoneInfo(question.timezone), assumed=False, reason="its source says so")
    return file_zone(whole, question.tenant_zone)


def _cut(question: Question, whole: Segment) -> list[Segment]:
    if question.span is None:
        return segments(whole, max(1, whole.end // PART_BYTES))
    start, end = question.span
    return [replace(whole, start=start, end=end, first=start == 0)]


def zone_text(zone: tzinfo) -> str:
    """Return a zone's name, or the offset that a file proved, as `UTC+01:00`."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    return str(zone)
