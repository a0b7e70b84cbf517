"""How a viewer has narrowed the page: the one period filter and the one customer filter."""

from dataclasses import dataclass, field

from data.domain.periods import AskedPeriod

LONGEST_CUSTID = 64
MEASURES = ("calls", "minutes", "revenue", "margin")
"""What the traffic can be drawn in."""


@dataclass(frozen=True)
class AskedView:
    """What a viewer asked the page for.

    Attributes:
        period: The dates that count.
        custid: The number of the customer that the page is narrowed to; empty: all.
        measure: What the traffic is drawn in.
    """

    period: AskedPeriod = field(default_factory=AskedPeriod)
    custid: str = ""
    measure: str = MEASURES[0]

    @property
    def key(self) -> str:
        """What tells this view from another one."""
        asked = self.period
        return f"{asked.preset}|{asked.first}|{asked.last}|{self.custid}|{self.measure}"


@dataclass(frozen=True)
class NarrowedTo:
    """The customer that the page is narrowed to.

    Attributes:
        id: Its row in the store; `NO_SUCH` where there is none of that number.
        custid: Its number, as asked for.
        company: Its name; empty where there is none.
    """

    id: int
    custid: str
    company: str


NO_SUCH = 2**62 - 1
"""The id of a customer that there is not: a view narrowed to it shows nothing, not everything."""
