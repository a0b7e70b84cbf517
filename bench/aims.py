"""What was measured beside what was aimed at, as one table."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Aim:
    """One figure and its bound.

    Attributes:
        what: What was measured.
        found: The figure.
        most: The largest that is well.
        unit: Of both.
        note: What else a reader wants to know.
    """

    what: str
    found: float
    most: float
    unit: str = ""
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure is within its bound."""
        return self.found <= self.most


def told(title: str, aims: Iterable[Aim]) -> bool:
    """Print a table of aims; return whether all were reached."""
    every = list(aims)
    print(f"\n{title}")
    for aim in every:
        verdict = "reached" if aim.reached else "MISSED"
        bound = f"at most {aim.most:,g} {aim.unit}".rstrip()
        print(f"  {aim.what:58} {aim.found:10,.2f} {aim.unit:4} {bound:18} {verdict}  {aim.note}")
    return all(aim.reached for aim in every)


def p95(values: list[float]) -> float:
    """Return the 95th percentile; that of one value is the value."""
    if len(values) < 2:  # noqa: PLR2004 (quantiles need two)
        return values[0] if values else float("nan")
    return quantiles(values, n=20, method="inclusive")[-1]
