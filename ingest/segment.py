"""The way of one part of a CDR file: read, normalised, matched, rated, staged.

It runs in the ingest's own process for small files and in several reading processes for large
ones; what it knows comes in as values, and what it found goes out through its staging file and a
small result.
"""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.matching import Rules
from data.domain.records import Disposition, Rejection
from data.domain.retention import EXPIRED
from data.domain.sequences import compacted
from ingest.call_fields import COLUMN_OF, FieldColumns
from ingest.columns import Flags, Ints, as_array, int_column, text_column
from ingest.digits import NO_MATCH, encoded_digits
from ingest.local_time import MS_PER_DAY, local_ms
from ingest.match import Claims, Matcher
from ingest.normalise import NormalisedBlock, SourceRules, normalised
from ingest.orders import Part
from ingest.rate import Prices, Rater, Starts, Tables
from ingest.rate_table import EPOCH_DAY, RateBook
from ingest.read import Block, Ignored, Segment, blocks
from ingest.staged import ByContent, Legs, StagedSegment
from ingest.staging import Staging
from ingest.usage import Stamped, Sums, customer_sums, destination_sums

TELLING_DIGITS = 7
"""Two legs' called numbers are one when so many of their last digits are: the switch may add or
take prefixes between them, and no plan may be declared that makes 07700 900123 +44 7700 900123."""


class Stamper:
    """The rules of one moment, compiled: who has a call, and what it costs."""

    def __init__(self, rules: Rules) -> None:
        """Compile the rules."""
        self.zone: ZoneInfo = rules.zone
        self.kept_from = rules.kept_from
        self._customers = Matcher(rules.customer_codes)
        self._providers = Matcher(rules.provider_codes)
        tables = np.array(rules.tables, dtype=np.int64).reshape(-1, 2)
        self.book = RateBook(rules.rates)
        self._rater = Rater(self.book, Tables(tables[:, 0], tables[:, 1]))
        fields = {*self._customers.fields, *self._providers.fields}
        self.extras = frozenset(COLUMN_OF[name] for name in fields if name in COLUMN_OF)

    def kept(self, calls: pd.DataFrame) -> tuple[pd.DataFrame, list[Ignored]]:
        """Return the calls of days that the store still keeps, and the lines of older ones."""
        if self.kept_from is None:
            return calls, []
        day = local_ms(int_column(calls, "started_ms"), self.zone) // MS_PER_DAY
        old = day < (self.kept_from - EPOCH_DAY).days
        expired = [Ignored(line, EXPIRED) for line in int_column(calls, "line")[old].tolist()]
        return calls[~old], expired

    def stamped(self, calls: pd.DataFrame) -> "StampedCalls":
        """Return normalised calls with their customers, providers and prices."""
        columns, starts = FieldColumns(calls, self.zone), Starts.of(calls, self.zone)
        claims = self._customers.claims(calls, columns)
        provider_id = self._providers.claims(calls, columns).customer_id
        prices = self._rater.prices(calls, starts, claims.customer_id, provider_id)
        return StampedCalls(calls, starts, claims, provider_id, prices, self.book)


@dataclass(frozen=True)
class StampedCalls:
    """Normalised calls and what the rules said of them, row by row."""

    calls: pd.DataFrame
    starts: Starts
    claims: Claims
    provider_id: Ints
    prices: Prices
    book: RateBook

    def table(self) -> pa.Table:
        """Return the rows as `data.store.staged` has them."""
        calls, charge = self.calls, self.prices.charge
        return pa.table(
            {
                "started_at": as_array(calls["started_ms"]),
                "call_key": as_array(calls["call_key"]),
                "line": as_array(calls["line"]),
                "answered_at": as_array(calls["answered_ms"]),
                "ended_at": as_array(calls["ended_ms"]),
                "talk_ms": as_array(calls["talk_ms"]),
                "calling_number": as_array(calls["calling_number"]),
                "called_number": as_array(calls["called_number"]),
                "billing_number": text_column(calls, "billing_number"),
                "direction": as_array(calls["direction"]),
                "disposition": as_array(calls["disposition"]),
                "time_flags": as_array(calls["time_flags"]),
                "match_state": self.claims.state,
                "customer_id": _known(self.claims.customer_id, self.claims.customer_id > 0),
                "provider_id": _known(self.provider_id, self.provider_id > 0),
                "rate_state": charge.state,
                "rate_id": _known(
                    self._of_rate(self.book.columns.rate_id), charge.rate != NO_MATCH
                ),
                "billed_s": charge.billed_s,
                "charge_micros": _known(charge.charge_micros, charge.known),
                "cost_micros": _known(self.prices.cost_micros, self.prices.cost_known),
                "cost_rate_id": _known(
                    np.append(self.book.columns.rate_id, 0)[self.prices.cost_rate],
                    self.prices.cost_rate != NO_MATCH,
                ),
                "override_value": _text_or_nulls(calls, "override_value"),
                "day": self.starts.day,
            }
        )

    def sums(self) -> tuple[Sums, Sums]:
        """Return what the rows add up to, by customer and by destination."""
        stamped = Stamped(
            day=self.starts.day,
            direction=int_column(self.calls, "direction"),
            disposition=int_column(self.calls, "disposition"),
            talk_ms=int_column(self.calls, "talk_ms"),
            match_state=self.claims.state,
            customer_id=self.claims.customer_id,
            rate_state=self.prices.charge.state,
            rate_table_id=self._of_rate(self.book.columns.rate_table_id),
            destination=self._of_rate(self.book.columns.destination),
            billed_s=self.prices.charge.billed_s,
            charge_micros=self.prices.charge.charge_micros,
            cost_micros=self.prices.cost_micros,
            cost_known=self.prices.cost_known,
        )
        return customer_sums(stamped), destination_sums(stamped)

    def _of_rate(self, values: Ints) -> Ints:
        """Return a value of each call's rate; 0 where it has none."""
        return np.append(values, 0)[self.prices.charge.rate]


