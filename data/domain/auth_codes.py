"""Whose call a line is: codes on the fields of a call, joined in order.

The scalar claim is the reference; the vectorised matching is held to it by properties.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from data.domain.records import MatchState


class AuthField(StrEnum):
    """A field of a call that a code can look at, always as text.

    Numbers are as written in the file. `CallStarted` and `CallEnded` are in the tenant's zone,
    "2026-06-15 14:00:00"; `CallDuration` is talk time in whole seconds, rounded up;
    `CallDirection` is unknown, outbound, inbound, internal or toll_free.
    """

    CALLING_NUMBER = "CallingNumber"
    CALLED_NUMBER = "CalledNumber"
    BILLING_NUMBER = "BillingNumber"
    CALL_DIRECTION = "CallDirection"
    CALL_STARTED = "CallStarted"
    CALL_ENDED = "CallEnded"
    CALL_DURATION = "CallDuration"
    CALL_DISCONNECT_REASON = "CallDisconnectReason"
    INGRESS_TRUNK = "IngressTrunk"
    EGRESS_TRUNK = "EgressTrunk"
    SERVICE_PROVIDER = "ServiceProvider"
    FROM_URI = "FromURI"
    TO_URI = "ToURI"
    SOURCE_IP = "SourceIP"
    TARGET_IP = "TargetIP"


class AuthKind(StrEnum):
    """How a pattern is compared with a field; all of them mind upper and lower case."""

    EQUALS = "equals"
    PREFIX = "prefix"
    REGEX = "regex"


class AuthOperator(StrEnum):
    """How a code is joined to the next one; NONE ends a group."""

    NONE = "NONE"
    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, kw_only=True)
class AuthCode:
    """One code of a customer.

    Attributes:
        customer_id: Whose it is.
        position: Its place among the customer's codes; they are read in this order.
        field: What it looks at.
        kind: How it compares.
        pattern: With what; never empty.
        operator: How it is joined to the customer's next code.
        enabled: A disabled code matches nothing, so switching one off never wins a call.
    """

    customer_id: int = 0
    position: int = 0
    field: AuthField
    kind: AuthKind = AuthKind.EQUALS
    pattern: str
    operator: AuthOperator = AuthOperator.NONE
    enabled: bool = True


def matches(code: AuthCode, call: Mapping[AuthField, str]) -> bool:
    """Tell whether one code matches a call; a field that is absent or empty matches nothing.

    A regular expression must match the whole value.
    """
    value = call.get(code.field, "")
    if not code.enabled or not value:
        return False
    if code.kind is AuthKind.EQUALS:
        return value == code.pattern
    if code.kind is AuthKind.PREFIX:
        return value.startswith(code.pattern)
    return re.fullmatch(code.pattern, value) is not None


def groups(codes: Sequence[AuthCode]) -> Iterator[tuple[AuthCode, ...]]:
    """Give the codes of one customer as groups: each ends with NONE, or with the last code.

    The codes are taken in the order of their positions.
    """
    group: list[AuthCode] = []
    for code in sorted(codes, key=lambda code: code.position):
        group.append(code)
        if code.operator is AuthOperator.NONE:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


def claims(codes: Sequence[AuthCode], call: Mapping[AuthField, str]) -> bool:
    """Tell whether one customer's codes claim a call: one of its groups holds.

    A group is read from left to right, without precedence: `a OR b AND c` is `(a OR b) AND c`.
    """
    return any(_holds(group, call) for group in groups(codes))


def _holds(group: Sequence[AuthCode], call: Mapping[AuthField, str]) -> bool:
    held = matches(group[0], call)
    for joined, code in pairwise(group):
        if joined.operator is AuthOperator.AND:
            held = held and matches(code, call)
        else:
            held = held or matches(code, call)
    return held


def match_state(claimants: int) -> MatchState:
    """Return what a number of distinct claimants makes of a call."""
    if claimants == 0:
        return MatchState.UNMATCHED
    return MatchState.MATCHED if claimants == 1 else MatchState.CONTESTED
