"""The daily summary as a mail: a page, the same as plain text, and a workbook."""

from collections.abc import Iterable

from data.documents.mail import Attachment, Letter
from data.documents.summary_text import NumberText, SummaryText, summary_text
from data.documents.templating import templates
from data.domain.dashboard import Dashboard

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def summary_letter(seen: Dashboard, to: tuple[str, ...], link: str = "") -> Letter:
    """Return the mail of a day.

    Args:
        seen: The page's figures.
        to: Who gets it.
        link: Address of the page; empty: none is told.
    """
    from data.documents.summary_workbook import summary_workbook  # noqa: PLC0415  heavy

    text = summary_text(seen)
    workbook = Attachment(f"tollboard-{seen.today}.xlsx", summary_workbook(seen), XLSX)
    html = templates().get_template("summary.html").render(text=text, link=link)
    return Letter(to, text.subject, summary_plain(text, link), html, (workbook,))


def summary_plain(text: SummaryText, link: str = "") -> str:
    """Return the summary for a terminal and for mail readers that show no HTML."""
    needs = [f"  {'!' if need.urgent else '-'} {need.text} ({need.action})" for need in text.needs]
    parts = [
        f"{text.tenant}\n{text.headline}\nAs of {text.as_of}",
        "\n".join(needs),
        "The nine numbers\n" + _numbers(text.numbers),
        "Amount owing, by days overdue\n" + _rows((bar.label, bar.amount) for bar in text.owing),
    ]
    if text.top:
        parts.append(f"{text.top_title}\n" + _rows((bar.label, bar.amount) for bar in text.top))
    parts.append(link)
    return "\n\n".join(part for part in parts if part) + "\n"


def _numbers(numbers: tuple[NumberText, ...]) -> str:
    label = max(len(number.label) for number in numbers)
    value = max(len(number.value) for number in numbers)
    return "\n".join(
        f"  {number.label:<{label}}  {number.value:>{value}}  {number.detail}".rstrip()
        for number in numbers
    )


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    known = list(rows)
    label = max(len(row[0]) for row in known)
    amount = max(len(row[1]) for row in known)
    return "\n".join(f"  {name:<{label}}  {value:>{amount}}" for name, value in known)
