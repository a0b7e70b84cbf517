"""A block's rows on their way to calls: their columns, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo

import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc

from data.domain.numbers import UNDECLARED, NumberPlan
from data.domain.own_numbers import NO_NUMBERS, OwnNumbers
from ingest.profile import FormatProfile
from ingest.read import Block
from ingest.texts import text_of
from ingest.verdicts import Verdicts


@dataclass(frozen=True)
class SourceRules:
    """What a source says about its files.

    Attributes:
        source_name: Part of every call's key.
        zone: What its local times mean.
        zone_assumed: Nobody said so: the tenant's zone is used for want of a better one.
        number_plan: How it writes numbers.
        own_numbers: Which numbers are its own.
        latest: No moment of the file is after it: gives the year to moments that are written
            without one. Nothing: such moments are rejected.
        currency: The tenant's: what costs must be in; empty: not known, any will do.
    """

    source_name: str
    zone: tzinfo = UTC
    zone_assumed: bool = False
    number_plan: NumberPlan = UNDECLARED
    own_numbers: OwnNumbers = NO_NUMBERS
    latest: date | None = None
    currency: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows of one block.

    Attributes:
        frame: Their columns as text, and `line`.
        profile: Their format.
        rules: What their source says.
        either: The formats that the file proved to be meant, of rivals.
        verdicts: What is wrong with each, so far.
    """

    frame: pd.DataFrame
    profile: FormatProfile
    rules: SourceRules
    either: tuple[str, ...]
    verdicts: Verdicts
    _texts: dict[str, pa.Array] = field(default_factory=dict)

    def text(self, column: str) -> pa.Array | None:
        """Return a column, or nothing when the file does not have it."""
        if column not in self.frame:
            return None
        if column not in self._texts:
            self._texts[column] = text_of(self.frame, column)
        return self._texts[column]

    def text_or_empty(self, column: str | None) -> pa.Array:
        """Return a column, empty text where the file does not have it."""
        text = self.text(column) if column else None
        return pa.repeat("", len(self)) if text is None else text

    def joined(self, columns: Sequence[str], separator: str) -> pa.Array | None:
        """Return columns joined into one, or nothing when the file lacks one of them."""
        texts = [self.text(column) for column in columns]
        if not texts or any(text is None for text in texts):
            return None
        return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, separator)

    def __len__(self) -> int:
        """How many rows."""
        return len(self.frame)


def rows_of(block: Block, profile: FormatProfile, rules: SourceRules) -> Rows:
    """Return a block's rows, nothing wrong with them yet."""
    return Rows(block.frame, profile, rules, block.either, Verdicts(len(block.frame)))
