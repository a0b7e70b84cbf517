"""Text columns become calls: strictly, as whole columns, nothing changed in silence."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.records import Direction, Disposition, Rejection, RejectionReason, TimeFlag
from data.domain.sequences import Run
from ingest.conditions import all_hold
from ingest.costs import costs
from ingest.directions import are_own, directions, directions_told
from ingest.durations import durations
from ingest.instants import Stamps, not_before, nullable, stamps
from ingest.keys import identity_keys, line_keys
from ingest.lines import Bools, Ints, Lines
from ingest.parties import digits, is_damaged, numbers, of_length
from ingest.profile import FormatProfile
from ingest.profile_parts import Fold, PartyField
from ingest.read import Block, Ignored
from ingest.rows import Rows, SourceRules, rows_of
from ingest.sequences import runs_of
from ingest.texts import by_value, lengths

__all__ = ["NormalisedBlock", "SourceRules", "normalised"]


@dataclass(frozen=True)
class NormalisedBlock:
    """A block's calls, and what became of its other lines.

    Attributes:
        calls: One row per call; columns as listed in `normalised`.
        rejections: Lines that could not become a call, by line.
        ignored: Lines that are no calls, by line.
        lines: Physical lines consumed, headers and blanks among them.
        runs: What its lines hold of the format's counter.
        remarks: How many calls each of the profile's remarks is about, by what it says.
    """

    calls: pd.DataFrame
    rejections: list[Rejection] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    lines: int = 0
    runs: list[Run] = field(default_factory=list)
    remarks: dict[str, int] = field(default_factory=dict)


def normalised(block: Block, profile: FormatProfile, rules: SourceRules) -> NormalisedBlock:
    """Return a block's calls.

    Returns:
        `calls` has the columns line (int64, 1-based within the segment); started_ms (int64),
        answered_ms and ended_ms (nullable int64), all UTC; talk_ms (int32, as the file
        declares it: only an answered call is billed for it);
        calling_number, called_number, billing_number (Arrow text, as written); called_digits
        (Arrow text, E.164 digits for rating); direction, disposition, time_flags (int8);
        call_key (int64); by_content (bool: the key is of the line's content, so an equal line may
        be another call); the extras that the profile declares (Arrow text); fold_key (nullable
        int64), apart (bool: if answered, no leg of a call to another number) and preferred (bool)
        where the profile joins legs; upstream_cost_micros (nullable int64) where the carrier's
        charge stands in the file; override_value (Arrow text, null where there is none) where the
        profile declares it and the file has it.
    """
    rows = rows_of(block, profile, rules)
    dropped, reasons = _ignored(rows)
    columns = {"line": pa.array(block.frame["line"].to_numpy()), **_columns(rows, block.text)}
    table = pa.table(columns)
    good = rows.verdicts.good & ~dropped
    line_of = block.frame["line"].to_numpy()
    rejected = [
        Rejection(int(line_of[row]), reason, block.text.raw(int(line_of[row])))
        for row, reason in rows.verdicts.rejected(~dropped)
    ]
    ignored = [Ignored(int(line_of[row]), reason) for row, reason in reasons]
    kept = table if good.all() else table.filter(pa.array(good))
    return NormalisedBlock(
        calls=_framed(kept),
        rejections=sorted([*block.rejections, *rejected], key=lambda item: item.line),
        ignored=sorted([*block.ignored, *ignored], key=lambda item: item.line),
        lines=block.lines,
        runs=list(runs_of(rows, _written_ms(table), block.rejections)) if profile.counter else [],
        remarks=_remarks(rows, good),
    )


def _remarks(rows: Rows, among: Bools) -> dict[str, int]:
    return {
        remark.says: int((all_hold(remark.all, rows.text, len(rows)) & among).sum())
        for remark in rows.profile.remarks
    }


def _written_ms(table: pa.Table) -> Ints:
    """Return when each line was written, about: at its call's end, else at its start."""
    return np.asarray(pc.coalesce(table["ended_ms"], table["started_ms"]).to_numpy())


NULLABLE = ("answered_ms", "ended_ms", "fold_key", "upstream_cost_micros")


def _framed(table: pa.Table) -> pd.DataFrame:
    """Return a frame in which text and nullable numbers stay Arrow's, the others become numpy's."""
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table[name]
        if name in NULLABLE or column.type == pa.string():
            columns[name] = pd.arrays.ArrowExtensionArray(column)
        else:
            columns[name] = column.to_numpy()
    return pd.DataFrame(columns, copy=False)


