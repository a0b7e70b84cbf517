"""What a file is and how it will be read: its format, its zone, its parts."""

import pickle
from dataclasses import replace
from datetime import tzinfo
from zoneinfo import ZoneInfo

from data.domain.auth_codes import AuthField
from ingest.call_fields import COLUMN_OF
from ingest.identify import identified
from ingest.orders import Question, Recognition
from ingest.profile import profiles
from ingest.proof import file_zone
from ingest.read import Segment, segments, whole_file
from ingest.rows import SourceRules
from ingest.sequences import run_of_name
from ingest.trailer import declared_lines

PART_BYTES = 12 << 20
"""What one reader takes at a time: small enough to share a file evenly, large enough to pay."""


def recognised(question: Question) -> Recognition:
    """Recognise a file and cut it into parts.

    Raises:
        FileError: It cannot be used.
    """
    known = profiles(question.profiles)
    named = tuple(profile for profile in known if profile.name == question.profile)
    found = identified(question.plain, named or known)
    profile = found.profile
    whole = whole_file(question.plain, profile, found.layout)
    zone, assumed = _zone(question, whole)
    rules = SourceRules(
        source_name=question.source_name or profile.name,
        zone=zone,
        zone_assumed=assumed,
        number_plan=question.number_plan,
        own_numbers=question.own_numbers,
        latest=question.latest,
        currency=question.currency,
    )
    looked_at = {COLUMN_OF[AuthField(name)] for name in question.fields if name in COLUMN_OF}
    cut = _cut(question, replace(whole, profile=profile.looking_at(looked_at)))
    return Recognition(
        profile=profile.name,
        fold=profile.fold.rule if profile.fold else None,
        has_legs=bool(profile.fold and {*profile.fold.columns} & {*cut[0].layout.usual}),
        source_name=rules.source_name,
        timezone=zone_text(zone),
        source=pickle.dumps(rules),
        segments=[pickle.dumps(segment) for segment in cut],
        declared=declared_lines(question.plain, profile) if question.span is None else None,
        numbered=run_of_name(question.name, profile.file_name),
    )


def _zone(question: Question, whole: Segment) -> tuple[tzinfo, bool]:
    """Return what the file's local times mean, and whether that is only assumed.

    The source says it, else the file proves it, else the tenant's zone is taken.
    """
    if question.timezone:
        return ZoneInfo(question.timezone), False
    found = file_zone(whole, question.tenant_zone)
    return found.zone, found.assumed


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
