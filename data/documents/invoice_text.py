"""An invoice in words: every text that stands on it, for any form that it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from data.documents.wording import (
    SETTLED_BY,
    Money,
    country,
    day,
    days,
    duration,
    one_line,
    title,
)
from data.domain.counting import counted
from data.domain.invoice_document import Annex, BilledCall, InvoiceDocument, Issuer, Recipient
from data.domain.invoicing import InvoiceLine, LineKind
from data.domain.periods import Period

DRAFT_NOTICE = "Draft: this is a quotation, not an invoice. Nothing is owed."
OUTDATED_NOTICE = (
    "What it bills has changed since it was made; make it again before you rely on it."
)
MOST_IN_ONE_TABLE = 300
"""More calls than this are listed day by day."""
EVERYWHERE = "All other destinations"
"""Of a rate without a name whose pattern is empty: it prices what no other does."""


@dataclass(frozen=True)
class LineText:
    """One printed line; calls and duration are empty where it bills none."""

    description: str
    detail: str
    calls: str
    duration: str
    amount: str


@dataclass(frozen=True)
class SumText:
    """One row of the sums; strong for what is to be paid."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True)
class TableText:
    """A table below the invoice, cell by cell.

    Attributes:
        caption: Above it.
        note: Below the caption; empty: none.
        heads: Of the columns; the first `left` ones hold text, the others numbers.
        rows: The body.
        foot: The sums.
        left: How many columns hold text.
    """

    caption: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[tuple[str, ...], ...] = ()
    left: int = 1


@dataclass(frozen=True)
class InvoiceText:
    """Everything that stands on an invoice, as texts.

    Attributes:
        title: What it is: invoice, quotation, credit note.
        number: Its number; empty: none yet.
        notices: What must be known before anything else.
        issuer: Lines about who sends it.
        recipient: Lines about who gets it.
        facts: Number, dates and so on with their labels.
        due: What is to be paid, and by when.
        lines: The lines that are not taxes.
        sums: Net, taxes, total, what was paid, what is left.
        pay: How to pay; empty: nothing is to be paid, or the tenant told no bank.
        remarks: What else is to be known, in small.
        tables: The calls by destination, and each call where they were asked for.
    """

    title: str
    number: str
    notices: tuple[str, ...]
    issuer: tuple[str, ...]
    recipient: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    due: SumText
    lines: tuple[LineText, ...]
    sums: tuple[SumText, ...]
    pay: tuple[str, ...]
    remarks: tuple[str, ...]
    tables: tuple[TableText, ...]

    @property
    def heading(self) -> str:
        """What it is, with its number."""
        return f"{self.title} {self.number}".strip()


def invoice_text(document: InvoiceDocument) -> InvoiceText:
    """Return everything that stands on an invoice, in words."""
    money = Money(document.currency, document.minor_digits)
    tables = [_annex(annex, money) for annex in document.annexes if annex.rows]
    return InvoiceText(
        title=title(document),
        number=document.number,
        notices=_notices(document),
        issuer=_issuer(document.issuer),
        recipient=_recipient(document.recipient),
        facts=_facts(document),
        due=_due(document, money),
        lines=tuple(_line(line, money) for line in document.charges),
        sums=_sums(document, money),
        pay=_pay(document, money),
        remarks=_remarks(document),
        tables=(*tables, *_calls(document, money)),
    )


def foot(document: InvoiceDocument) -> str:
    """Return what stands at the foot of every page."""
    tax = f"Tax number {document.issuer.tax_id}" if document.issuer.tax_id else ""
    what = f"{title(document)} {document.number}"
    return " · ".join(one_line(part) for part in (document.issuer.name, tax, what) if part)


def _notices(document: InvoiceDocument) -> tuple[str, ...]:
    if not document.is_draft:
        return ()
    return (DRAFT_NOTICE, OUTDATED_NOTICE) if document.outdated else (DRAFT_NOTICE,)


def _issuer(issuer: Issuer) -> tuple[str, ...]:
    tax = (f"Tax number {issuer.tax_id}",) if issuer.tax_id else ()
    return (issuer.name, *_lines_of(issuer.address), *tax)


def _recipient(recipient: Recipient) -> tuple[str, ...]:
    contact = (recipient.contact,) if recipient.contact else ()
    land = (country(recipient.country),) if recipient.country else ()
    tax = (f"Tax number {recipient.vat}",) if recipient.vat else ()
    return (recipient.company, *contact, *recipient.address, *land, *tax)


def _facts(document: InvoiceDocument) -> tuple[tuple[str, str], ...]:
    what = title(document)
    facts = [
        (f"{what} number", document.number or "none yet"),
        (f"{what} date", day(document.invoice_date)),
        ("Period", days(document.period) if document.period else ""),
        ("Customer number", document.recipient.custid),
    ]
    return tuple((label, value) for label, value in facts if value)


