"""Calls on recorded invoices that today's rules would give another customer or price."""

from dataclasses import dataclass
from datetime import datetime

from data.domain.call_ids import CallId
from data.domain.records import MatchState, RateState

ANOTHER_CALL = "another call"
"""What a line makes now that makes a call of another start or identity."""


@dataclass(frozen=True)
class Party:
    """A customer as a list names it."""

    custid: str
    company: str


@dataclass(frozen=True)
class InvoicedDifference:
    """One call that stays as it was invoiced, beside what its file would make of it now.

    Attributes:
        call: Its name.
        file_id: The file that it came from.
        line: Its line there.
        started_local: The start in the tenant's zone.
        calling_number: As written.
        called_number: As written.
        invoice: The invoice that it is on, by number; empty: that was taken back since, and the
            call follows the rules when its file is processed again.
        customer: Whose it is.
        charge_micros: What it was charged.
        customer_now: Whose it would be; none: nobody's.
        match_state_now: Why it would be nobody's.
        rate_state_now: Why it would have no price.
        charge_now_micros: What it would be charged; none: it would have no price.
        line_now: What its line makes now instead of this call; empty: it still makes it.
    """

    call: CallId
    file_id: int
    line: int
    started_local: datetime
    calling_number: str
    called_number: str
    invoice: str
    customer: Party
    charge_micros: int
    customer_now: Party | None
    match_state_now: MatchState
    rate_state_now: RateState
    charge_now_micros: int | None
    line_now: str = ""

    @property
    def difference_micros(self) -> int:
        """What it would be charged less what it was; no price counts as nothing."""
        return (self.charge_now_micros or 0) - self.charge_micros

    @property
    def customer_now_text(self) -> str:
        """Who would have it, or that two claim it, or nobody, or that there would be no call."""
        if self.is_call_no_more:
            return f"no call ({self.line_now})"
        whose = self.match_state_now.name.lower()
        if self.customer_now is not None:
            whose = self.customer_now.custid
        return f"{whose} ({self.line_now})" if self.line_now else whose

    @property
    def is_call_no_more(self) -> bool:
        """Whether its line makes no call at all now."""
        return bool(self.line_now) and self.line_now != ANOTHER_CALL

    @property
    def no_price_text(self) -> str:
        """Why it would have no price; empty where there would be no call to price."""
        return "" if self.is_call_no_more else self.rate_state_now.name.lower()