def _columns(rows: Rows, text: Lines) -> dict[str, pa.Array]:
    """Return every column of the calls, good rows or not."""
    started, answered, ended = _times(rows)
    talk_ms, is_answered, unsaid = _talk(rows, started, answered, ended)
    if rows.profile.times.started_is == "end":
        started = replace(started, ms=started.ms - talk_ms, later_ms=started.later_ms - talk_ms)
    told = directions_told(rows)
    calling, called = _parties(rows, told)
    called_digits, direction = _directed(rows, told, calling, called)
    keys, by_content = _keys(rows, text)
    flags = started.ambiguous * TimeFlag.AMBIGUOUS
    if rows.rules.zone_assumed:
        flags = flags + started.by_zone * TimeFlag.ZONE_ASSUMED
    columns = {
        "started_ms": pa.array(started.ms),
        "answered_ms": nullable(not_before(started, answered, rows), answered.given & is_answered),
        "ended_ms": nullable(not_before(started, ended, rows), ended.given),
        "talk_ms": pa.array(talk_ms.astype(np.int32)),
        "calling_number": calling,
        "called_number": called,
        "billing_number": _party(rows, rows.profile.parties.billing),
        "called_digits": called_digits,
        "direction": pa.array(direction.astype(np.int8)),
        "disposition": pa.array(_disposition(rows, is_answered, unsaid).astype(np.int8)),
        "time_flags": pa.array(flags.astype(np.int8)),
        "call_key": pa.array(keys),
        "by_content": pa.array(by_content),
    }
    for name, column in rows.profile.extras.declared():
        columns[name] = rows.text_or_empty(column)
    if rows.profile.cost:
        columns["upstream_cost_micros"] = nullable(*costs(rows, rows.profile.cost))
    override = rows.text(rows.profile.override) if rows.profile.override else None
    if override is not None:
        columns["override_value"] = pc.replace_with_mask(
            override, pc.equal(override, ""), pa.scalar(None, pa.string())
        )
    if rows.profile.fold:
        columns |= _legs(rows, rows.profile.fold)
    return columns


def _legs(rows: Rows, fold: Fold) -> dict[str, pa.Array]:
    """Return what tells which rows are legs of one call, and which of them stands for it."""
    keys, joins = _fold_keys(rows, fold)
    found = {"fold_key": nullable(keys, joins)}
    for name, conditions in (("apart", fold.apart), ("preferred", fold.prefer)):
        asked = bool(conditions) and bool(joins.any())
        held = all_hold(conditions, rows.text, len(rows)) if asked else np.zeros_like(joins)
        found[name] = pa.array(held)
    return found


def _times(rows: Rows) -> tuple[Stamps, Stamps, Stamps]:
    times = rows.profile.times
    return (
        stamps(rows, times.started, required=True),
        stamps(rows, times.answered),
        stamps(rows, times.ended),
    )


def _ignored(rows: Rows) -> tuple[Bools, list[tuple[int, str]]]:
    """Return which rows the profile's rules say are no calls, and which rule."""
    dropped = np.zeros(len(rows), dtype=np.bool_)
    reasons: list[tuple[int, str]] = []
    for rule in rows.profile.ignore:
        hit = all_hold(rule.all, rows.text, len(rows)) & ~dropped
        dropped |= hit
        reasons.extend((row, rule.reason) for row in np.flatnonzero(hit).tolist())
    return dropped, reasons


def _talk(
    rows: Rows, started: Stamps, answered: Stamps, ended: Stamps
) -> tuple[Ints, Bools, Bools]:
    """Return the declared talk time of each call, whether it was answered, and where none is said.

    A format without a column for it says it by two moments.
    """
    duration = rows.profile.duration
    text = rows.text(duration.column) if duration else None
    negative = unsaid = np.zeros(len(rows), dtype=np.bool_)
    if duration is None or text is None:
        both = answered.given & ended.given
        ms = np.where(both, np.maximum(ended.ms - answered.ms, 0), 0)
    else:
        units = rows.text(duration.unit_column) if duration.unit_column else None
        said = durations(text, units, duration, rows.verdicts)
        ms, negative, unsaid = said.ms, said.negative, said.unsaid
        if duration.means == "ring_and_talk":
            ring = np.where(answered.given, answered.ms - started.ms, 0)
            ms = np.maximum(ms - np.maximum(ring, 0), 0)
    rule = all_hold(rows.profile.answered_when, rows.text, len(rows))
    is_answered = rule & (ms > 0) & ~negative
    return np.where(negative, 0, ms), is_answered, unsaid


