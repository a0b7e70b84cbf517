"""What becomes of each row of a block: the first thing wrong with it wins."""

from collections.abc import Iterator

import numpy as np

from data.domain.records import RejectionReason
from ingest.lines import Bools

REASONS = tuple(RejectionReason)


class Verdicts:
    """Per row: nothing wrong so far, or the first reason to reject it."""

    def __init__(self, rows: int) -> None:
        """Begin with nothing wrong."""
        self._codes = np.full(rows, -1, dtype=np.int8)

    def reject(self, rows: Bools, reason: RejectionReason) -> None:
        """Reject rows that nothing was wrong with before."""
        self._codes[rows & (self._codes < 0)] = REASONS.index(reason)

    @property
    def good(self) -> Bools:
        """The rows that nothing is wrong with."""
        return self._codes < 0

    def rejected(self, among: Bools) -> Iterator[tuple[int, RejectionReason]]:
        """Yield row and reason of each rejected row among some."""
        for row in np.flatnonzero(among & (self._codes >= 0)).tolist():
            yield row, REASONS[self._codes[row]]
