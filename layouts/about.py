"""What a panel about one invoice, file or customer says of it above the rows."""

from collections.abc import Callable
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from data.domain.counting import counted
from data.domain.panel_rows import CustomerRow, FileRow, InvoiceRow, PanelRow
from data.domain.records import InvoiceStatus
from layouts import text
from layouts.cells import Writing
from layouts.words import attrs


class About(NamedTuple):
    """The name of what a panel is about, its facts in one line, and why it failed, if it did."""

    name: str
    facts: str
    error: str = ""


def about_words(said: About) -> list[Component | str]:
    """Return what stands above the rows; why it failed on lines of its own, in full."""
    if not said.error:
        return [said.facts]
    mark = html.Span(className="icon warn", **attrs(aria_hidden="true"))
    return [said.facts, html.Span([mark, html.Span(said.error)], className="failed")]


def about(row: PanelRow | None, writing: Writing) -> About:
    """Return what is said of a row; none is one that is gone."""
    if row is None:
        return About("not there", "It was deleted, or there never was one.")
    said = _SAID[type(row)]
    return said(row, writing)


def _invoice(row: PanelRow, writing: Writing) -> About:
    if not isinstance(row, InvoiceRow):
        raise TypeError(row)
    money = writing.money.exact
    facts = [
        row.status.value,
        f"{row.company} ({row.custid})",
        f"dated {row.invoice_date}, due {row.due_date}",
        _joined(net=row.net_micros, tax=row.tax_micros, total=row.total_micros, money=money),
    ]
    if row.status is InvoiceStatus.RECORDED:
        paid, outstanding = row.paid_micros, row.outstanding_micros
        facts.append(_joined(paid=paid, outstanding=outstanding, money=money))
    if row.outdated:
        facts.append("out of date: what it bills has changed since")
    if row.external:
        facts.append("made elsewhere")
    return About(row.number or f"D{row.id}", " · ".join(facts))


def _file(row: PanelRow, writing: Writing) -> About:
    if not isinstance(row, FileRow):
        raise TypeError(row)
    facts = [
        row.status.value,
        " ".join(part for part in (row.source, row.profile) if part) or "no source yet",
        f"received {writing.instant(row.received_at)}",
        _balance(row),
        " ".join(text.bytes_size(row.stored_bytes)),
    ]
    if row.dismissed_at is not None:
        facts.append(f"dismissed {writing.instant(row.dismissed_at)}: {row.dismissed_why}")
    if row.withdrawn_at is not None:
        facts.append(f"withdrawn {writing.instant(row.withdrawn_at)}")
    return About(row.name, " · ".join(facts), row.error or "")


def _customer(row: PanelRow, writing: Writing) -> About:
    if not isinstance(row, CustomerRow):
        raise TypeError(row)
    money = writing.money.exact
    facts = [
        f"No {row.custid}{', a provider' if row.provider else ''}",
        " ".join(part for part in (row.first_name, row.last_name) if part),
        " ".join(part for part in (row.email, row.tel) if part),
        _joined(
            outstanding=row.outstanding_micros,
            overdue=row.overdue_micros,
            balance=row.balance_micros,
            money=money,
        ),
        f"rate table {row.rate_table}" if row.rate_table else "no rate table",
        f"plan {row.plan}" if row.plan else "",
        f"tax {row.tax_category}" if row.tax_category else "no tax category",
        counted(row.auth_codes, "auth code"),
    ]
    return About(row.company, " · ".join(fact for fact in facts if fact))


def _joined(*, money: Callable[[int], str], **amounts: int) -> str:
    return ", ".join(f"{name} {money(amount)}" for name, amount in amounts.items())


def _balance(row: FileRow) -> str:
    ends = f"{row.duplicate:,} duplicate + {row.ignored:,} ignored"
    return (
        f"{counted(row.lines, 'line')} = {row.loaded:,} loaded + {row.rejected:,} rejected + {ends}"
    )


_SAID: dict[type[PanelRow], Callable[[PanelRow, Writing], About]] = {
    InvoiceRow: _invoice,
    FileRow: _file,
    CustomerRow: _customer,
}
