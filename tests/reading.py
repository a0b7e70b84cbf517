"""A whole file read and normalised, as plain values that a test can compare."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd

from data.domain.records import Direction, Disposition, Rejection
from data.domain.sequences import Run
from ingest.identify import identified
from ingest.normalise import SourceRules, normalised
from ingest.profile import FormatProfile, profiles
from ingest.read import Segment, blocks, whole_file

RULES = SourceRules("switch")
OWN_PROFILE = """
name = "mine"
title = "Mine"
source = "here"
grade = "C"
columns.order = ["began", "a", "b", "talk"]
columns.shapes = { talk = '\\d+' }
times.started = { columns = ["began"], formats = ["epoch_s"] }
duration = { column = "talk" }
parties.calling = { column = "a" }
parties.called = { column = "b" }
"""
CALL_FIELDS = (
    "line",
    "started_at",
    "answered_at",
    "ended_at",
    "talk_ms",
    "calling_number",
    "called_number",
    "billing_number",
    "direction",
    "disposition",
)


@dataclass(frozen=True)
class Reading:
    calls: pd.DataFrame
    rejections: list[Rejection]
    ignored: list[tuple[int, str]]
    lines: int
    runs: list[Run] = field(default_factory=list)

    def told(self) -> list[dict[str, object]]:
        """Return the calls in the form of the golden pairs."""
        return [_told(row) for row in self.calls.to_dict("records")]

    def refused(self) -> list[tuple[int, str]]:
        return [(item.line, item.reason.value) for item in self.rejections]


@lru_cache
def profile_named(name: str) -> FormatProfile:
    return next(profile for profile in profiles() if profile.name == name)


def whole(path: Path, profile: FormatProfile) -> Segment:
    """Return a file as one part, which must be of a format."""
    return whole_file(path, profile, identified(path, [profile]).layout)


def read_file(path: Path, profile: FormatProfile, rules: SourceRules = RULES) -> Reading:
    frames, rejections, ignored, lines = [], [], [], 0
    runs: list[Run] = []
    for block in blocks(whole(path, profile)):
        found = normalised(block, profile, rules)
        frames.append(found.calls)
        rejections += found.rejections
        ignored += [(item.line, item.reason) for item in found.ignored]
        lines += found.lines
        runs += found.runs
    calls = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return Reading(calls, rejections, ignored, lines, runs)


def _told(row) -> dict[str, object]:
    told = {name: row.get(name) for name in CALL_FIELDS}
    for name in ("started", "answered", "ended"):
        told[f"{name}_at"] = _instant(row[f"{name}_ms"])
    told["direction"] = Direction(row["direction"]).name.lower()
    told["disposition"] = Disposition(row["disposition"]).name.lower()
    return told


def _instant(ms) -> str | None:
    return None if pd.isna(ms) else datetime.fromtimestamp(ms / 1000, UTC).isoformat()
