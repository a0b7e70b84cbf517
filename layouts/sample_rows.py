"""Made-up rows for the gallery's panels: every cell says what such a cell can say."""

from datetime import timedelta

from data.domain.columns import ColumnKind
from data.domain.panels import PANELS, Panel
from layouts.samples import NOW, TODAY
from layouts.text import count, duration

_COMPANIES = ("Aldermoor Logistics", "Bexley Dental Group", "Quayside Restaurants", "Zoë")
_NOTHING = (
    *("paid_micros", "overdue_micros", "plan_micros", "on_account_micros", "tax_micros"),
    *("rejected", "duplicate", "ignored", "in_error"),
)
_AMOUNTS = ("$331.20", "$1,234,567.00", "-$98,765,432.10")
_LATER = ("due_date", "to_day", "paid_on")
_WORDS = {
    "action": "invoice recorded",
    "actor": "anna.miller@example.com",
    "after": "status RECORDED",
    "before": "status DRAFT",
    "city": "London",
    "call_file": "ber-20260611.csv",
    "country": "GBR",
    "description": "Usage, United Kingdom, mobile",
    "destination": "United Kingdom, mobile",
    "direction": "out",
    "dismissed_why": "",
    "disposition": "answered",
    "email": "anna.miller@example.com",
    "error": "The file is cut off: its last line has no end. Ask for it to be sent again.",
    "error_code": "truncated",
    "file": "ber-20260612.csv",
    "folder": "inbox/berlin",
    "first_name": "Anna",
    "invoice": "INV-2026-0004",
    "last_name": "Miller",
    "invoice_status": "RECORDED",
    "kind": "usage",
    "match_state": "matched",
    "method": "Bank transfer",
    "notes": "",
    "outcome": "error",
    "pattern": "+44207946",
    "plan": "Office 500",
    "priority": "high",
    "profile": "asterisk",
    "rate_state": "rated",
    "rate_table": "standard",
    "provider": "Northline Carrier",
    "raw": '"","+442079460123","+447700900017","out","2026-06-12 09:41:07",?,"",42',
    "reason": "duration unreadable",
    "role": "billing",
    "sha256": "9f2c61d0a4",
    "source": "berlin",
    "status": "RECORDED",
    "subject": "Calls missing since Monday",
    "tax_category": "Standard",
    "tel": "+44 20 7946 0123",
    "text": "No CDR file came from the London switch.",
    "timezone": "Europe/Berlin",
}


def sample_row(panel: Panel, number: int) -> dict[str, str]:
    """Return a row's cells by their column; rows of other numbers differ as rows do."""
    made = {
        column.name: _cell(column.name, column.kind, number) for column in PANELS[panel].columns
    }
    if panel is Panel.FILES:
        made["status"] = "success"
    named = {"number": f"INV-2026-{number:04}", "name": f"ber-202606{number:02}.csv"}
    return made | {name: said for name, said in named.items() if name in made}


def _cell(name: str, kind: ColumnKind, number: int) -> str:
    counted = {
        ColumnKind.MONEY: "$0.00" if name in _NOTHING else _AMOUNTS[number % len(_AMOUNTS)],
        ColumnKind.NUMBER: "0" if name in _NOTHING else count(4 + 37 * number),
        ColumnKind.SECONDS: duration(42 + 61 * number),
        ColumnKind.INSTANT: f"{NOW - timedelta(hours=7 * number, seconds=13):%Y-%m-%d %H:%M:%S}",
        ColumnKind.DAY: (TODAY - timedelta(days=0 if name in _LATER else 30)).isoformat(),
        ColumnKind.FLAG: "no",
    }
    return counted.get(kind) or _text(name, number)


def _text(name: str, number: int) -> str:
    if name == "company":
        return _COMPANIES[number % len(_COMPANIES)]
    if name == "custid":
        return f"C{number:05}"
    if name in ("calling_number", "called_number", "billing_number"):
        return f"+4477009000{10 + number}" if name == "called_number" else "+442079460123"
    return _WORDS.get(name, "")
