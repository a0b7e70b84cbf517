"""What a file would come to, found out without storing anything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.domain.numbers import UNDECLARED
from data.domain.own_numbers import NO_NUMBERS
from data.domain.periods import EPOCH
from data.domain.records import (
    Direction,
    Disposition,
    LineCounts,
    Rejection,
    RejectionReason,
    TimeFlag,
)
from data.domain.retention import EXPIRED
from data.domain.sequences import Gap, Run, compacted, gaps
from data.store.queries.sources import Source
from data.store.writes.parts import FOLDED_LEG
from ingest.identify import Identification, identified
from ingest.normalise import NormalisedBlock, SourceRules, normalised
from ingest.profile import FormatProfile
from ingest.proof import FileZone, file_zone
from ingest.read import Segment, blocks, whole_file
from ingest.segment import Stamper, by_content_of, legs_of
from ingest.staged import StagedSegment
from ingest.trailer import declared_lines
from ingest.whole_file import line_changes

MOST_CALLS = 100
MOST_CANDIDATES = 5_000  # rows kept to find the first hundred that are neither legs nor repeats
MOST_REJECTIONS = 10_000
NONE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class CheckedCall:
    """One call as it would be stored.

    Attributes:
        line: The line it comes from.
        started_at: In UTC.
        talk_ms: Talk time as declared.
        customer_id: Whose it is; none where nobody or two claim it, or there is no store.
        charge_micros: Its price; none where it has none, or there is no store.
    """

    line: int
    started_at: datetime
    calling_number: str
    called_number: str
    talk_ms: int
    disposition: Disposition
    direction: Direction
    customer_id: int | None
    charge_micros: int | None


@dataclass
class Facts:
    """What the warnings go by, counted over the whole file.

    Attributes:
        calls: Rows that became calls, legs included.
        answered: Of them, answered ones.
        future: Calls that start after the present.
        timed: Answered calls with an answer and an end.
        agreeing: Of them, those whose talk time is end less answer, to two seconds.
        whole_minutes: Calls that start at second 0.
        ambiguous: Calls in an hour that the zone repeats.
        unanswered_talk: Calls with talk time that are not answered.
    """

    calls: int = 0
    answered: int = 0
    future: int = 0
    timed: int = 0
    agreeing: int = 0
    whole_minutes: int = 0
    ambiguous: int = 0
    unanswered_talk: int = 0


@dataclass(frozen=True)
class Check:
    """What a file would come to.

    Attributes:
        profile: Its format.
        reason: What made it that format.
        zone: What its local times mean, and why.
        counts: How its lines would end, repeats of calls in the store not looked for.
        physical_lines: Headers and blanks included.
        calls: The first hundred calls.
        rejections: The first ten thousand rejected lines.
        reasons: How many lines each reason rejects.
        ignored: How many lines each rule ignores.
        declared: How many lines its trailer says it has.
        facts: What the warnings go by.
        gaps: Numbers of the format's counter that are missing between its lines.
        remarks: How many calls each of the format's remarks is about.
    """

    profile: FormatProfile
    reason: str
    zone: FileZone
    counts: LineCounts
    physical_lines: int
    calls: tuple[CheckedCall, ...]
    rejections: tuple[Rejection, ...]
    reasons: dict[RejectionReason, int]
    ignored: dict[str, int]
    declared: int | None
    facts: Facts
    gaps: tuple[Gap, ...] = ()
    remarks: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Sum:
    """What has been read so far; lines count from the file's first."""

    before: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    reasons: dict[RejectionReason, int] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    frames: list[pd.DataFrame] = field(default_factory=list)
    keys: list[pd.DataFrame] = field(default_factory=list)
    staged: list[StagedSegment] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    runs: list[Run] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Basis:
    """What a check goes by besides the file.

    Attributes:
        zone: The tenant's: what its times mean where neither it nor its source says so.
        now: The present.
        stamper: The codes and rates of the store, where there is one.
        source: Whose file it is, where that is known.
        currency: The tenant's; empty: there is no store.
    """

    zone: tzinfo
    now: datetime
    stamper: Stamper | None = None
    source: Source | None = None
    currency: str = ""

    def zone_of(self, whole: Segment) -> FileZone:
        """Return what a file's local times mean: what its source says, else what it proves."""
        source = self.source
        if source is None or source.timezone is None:
            return file_zone(whole, self.zone)
        zone = ZoneInfo(source.timezone)
        return FileZone(zone, assumed=False, reason=f"source {source.name} says so")

    def rules(self, profile: FormatProfile, zone: FileZone) -> SourceRules:
        """Return how a file's lines are read."""
        source = self.source
        return SourceRules(
            source.name if source else profile.name,
            zone.zone,
            zone.assumed,
            number_plan=source.number_plan if source else UNDECLARED,
            own_numbers=source.numbers if source else NO_NUMBERS,
            latest=self.now.astimezone(self.zone).date(),
            currency=self.currency,
        )


def checked(path: Path, candidates: Sequence[FormatProfile], basis: Basis) -> Check:
    """Read a plain file to its end and say what it would come to.

    Args:
        path: The file, not compressed.
        candidates: The formats that it may be of.
        basis: What else is known.

    Raises:
        FileError: It cannot be used; says why and what to do.
    """
    now, stamper = basis.now, basis.stamper
    found = identified(path, candidates)
    whole = whole_file(path, found.profile, found.layout)
    zone = basis.zone_of(whole)
    rules = basis.rules(found.profile, zone)
    total = _Sum()
    for block in blocks(whole):
        _add(total, normalised(block, found.profile, rules), now, stamper)
    return _check(found, zone, total, declared_lines(path, found.profile))