def _disposition(rows: Rows, is_answered: Bools, unsaid: Bools) -> Ints:
    """Return how each call ended.

    A word that the profile does not know rejects the row, and so does one that says answered where
    the talk time is `unsaid`: unknown is not none, and the call would cost nothing.
    """
    rule = rows.profile.disposition
    text = rows.text(rule.column) if rule else None
    if rule is None or text is None:
        return np.where(is_answered, Disposition.ANSWERED, Disposition.NO_ANSWER)
    words = {word.lower(): Disposition[ours.upper()] for word, ours in rule.words.items()}
    other = -1 if rule.other == "reject" else Disposition[rule.other.upper()]
    found = by_value(text, lambda value: words.get(value.lower(), other))
    rows.verdicts.reject(found < 0, RejectionReason.VALUE_UNKNOWN)
    rows.verdicts.reject(
        unsaid & (found == Disposition.ANSWERED), RejectionReason.DURATION_UNREADABLE
    )
    unanswered = np.where(found == Disposition.ANSWERED, Disposition.NO_ANSWER, found)
    return np.where(is_answered, Disposition.ANSWERED, np.maximum(unanswered, 0))


def _parties(rows: Rows, direction: Ints) -> tuple[pa.Array, pa.Array]:
    """Return the calling and the called number of each row, swapped where the profile says so."""
    rule = rows.profile.parties
    calling, called = _party(rows, rule.calling), _party(rows, rule.called)
    for text in (calling, called):
        rows.verdicts.reject(is_damaged(text), RejectionReason.NUMBER_DAMAGED)
    if not rule.swapped_when:
        return calling, called
    ways = [Direction[word.upper()] for word in rule.swapped_when]
    swap = pa.array(np.isin(direction, ways))
    return pc.if_else(swap, called, calling), pc.if_else(swap, calling, called)


def _directed(rows: Rows, told: Ints, calling: pa.Array, called: pa.Array) -> tuple[pa.Array, Ints]:
    """Return the called digits, and which way each call went."""
    plan, own = rows.rules.number_plan, rows.rules.own_numbers
    called_digits = digits(called, plan)
    calling_digits = digits(calling, plan) if own else calling
    parties = (calling, calling_digits), (called, called_digits)
    if rows.profile.direction.of_side:
        told = np.where(are_own(*parties, own), Direction.INTERNAL, told)
    return called_digits, directions(told, *parties, own)


def _party(rows: Rows, field_of: PartyField | None) -> pa.Array:
    if field_of is None:
        return rows.text_or_empty(None)
    text = rows.text_or_empty(field_of.column)
    if field_of.length_column:
        lengths_said = rows.text_or_empty(field_of.length_column)
        text, cut = of_length(text, lengths_said, at_end=field_of.number_at == "end")
        rows.verdicts.reject(~cut, RejectionReason.VALUE_UNKNOWN)
    return numbers(text, field_of)


def _keys(rows: Rows, text: Lines) -> tuple[Ints, Bools]:
    """Return the key of each row, and which are of the line's content for want of an identity."""
    source = rows.rules.source_name
    for columns in rows.profile.identity:
        parts = [part for column in columns if (part := rows.text(column)) is not None]
        if len(parts) < len(columns):
            continue
        bare = np.logical_or.reduce([lengths(part) == 0 for part in parts])
        if not bare.any():
            return identity_keys(parts, source), bare
        keys = np.zeros(len(rows), dtype=np.int64)
        keys[~bare] = identity_keys([part.filter(pa.array(~bare)) for part in parts], source)
        keys[bare] = _content_keys(rows, text, bare, source)
        return keys, bare
    every = np.ones(len(rows), dtype=np.bool_)
    return _content_keys(rows, text, every, source), every


def _content_keys(rows: Rows, text: Lines, among: Bools, source: str) -> Ints:
    """Return the keys of the lines as they stand in the file."""
    if not among.any():
        return np.zeros(0, dtype=np.int64)
    return line_keys(text, rows.frame["line"].to_numpy()[among] - text.first_line, source)


def _fold_keys(rows: Rows, fold: Fold) -> tuple[Ints, Bools]:
    """Return what the legs of one call have in common, and which rows may be legs of one."""
    parts = [rows.text_or_empty(column) for column in fold.columns]
    given = [lengths(part) > 0 for part in parts]
    joins = (np.logical_and if fold.either_order else np.logical_or).reduce(given)
    if fold.either_order:
        parts = [pc.min_element_wise(*parts), pc.max_element_wise(*parts)]
    keys = np.zeros(len(rows), dtype=np.int64)
    legs = [part.filter(pa.array(joins)) for part in parts]
    keys[joins] = identity_keys(legs, rows.rules.source_name)
    return keys, joins
