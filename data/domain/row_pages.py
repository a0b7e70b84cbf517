"""What a panel answers: a page of rows, how many there are in all, and what they add up to."""

from dataclasses import dataclass

from data.domain.panel_rows import PanelRow


@dataclass(frozen=True)
class Total:
    """One column added up over all rows asked for, blanks left out."""

    column: str
    value: int


@dataclass(frozen=True)
class Tally:
    """All rows asked for, whichever page is shown.

    Attributes:
        count: How many there are, exactly.
        totals: What their columns add up to; one that cannot be known is not among them.
        expired: Calls that the numbers of the page still count and whose rows are gone, by
            retention; they are in neither count nor totals.
    """

    count: int
    totals: tuple[Total, ...] = ()
    expired: int = 0

    def total(self, column: str) -> int:
        """Return one total.

        Raises:
            KeyError: The panel does not add that column up, or cannot know it.
        """
        for total in self.totals:
            if total.column == column:
                return total.value
        raise KeyError(column)


@dataclass(frozen=True)
class RowPage:
    """A page of a panel.

    Attributes:
        rows: The rows from the request's start on; fewer than asked for at the end.
        tally: All rows asked for.
    """

    rows: tuple[PanelRow, ...]
    tally: Tally
