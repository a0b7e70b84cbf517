"""Alerts in words, as a mail and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from data.documents.mail import Letter
from data.documents.templating import templates
from data.documents.wording import instant, one_line
from data.domain.alerts import Alert, AlertKind
from data.domain.counting import counted
from data.domain.masking import masked_text

MOST_LISTED = 20
LONGEST_WHY = 500


@dataclass(frozen=True)
class Occasion:
    """Whose alerts they are.

    Attributes:
        tenant: Whose books.
        zone: The tenant's: on whose clocks instants are told.
        page_url: Address of the page; empty: none is told.
    """

    tenant: str
    zone: ZoneInfo
    page_url: str = ""


def alert_text(alert: Alert, zone: ZoneInfo) -> str:
    """Return one alert as one line; phone numbers in its reason are masked: it leaves the house."""
    when = instant(alert.at, zone)
    if alert.kind is AlertKind.FILE_FAILED:
        whose = f" of {alert.source}" if alert.source else ""
        why = masked_text(alert.why)[:LONGEST_WHY]
        return one_line(f"{alert.file}{whose} failed at {when}: {why}")
    since = f"; nothing was received since {instant(alert.last, zone)}" if alert.last else ""
    return one_line(f"{alert.source} is late: its next file was due by {when}{since}")


def headline(alerts: Sequence[Alert]) -> str:
    """Return what happened, counted."""
    failed = sum(alert.kind is AlertKind.FILE_FAILED for alert in alerts)
    late = len(alerts) - failed
    parts = [
        f"{counted(failed, 'CDR file')} failed" if failed else "",
        f"{counted(late, 'source')} {'is' if late == 1 else 'are'} late" if late else "",
    ]
    return ", ".join(part for part in parts if part)


def identity(alerts: Sequence[Alert]) -> str:
    """Return the name of a message about alerts: the same for the same ones."""
    return sha256("\n".join(alert.key for alert in alerts).encode()).hexdigest()[:32]


def alert_letter(alerts: Sequence[Alert], to: tuple[str, ...], occasion: Occasion) -> Letter:
    """Return the mail that tells alerts."""
    lines = [alert_text(alert, occasion.zone) for alert in alerts[:MOST_LISTED]]
    more = len(alerts) - len(lines)
    if more:
        lines.append(f"and {more:,} more")
    html = (
        templates()
        .get_template("alert.html")
        .render(
            tenant=occasion.tenant,
            headline=headline(alerts),
            lines=lines,
            link=occasion.page_url,
        )
    )
    listed = "\n".join(f"  {line}" for line in lines)
    parts = (f"{occasion.tenant}\n{headline(alerts)}", listed, occasion.page_url)
    text = "\n\n".join(part for part in parts if part) + "\n"
    return Letter(to, f"{one_line(occasion.tenant)}: {headline(alerts)}", text, html)


def alert_body(alerts: Sequence[Alert], occasion: Occasion) -> dict[str, object]:
    """Return what the webhook gets; keys are added, never renamed."""
    return {
        "type": "tollboard.alerts",
        "tenant": occasion.tenant,
        "page": occasion.page_url,
        "text": headline(alerts),
        "alerts": [
            {
                "id": alert.key,
                "kind": alert.kind.value,
                "at": alert.at.isoformat(),
                "source": alert.source,
                "file_id": alert.file_id,
                "file": alert.file,
                "text": alert_text(alert, occasion.zone),
            }
            for alert in alerts
        ],
    }