def _add(total: _Sum, block: NormalisedBlock, now: datetime, stamper: Stamper | None) -> None:
    for item in block.rejections:
        total.reasons[item.reason] = total.reasons.get(item.reason, 0) + 1
    room = MOST_REJECTIONS - len(total.rejections)
    total.rejections += [
        Rejection(item.line + total.before, item.reason, item.raw)
        for item in block.rejections[: max(room, 0)]
    ]
    total.rejected += len(block.rejections)
    total.runs += block.runs
    total.remarks.update(block.remarks)
    for line in block.ignored:
        total.ignored[line.reason] = total.ignored.get(line.reason, 0) + 1
    calls, expired = (block.calls, []) if stamper is None else stamper.kept(block.calls)
    if expired:
        total.ignored[EXPIRED] = total.ignored.get(EXPIRED, 0) + len(expired)
    if len(calls):
        _add_calls(total, calls, now, stamper)
    total.before += block.lines


def _add_calls(total: _Sum, calls: pd.DataFrame, now: datetime, stamper: Stamper | None) -> None:
    part = StagedSegment(len(total.staged), lines=0)
    absolute = calls.assign(line=calls["line"] + total.before)
    part.by_content.append(by_content_of(absolute))
    if "fold_key" in calls:
        part.legs.append(legs_of(absolute))
    total.staged.append(part)
    own = absolute[~absolute["by_content"]]
    total.keys.append(own[["line", "started_ms", "call_key"]])
    if sum(map(len, total.frames)) < MOST_CANDIDATES:
        first = absolute.head(MOST_CANDIDATES)
        total.frames.append(_stamped(first, stamper))
    _note(total.facts, calls, int((now - EPOCH) / timedelta(milliseconds=1)))


def _stamped(calls: pd.DataFrame, stamper: Stamper | None) -> pd.DataFrame:
    """Return the calls with whose they are and what they cost, by the store's codes and rates."""
    nobody = np.full(len(calls), NONE)
    if stamper is None:
        return calls.assign(customer_id=nobody, charge_micros=nobody)
    said = stamper.stamped(calls.reset_index(drop=True))
    claimed, charge = said.claims.customer_id, said.prices.charge
    return calls.assign(
        customer_id=np.where(claimed > 0, claimed, NONE),
        charge_micros=np.where(charge.known, charge.charge_micros, NONE),
    )


def _note(facts: Facts, calls: pd.DataFrame, now_ms: int) -> None:
    started, talk = calls["started_ms"].to_numpy(), calls["talk_ms"].to_numpy()
    is_answered = calls["disposition"].to_numpy() == Disposition.ANSWERED
    timed = is_answered & (calls["answered_ms"].notna() & calls["ended_ms"].notna()).to_numpy()
    spans = (calls["ended_ms"] - calls["answered_ms"]).fillna(0).to_numpy(dtype=np.int64)
    facts.calls += len(calls)
    facts.answered += int(is_answered.sum())
    facts.future += int((started > now_ms).sum())
    facts.timed += int(timed.sum())
    facts.agreeing += int((timed & (np.abs(spans - talk) <= 2_000)).sum())  # noqa: PLR2004  stamps are truncated
    facts.whole_minutes += int((started % 60_000 == 0).sum())
    flags = calls["time_flags"].to_numpy() & TimeFlag.AMBIGUOUS
    facts.ambiguous += int((flags > 0).sum())
    facts.unanswered_talk += int((~is_answered & (talk > 0)).sum())


def _check(found: Identification, zone: FileZone, total: _Sum, declared: int | None) -> Check:
    fold = found.profile.fold
    changes = line_changes(total.staged, fold.rule if fold else None)
    folded = {change.line for change in changes if change.folded}
    repeats = _repeats(total.keys, folded)
    if folded:
        total.ignored[FOLDED_LEG] = len(folded)
    ignored = sum(total.ignored.values())
    loaded = total.facts.calls - len(folded) - len(repeats)
    return Check(
        profile=found.profile,
        reason=found.reason,
        zone=zone,
        counts=LineCounts(loaded, total.rejected, len(repeats), ignored),
        physical_lines=total.before,
        calls=_first_calls(total.frames, folded | repeats),
        rejections=tuple(total.rejections),
        reasons=total.reasons,
        ignored=total.ignored,
        declared=declared,
        facts=total.facts,
        gaps=tuple(gaps(compacted(total.runs))),
        remarks=total.remarks,
    )


def _repeats(keys: Sequence[pd.DataFrame], without: set[int]) -> set[int]:
    """Return the lines that repeat a call of an earlier line of the file."""
    if not keys:
        return set()
    every = pd.concat(keys)
    every = every[~every["line"].isin(without)] if without else every
    again = every.duplicated(["started_ms", "call_key"])
    return set(every.loc[again, "line"].tolist())


def _first_calls(frames: Sequence[pd.DataFrame], without: set[int]) -> tuple[CheckedCall, ...]:
    if not frames:
        return ()
    every = pd.concat(frames)
    kept = every[~every["line"].isin(without)].head(MOST_CALLS)
    return tuple(
        CheckedCall(
            line=row["line"],
            started_at=EPOCH + timedelta(milliseconds=row["started_ms"]),
            calling_number=row["calling_number"],
            called_number=row["called_number"],
            talk_ms=row["talk_ms"],
            disposition=Disposition(row["disposition"]),
            direction=Direction(row["direction"]),
            customer_id=_known(row["customer_id"]),
            charge_micros=_known(row["charge_micros"]),
        )
        for row in kept.to_dict("records")
    )


def _known(value: int) -> int | None:
    return None if value == NONE else int(value)
