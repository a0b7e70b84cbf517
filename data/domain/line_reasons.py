"""Why a line of a file made no call, in words."""

from data.domain.records import RejectionReason
from data.domain.retention import EXPIRED

WHY = {
    RejectionReason.COLUMN_COUNT: "another number of columns than the format has",
    RejectionReason.QUOTING: "a quote is opened and not closed",
    RejectionReason.ENCODING: "not text in the encoding of the format",
    RejectionReason.CONTROL_CHARACTER: "bytes that no record holds",
    RejectionReason.LINE_TOO_LONG: "longer than any record",
    RejectionReason.TIME_UNREADABLE: "a time is not written as in the format",
    RejectionReason.TIME_WITHOUT_SECONDS: "a spreadsheet cut the seconds off: export it again; "
    "where the switch writes none, a profile of your own can say so",
    RejectionReason.TIME_NONEXISTENT: "the clock never showed it in the source's zone",
    RejectionReason.TIME_OUT_OF_RANGE: "a time before 1990 or after 2099",
    RejectionReason.DURATION_UNREADABLE: "no talk time, or not written as in the format",
    RejectionReason.DURATION_OUT_OF_RANGE: "a talk time below zero or above any call's",
    RejectionReason.NUMBER_DAMAGED: "a spreadsheet made 4.41E+11 of a number: export it again",
    RejectionReason.REQUIRED_FIELD_EMPTY: "no time of start",
    RejectionReason.VALUE_UNKNOWN: "a word, an amount or a length that the format does not have",
    RejectionReason.TIMES_OUT_OF_ORDER: "answered or ended before it began",
}
"""What each reason means, for a person."""
IGNORED = {
    EXPIRED: "of days whose calls retention has let go: they are not loaded again",
    "folded_leg": "legs for which another line of the call stands",
    "joined": "records that belong to a call for which another one stands",
    "awaiting_pair": "the other half is not in this file; one of its source may bring it",
    "not_a_record": "does not begin as records do",
}
"""Likewise for lines that are no calls."""
