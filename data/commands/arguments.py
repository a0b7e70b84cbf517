"""How commands read days, amounts and lengths, and how they print tables."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

import typer
from sqlalchemy import Connection

from data.domain.customers import Customer
from data.domain.errors import Refused
from data.domain.money import MOST_PPM, micros
from data.domain.source_rules import length_s
from data.exchange.tables import Imported
from data.store.queries.customers import customer


def day(text: str) -> date:
    """Return a day written as 2026-06-30."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2026-06-30") from None


def amount(text: str) -> int:
    """Return an amount in currency units as micros."""
    try:
        return micros(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def seconds(text: str) -> int:
    """Return a length written as 90s, 15m, 1h or 1d, in seconds."""
    found = length_s(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is not a length such as 15m, 1h or 1d, a year at most")
    return found


def percent_ppm(text: str) -> int:
    """Return a percentage in parts per million; 9.975 is 99750."""
    scaled = amount(text.strip().removesuffix("%"))
    if scaled % 100 or not 0 <= scaled // 100 <= MOST_PPM:
        raise typer.BadParameter(
            f"{text!r} is not a percentage of at most four decimals, up to 1,000"
        )
    return scaled // 100


def known_customer(conn: Connection, custid: str) -> Customer:
    """Return the customer of a number.

    Raises:
        Refused: There is none.
    """
    found = customer(conn, custid)
    if found is None:
        raise Refused(f"There is no customer {custid}; see 'python -m data customers list'.")
    return found


def printed_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a header in aligned columns; amounts and counts to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *texts, strict=True)]
    numeric = [
        all(re.fullmatch(r"-?[\d.,]*", cell) for cell in column)
        for column in zip(*texts, strict=True)
    ]
    for row in [list(header), *texts]:
        cells = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(
                row, widths, numeric or [False] * len(widths), strict=True
            )
        )
        typer.echo("  ".join(cells).rstrip())


def printed_import(result: Imported) -> None:
    """Print what an import made of a file: rows on stdout, refused ones on stderr."""
    typer.echo(
        f"{result.name}: {result.added} added, {result.changed} changed, "
        f"{result.unchanged} unchanged, {len(result.refusals)} refused"
    )
    for note in result.notes:
        typer.echo(f"  {note}")
    for refusal in result.refusals:
        typer.echo(f"  line {refusal.line}: {refusal.reason}", err=True)
