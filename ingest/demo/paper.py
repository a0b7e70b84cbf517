"""A file that the fictional reseller imports."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A file to import.

    Attributes:
        name: Its name in the folder of papers.
        text: What is in it.
    """

    name: str
    text: str


def csv_paper(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Paper:
    """Return a CSV file with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return Paper(name, text.getvalue())
