"""How a viewer has narrowed the page: the one period filter and the one customer filter."""

from dataclasses import dataclass, field

from data.domain.periods import AskedPeriod

LONGEST_CUSTID = 64


@dataclass(frozen=True)
class AskedView:
    """What a viewer asked the page for.

    Attributes:
        period: The dates that count.
        custid: The number of the customer that the page is narrowed to; empty: all.
    """

    period: AskedPeriod = field(default_factory=AskedPeriod)
    custid: str = ""

    @property
    def key(self) -> str:
        """What tells this view from another one."""
        asked = self.period
        return f"{asked.preset}|{asked.first}|{asked.last}|{self.custid}"


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