def _due(document: InvoiceDocument, money: Money) -> SumText:
    if document.is_draft:
        return SumText("Quoted total", money.printed(document.sums.total_micros), strong=True)
    left = money.printed(document.outstanding_micros)
    if document.outstanding_micros < 0:
        return SumText("In your favour", money.printed(-document.outstanding_micros), strong=True)
    if document.is_paid:
        return SumText("Paid, nothing is due", left, strong=True)
    return SumText(f"Due by {day(document.due_date)}", left, strong=True)


def _line(line: InvoiceLine, money: Money) -> LineText:
    included = line.kind is LineKind.INCLUDED
    detail = ""
    if line.from_day and line.to_day:
        detail = days(Period(line.from_day, line.to_day))
    return LineText(
        description=line.description,
        detail=detail,
        calls=f"{line.calls:,}" if line.calls else "",
        duration=duration(line.billed_s) if line.calls else "",
        amount="included" if included else money.plain(line.amount_micros),
    )


def _sums(document: InvoiceDocument, money: Money) -> tuple[SumText, ...]:
    sums = document.sums
    rows = [SumText("Net amount", money.plain(sums.net_micros))]
    rows += [SumText(tax.description, money.plain(tax.amount_micros)) for tax in document.taxes]
    total = money.printed(sums.total_micros)
    rows.append(SumText(f"Total in {document.currency}", total, strong=True))
    for paid in document.settlements:
        label = f"{SETTLED_BY[paid.kind]}, {day(paid.on)}"
        rows.append(SumText(label, money.plain(-paid.amount_micros)))
    if document.settlements and not document.is_draft:
        left = money.printed(document.outstanding_micros)
        rows.append(SumText("Still to pay", left, strong=True))
    return tuple(rows)


def _pay(document: InvoiceDocument, money: Money) -> tuple[str, ...]:
    if document.is_draft or document.is_paid or not document.issuer.bank.strip():
        return ()
    asked = (
        f"Please pay {money.printed(document.outstanding_micros)} by {day(document.due_date)} "
        f"and give {document.number} as the reference."
    )
    return (asked, *_lines_of(document.issuer.bank))


def _remarks(document: InvoiceDocument) -> tuple[str, ...]:
    return tuple(
        f"{annex.description}: the single calls are no longer all kept, so they are not listed."
        for annex in document.annexes
        if not annex.rows
    )


def _annex(annex: Annex, money: Money) -> TableText:
    amounts = [annex.plan_micros, *(row.charge_micros for row in annex.rows)]
    decimals = money.decimals_for(amounts)
    rows = [
        (
            row.destination or EVERYWHERE,
            f"{row.calls:,}",
            duration(row.billed_s),
            money.exact(row.charge_micros, decimals=decimals),
        )
        for row in annex.rows
    ]
    if annex.plan_micros:
        included = money.exact(-annex.plan_micros, decimals=decimals)
        rows.append(("Covered by included minutes", "", "", included))
    exact = money.exact(annex.exact_micros, decimals=decimals)
    note = "Exact amounts; their sum is rounded once, on the invoice."
    return TableText(
        caption=f"{annex.description} by destination",
        note=note if decimals > money.minor_digits else "",
        heads=("Destination", "Calls", "Billed time", f"Charge, {money.currency}"),
        rows=tuple(rows),
        foot=(("Sum", f"{annex.calls:,}", duration(annex.billed_s), exact),),
    )


def _calls(document: InvoiceDocument, money: Money) -> list[TableText]:
    """Return the list of answered calls: one table, or one for each day where they are many."""
    calls = [call for call in document.calls if call.talk_ms]
    if len(calls) <= MOST_IN_ONE_TABLE:
        caption = f"Every answered call ({len(calls):,})"
        return [_list(calls, caption, document, money)] if calls else []
    days = groupby(calls, key=lambda call: call.started.date())
    by_day = [(one, list(found)) for one, found in days]
    return [
        _list(found, f"{one:%A}, {day(one)} ({counted(len(found), 'call')})", document, money)
        for one, found in by_day
    ]


def _list(
    calls: Sequence[BilledCall], caption: str, document: InvoiceDocument, money: Money
) -> TableText:
    decimals = money.decimals_for([call.charge_micros for call in document.calls])
    charge = money.exact(sum(call.charge_micros for call in calls), decimals=decimals)
    billed = duration(sum(call.billed_s for call in calls))
    return TableText(
        caption=caption,
        note=f"Times are those of {document.timezone}. Charges are before included minutes. "
        "Unanswered calls, which cost nothing, are left out.",
        heads=("Date and time", "From", "To", "Destination", "Billed time", money.currency),
        rows=tuple(_call(call, money, decimals) for call in calls),
        foot=(("Sum", "", "", "", billed, charge),),
        left=4,
    )


def _call(call: BilledCall, money: Money, decimals: int) -> tuple[str, ...]:
    return (
        f"{call.started:%Y-%m-%d %H:%M:%S}",
        call.calling_number,
        call.called_number,
        call.destination,
        duration(call.billed_s),
        money.exact(call.charge_micros, decimals=decimals),
    )


def _lines_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
