"""Rates from a file: CDR2Cloud's, which is a whole table, or a rate deck with a header."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.counting import counted
from data.domain.errors import Refused, RowRefusal
from data.domain.periods import Period
from data.domain.preview import Preview, preview
from data.domain.rating import ALWAYS, Rate
from data.exchange.cdr2cloud_rates import (
    AMOUNTS,
    COLUMNS,
    NUMBERS,
    cdr2cloud_rates,
    has_header,
    is_cdr2cloud,
)
from data.exchange.decimal_marks import decimal_marks
from data.exchange.deck_columns import DeckColumn, deck_columns
from data.exchange.decks import Deck, deck_rates, ordered
from data.exchange.override_values import override_values
from data.exchange.signs import check_currency, currency_checked, rows_unmarked
from data.exchange.tables import (
    CellRefused,
    Imported,
    Refusals,
    Row,
    delimiter_of,
    file_text,
    records,
    rows,
    settled,
    unusable,
)
from data.store.connect import Store
from data.store.queries.priced_calls import priced_calls
from data.store.queries.rates import active_rates, known_rate_table
from data.store.queries.tenant import the_tenant
from data.store.writes.rates import rates_wanted, wanted_rates_imported


@dataclass(frozen=True)
class RateFile:
    """What a file of rates says.

    Attributes:
        rates: A pattern, effective date and group stand once.
        whole: It is the whole table: other rates of the table retire.
        notes: What a person should know.
    """

    rates: tuple[Rate, ...]
    whole: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RateTarget:
    """Where rates go: a table, and in it all of them or those of some override values."""

    table: str
    override_value: str = ""


@dataclass(frozen=True)
class RatesRead:
    """What a table is given of a file.

    Attributes:
        name: The file's.
        target: Where the rates go.
        file: What it says of them.
        refused: Its rows that cannot be taken.
    """

    name: str
    target: RateTarget
    file: RateFile
    refused: tuple[RowRefusal, ...]


def rates_read(
    path: Path, target: RateTarget, *, currency: str, partial: bool = False
) -> RatesRead:
    """Read the rates of a file for a table; a long one takes a while, and needs no transaction.

    A target with an override value takes the rates for calls with that value only; `SMS|MMS` are
    two values, whose rates are the same.

    Args:
        path: The file.
        target: Where its rates go.
        currency: Of the store.
        partial: Leave rows out that cannot be taken.

    Raises:
        ImportRefused: A row cannot be taken and partial is not asked for, or the file cannot, or
            it has no rates.
    """
    refusals = Refusals()
    found = rate_file(path, refusals, currency=currency)
    if target.override_value:
        found = _for_values(found, _values(target))
    settled(path.name, refusals, found.rates, partial=partial)
    if not found.rates:
        raise unusable(path.name, 1, "no rate follows, and calls would be left without a price")
    return RatesRead(path.name, target, found, tuple(refusals.sorted()))


def rates_given(store: Store, read: RatesRead, by: By) -> Imported:
    """Give a rate table the rates of a file; the table is made when there is none.

    A file without effective dates replaces the table; one with dates adds versions, each in
    force from its date. Other writers wait for a second or so where the file is a long one.
    """
    with store.writing(first=lambda conn: rates_wanted(conn, read.file.rates)) as conn:
        return _wanted_given(conn, read, by)


def _wanted_given(conn: Connection, read: RatesRead, by: By) -> Imported:
    # A table without its refused rows would price their calls by shorter prefixes.
    whole = read.file.whole and not read.refused
    changed = wanted_rates_imported(conn, read.target.table, by, whole=whole)
    retired = (
        [f"{counted(changed.retired, 'rate')} of the table retired"] if changed.retired else []
    )
    if read.file.whole and not whole:
        retired = ["rows were refused, so rates that the file lacks were kept"]
    return Imported(
        read.name,
        changed.added,
        changed.changed,
        changed.unchanged,
        read.refused,
        (*read.file.notes, *retired),
    )


def table_imported(
    conn: Connection, target: str | RateTarget, path: Path, by: By, *, partial: bool = False
) -> Imported:
    """Read a file and give its rates to a table, in one transaction.

    Raises:
        ImportRefused: As reading it says.
    """
    target = RateTarget(target) if isinstance(target, str) else target
    read = rates_read(path, target, currency=the_tenant(conn).currency, partial=partial)
    rates_wanted(conn, read.file.rates)
    return _wanted_given(conn, read, by)


def _values(target: RateTarget) -> tuple[str, ...]:
    try:
        return override_values(target.override_value)
    except CellRefused as refused:
        raise Refused(f"{refused}. Nothing was imported.") from None


def _for_values(found: RateFile, values: Sequence[str]) -> RateFile:
    rates = (replace(rate, group_value=value) for rate in found.rates for value in values)
    return replace(found, rates=tuple(rates))


def table_previewed(conn: Connection, name: str, path: Path, period: Period) -> Preview:
    """Return what a table would have charged in a period with the rates of a file; stores nothing.

    Raises:
        ImportRefused: A row cannot be taken, or the file cannot.
        Refused: There is no such table.
    """
    table_id = known_rate_table(conn, name)
    refusals, tenant = Refusals(), the_tenant(conn)
    found = rate_file(path, refusals, currency=tenant.currency)
    settled(path.name, refusals, found.rates, partial=False)
    new = {(rate.pattern, rate.effective_from, rate.group_value) for rate in found.rates}
    kept = [
        rate
        for rate in ([] if found.whole else active_rates(conn, table_id))
        if (rate.pattern, rate.effective_from, rate.group_value) not in new
    ]
    return preview(priced_calls(conn, table_id, period, tenant), [*kept, *found.rates])


def rate_file(path: Path, refusals: Refusals, *, currency: str) -> RateFile:
    """Return what a file of rates says; rows that cannot be taken are refused.

    Raises:
        ImportRefused: It cannot be read, or is neither of the known forms.
    """
    text = file_text(path)
    found = records(text, delimiter_of(text))
    line, first = next(found)
    if is_cdr2cloud(first):
        taken = _cdr2cloud_rows(text, first, refusals)
        lines = rows_unmarked(path.name, taken, AMOUNTS, currency)
        marks = decimal_marks(path.name, lines, NUMBERS)
        return RateFile(_once(cdr2cloud_rates(lines, marks, refusals), refusals), whole=True)
    try:
        columns = deck_columns(first)
        check_currency(columns.currencies, currency)
    except CellRefused as refused:
        raise unusable(path.name, line, str(refused)) from None
    lines = rows_unmarked(path.name, rows(first, found, refusals), columns.amounts, currency)
    currency_checked(path.name, lines, columns.names.get(DeckColumn.CURRENCY, ""), currency)
    deck = ordered(Deck(columns, decimal_marks(path.name, lines, columns.amounts)), lines)
    rates = _once(deck_rates(deck, lines, refusals), refusals)
    notes = [f"columns not used: {', '.join(columns.unused)}"] if columns.unused else []
    lengths = {DeckColumn.INITIAL, DeckColumn.INCREMENT, DeckColumn.INCREMENTS}
    if not lengths & set(columns.names):
        notes.append("no increments given: billed by the second")
    dated = any(rate.effective_from != ALWAYS for rate in rates)
    return RateFile(rates, not dated, tuple(notes))


def _cdr2cloud_rows(text: str, first: list[str], refusals: Refusals) -> Iterator[Row]:
    found = records(text, delimiter_of(text))
    columns = list(COLUMNS)
    if has_header(first):
        columns = [name.lower() for name in first]
        next(found)
    return rows(columns, _padded(found, columns), refusals)


def _padded(
    found: Iterator[tuple[int, list[str]]], columns: list[str]
) -> Iterator[tuple[int, list[str]]]:
    """Give back the empty cells that editors strip from a line's end."""
    for line, cells in found:
        missing = len(columns) - len(cells)
        optional = len(columns) - COLUMNS.index("blocked")
        yield line, [*cells, *[""] * missing] if 0 < missing <= optional else cells


def _once(found: list[tuple[int, Rate]], refusals: Refusals) -> tuple[Rate, ...]:
    """Return each pattern, date and group once; one that is said twice differently is refused."""
    kept: dict[tuple[str, object, str], tuple[int, Rate]] = {}
    for line, rate in found:
        key = (rate.pattern, rate.effective_from, rate.group_value)
        earlier = kept.setdefault(key, (line, rate))
        if earlier[1] != rate:
            refusals.add(line, f"prefix {rate.pattern} has another price on line {earlier[0]}")
    return tuple(rate for _, rate in kept.values())
