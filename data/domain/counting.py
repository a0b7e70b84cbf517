"""Numbers with what they count, and names of which there may be many."""

from collections.abc import Sequence

MOST_NAMED = 5


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, as 1 invoice and 1,204 invoices."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def first_few(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return names in their order, of many the first: 110, 109 and 3 more."""
    named = ", ".join(names[:most])
    return f"{named} and {len(names) - most:,} more" if len(names) > most else named


def worded(number: int, one: str, many: str) -> str:
    """Return the sentence that speaks of one thing, or the one that speaks of several."""
    return one if number == 1 else many