def _text_or_nulls(calls: pd.DataFrame, name: str) -> pa.Array:
    texts = text_column(calls, name)
    return pa.nulls(len(calls), pa.string()) if texts is None else texts


def _known(values: Ints, known: Flags) -> pa.Array:
    return pa.array(values, mask=~known)


def legs_of(calls: pd.DataFrame) -> Legs:
    """Return the calls of a frame that have a fold key."""
    keys = as_array(calls["fold_key"])
    rows = np.flatnonzero(keys.is_valid().to_numpy(zero_copy_only=False))
    answered = as_array(calls["answered_ms"]).fill_null(np.iinfo(np.int64).max)
    called = as_array(calls["called_digits"]).take(pa.array(rows))
    return Legs(
        keys.fill_null(0).to_numpy(zero_copy_only=False)[rows],
        int_column(calls, "line")[rows],
        int_column(calls, "talk_ms")[rows],
        int_column(calls, "started_ms")[rows],
        answered.to_numpy(zero_copy_only=False)[rows],
        (int_column(calls, "disposition") == Disposition.ANSWERED)[rows],
        encoded_digits(pc.utf8_slice_codeunits(called, -TELLING_DIGITS)),
        calls["apart"].to_numpy()[rows],
        calls["preferred"].to_numpy()[rows],
    )


def by_content_of(calls: pd.DataFrame) -> ByContent:
    """Return the calls of a frame whose key is of their line's content."""
    rows = np.flatnonzero(calls["by_content"].to_numpy())
    return ByContent(int_column(calls, "call_key")[rows], int_column(calls, "line")[rows])


def staged_segment(
    part: Part,
    source: SourceRules,
    stamper: Stamper,
    staging: Staging,
    seen: Sequence[Block] | None = None,
) -> StagedSegment:
    """Read a part of a file to its end and stage it.

    Args:
        part: The part; its number names its tables.
        source: What its source says.
        stamper: The rules.
        staging: Where its rows go.
        seen: Its lines, where they were read already; none: they are read now.
    """
    staged = StagedSegment(part.number, destination_names=stamper.book.destinations)
    segment: Segment = pickle.loads(part.segment)  # noqa: S301  our own process made it
    for block in blocks(segment, part.elsewhere) if seen is None else seen:
        staged.lines += block.lines
        staged.halves += block.halves
        found = normalised(block, segment.profile, source)
        del block  # or it would stay while the next one is read
        _block_staged(found, part, stamper, staged, staging)
        del found
    counter = segment.profile.counter
    staged.runs = [] if counter and counter.natural_gaps else compacted(staged.runs)
    _compacted(staged)
    return staged


def _block_staged(
    found: NormalisedBlock, part: Part, stamper: Stamper, staged: StagedSegment, staging: Staging
) -> None:
    """Stage the rows of one block."""
    staged.runs += found.runs
    staged.remarks.update(found.remarks)
    ignored = found.ignored
    if len(found.calls):
        calls, expired = stamper.kept(_with_talk(found.calls, part.talk_ms))
        ignored = ignored + expired
        if len(calls):
            _calls_staged(stamper.stamped(calls), staged, staging)
    if found.rejections:
        staging.append(f"rejections_{part.number}", _rejections(found.rejections))
        staged.rejected += len(found.rejections)
    if ignored:
        staging.append(f"ignored_{part.number}", _ignored(ignored))
        staged.ignored += len(ignored)


def _with_talk(calls: pd.DataFrame, talk_ms: Mapping[int, int]) -> pd.DataFrame:
    """Return calls with the talk times that the whole file gives to some of their lines."""
    if not talk_ms:
        return calls
    lines = int_column(calls, "line").tolist()
    declared = int_column(calls, "talk_ms").tolist()
    given = [talk_ms.get(line, own) for line, own in zip(lines, declared, strict=True)]
    return calls.assign(talk_ms=np.array(given, dtype=np.int32))


def _calls_staged(stamped: StampedCalls, staged: StagedSegment, staging: Staging) -> None:
    calls = stamped.calls
    staging.append(f"calls_{staged.number}", stamped.table())
    by_customer, by_destination = stamped.sums()
    staged.calls += len(calls)
    staged.customers.append(by_customer)
    staged.destinations.append(by_destination)
    started = int_column(calls, "started_ms")
    first, last = int(started.min()), int(started.max())
    staged.first_ms = first if staged.first_ms is None else min(first, staged.first_ms)
    staged.last_ms = last if staged.last_ms is None else max(last, staged.last_ms)
    if "fold_key" in calls.columns:
        staged.legs.append(legs_of(calls))
    if calls["by_content"].to_numpy().any():
        staged.by_content.append(by_content_of(calls))


def _compacted(staged: StagedSegment) -> None:
    """Add up the sums of the blocks, so that little is sent back."""
    if len(staged.customers) > 1:
        staged.customers = [Sums.joined(staged.customers)]
        staged.destinations = [Sums.joined(staged.destinations)]


def _rejections(rejections: list[Rejection]) -> pa.Table:
    return pa.table(
        {
            "line": pa.array([each.line for each in rejections], pa.int64()),
            "reason": pa.array([each.reason.value for each in rejections], pa.string()),
            "raw": pa.array([each.raw for each in rejections], pa.string()),
        }
    )


def _ignored(ignored: list[Ignored]) -> pa.Table:
    return pa.table(
        {
            "line": pa.array([each.line for each in ignored], pa.int64()),
            "reason": pa.array([each.reason for each in ignored], pa.string()),
        }
    )
