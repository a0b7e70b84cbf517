"""The words that cross between rooms: states of files, calls and invoices; how lines ended."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

MOST_ROW_ID = 2**31 - 1
"""The greatest number that a row of the store may have."""


class FileStatus(StrEnum):
    """Where a CDR file stands."""

    WAITING = "waiting"
    PROCESSING = "processing"
    SUCCESS = "success"
    ERROR = "error"


class InvoiceStatus(StrEnum):
    """What an invoice is; being paid is derived, not a status."""

    DRAFT = "DRAFT"
    RECORDED = "RECORDED"


class Role(StrEnum):
    """What a person or a token may do; each role includes the ones before it."""

    VIEWER = "viewer"
    BILLING = "billing"
    ADMIN = "admin"


class RejectionReason(StrEnum):
    """Why a line of a file could not become a call."""

    COLUMN_COUNT = "column_count"
    QUOTING = "quoting"
    ENCODING = "encoding"
    CONTROL_CHARACTER = "control_character"
    LINE_TOO_LONG = "line_too_long"
    TIME_UNREADABLE = "time_unreadable"
    TIME_WITHOUT_SECONDS = "time_without_seconds"
    TIME_NONEXISTENT = "time_nonexistent"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    DURATION_UNREADABLE = "duration_unreadable"
    DURATION_OUT_OF_RANGE = "duration_out_of_range"
    NUMBER_DAMAGED = "number_damaged"
    REQUIRED_FIELD_EMPTY = "required_field_empty"
    VALUE_UNKNOWN = "value_unknown"
    TIMES_OUT_OF_ORDER = "times_out_of_order"


class Direction(IntEnum):
    """Which way a call went, as stored."""

    UNKNOWN = 0
    OUTBOUND = 1
    INBOUND = 2
    INTERNAL = 3
    TOLL_FREE = 4


class Disposition(IntEnum):
    """How a call ended, as stored; ANSWERED only by the profile's rule and with talk time."""

    UNKNOWN = 0
    ANSWERED = 1
    NO_ANSWER = 2
    BUSY = 3
    FAILED = 4
    CONGESTION = 5
    CANCELLED = 6


class MatchState(IntEnum):
    """Whose call it is: nobody's, one customer's, or claimed by two."""

    UNMATCHED = 0
    MATCHED = 1
    CONTESTED = 2


class RateState(IntEnum):
    """Whether a call has a price: needs none, has one, lacks one, or its destination is blocked."""

    NOT_NEEDED = 0
    RATED = 1
    UNRATED = 2
    BLOCKED = 3


class TimeFlag(IntEnum):
    """What is uncertain about a call's time; flags add up."""

    NONE = 0
    ZONE_ASSUMED = 1
    AMBIGUOUS = 2


@dataclass(frozen=True)
class Rejection:
    """A line that could not become a call.

    Attributes:
        line: 1-based physical line in the file.
        reason: Why.
        raw: The line's text as it stood, undecodable bytes as escapes, cut to 4,096 characters.
    """

    line: int
    reason: RejectionReason
    raw: str


@dataclass(frozen=True)
class LineCounts:
    """How the lines of a file ended; they add up to all of them."""

    loaded: int = 0
    rejected: int = 0
    duplicate: int = 0
    ignored: int = 0

    @property
    def lines(self) -> int:
        """All lines: headers, trailers and blanks are none."""
        return self.loaded + self.rejected + self.duplicate + self.ignored
