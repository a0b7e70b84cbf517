"""The page's snapshot as JSON: the contract that programs rely on."""

from datetime import datetime
from typing import Any

from data.domain.dashboard import Dashboard, LineToCash, TopCustomers
from data.domain.money import decimal_units
from data.domain.tiles import Tiles

_WAY_AMOUNTS = ("charge", "plan", "invoiced", "unbilled", "paid", "outstanding", "overdue")
_WAY_COUNTS = (
    "lines",
    "rejected",
    "duplicate",
    "ignored",
    "calls",
    "unmatched",
    "contested",
    "unrated",
)


class _Units:
    """Writes micros as decimal strings of currency units."""

    def __init__(self, minor_digits: int) -> None:
        self._minor_digits = minor_digits

    def __call__(self, amount_micros: int) -> str:
        return decimal_units(amount_micros, minor_digits=self._minor_digits)


def dashboard_json(shown: Dashboard) -> dict[str, Any]:
    """Return the snapshot; money as decimal strings, instants ISO 8601 UTC."""
    units = _Units(shown.minor_digits)
    ageing = shown.ageing
    return {
        "as_of": _instant(shown.as_of),
        "data_version": shown.data_version,
        "changed_at": _instant(shown.changed_at),
        "today": shown.today.isoformat(),
        "currency": shown.currency,
        "timezone": shown.timezone,
        "tenant": shown.tenant,
        "tiles": _tiles(shown.tiles, units),
        "top_customers": _top(shown.top_customers, units),
        "top_paying": _top(shown.top_paying, units),
        "files_by_month": [
            {
                "month": f"{month.month:%Y-%m}",
                "success": month.success,
                "error": month.error,
                "through": month.through.isoformat(),
                "to_same_day": month.to_same_day,
            }
            for month in shown.files_by_month
        ],
        "ageing": {
            "not_due": units(ageing.not_due),
            "1_30": units(ageing.days_1_30),
            "31_60": units(ageing.days_31_60),
            "61_90": units(ageing.days_61_90),
            "over_90": units(ageing.over_90),
        },
        "line_to_cash": _way(shown.line_to_cash, units),
        "attention": [
            {"kind": item.kind, "urgent": item.urgent, "text": item.text}
            for item in shown.attention
        ],
        "traffic": [
            {
                "day": day.day.isoformat(),
                "calls": day.calls,
                "answered": day.answered,
                "talk_s": day.talk_s,
                "charge": units(day.charge_micros),
                "margin": None if day.margin_micros is None else units(day.margin_micros),
            }
            for day in shown.traffic
        ],
        "ratios": {
            "asr": shown.ratios.asr,
            "acd_s": shown.ratios.acd_s,
            "ner": shown.ratios.ner,
        },
        "top_destinations": {
            "rows": [
                {
                    "destination": row.destination,
                    "calls": row.calls,
                    "charge": units(row.charge_micros),
                }
                for row in shown.top_destinations.rows
            ],
            "other": units(shown.top_destinations.other_micros),
            "total": units(shown.top_destinations.total_micros),
        },
    }


def _instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _tiles(tiles: Tiles, units: _Units) -> dict[str, Any]:
    last = tiles.file_last
    return {
        "customers": {
            "count": tiles.customers.count,
            "providers": tiles.customers.providers,
            "added": tiles.customers.added,
        },
        "disk": {
            "used_bytes": tiles.disk.used_bytes,
            "allotted_bytes": tiles.disk.allotted_bytes,
        },
        "draft_invoices": {
            "count": tiles.draft_invoices.count,
            "total": units(tiles.draft_invoices.total_micros),
            "oldest": _instant(tiles.draft_invoices.oldest),
        },
        "unpaid_invoices": {
            "count": tiles.unpaid_invoices.count,
            "outstanding": units(tiles.unpaid_invoices.outstanding_micros),
            "overdue": units(tiles.unpaid_invoices.overdue_micros),
            "overdue_count": tiles.unpaid_invoices.overdue_count,
        },
        "files_success": {
            "count": tiles.files_success.count,
            "with_rejections": tiles.files_success.with_rejections,
            "last_24h": tiles.files_success.last_24h,
        },
        "files_error": {
            "count": tiles.files_error.count,
            "newest": _instant(tiles.files_error.newest),
        },
        "files_waiting": {
            "count": tiles.files_waiting.count,
            "processing": tiles.files_waiting.processing,
            "oldest": _instant(tiles.files_waiting.oldest),
        },
        "file_last": {
            "processed_at": _instant(last.processed_at),
            "name": last.name,
            "outcome": last.outcome.value if last.outcome else None,
        },
        "open_tickets": {
            "count": tiles.open_tickets.count,
            "oldest": _instant(tiles.open_tickets.oldest),
        },
    }


def _top(top: TopCustomers, units: _Units) -> dict[str, Any]:
    return {
        "from": top.period.first.isoformat(),
        "to": top.period.last.isoformat(),
        "rows": [
            {"custid": row.custid, "customer": row.customer, "total": units(row.total_micros)}
            for row in top.rows
        ],
        "other": units(top.other_micros),
        "total": units(top.total_micros),
    }


def _way(way: LineToCash, units: _Units) -> dict[str, Any]:
    counts: dict[str, Any] = {name: getattr(way, name) for name in _WAY_COUNTS}
    return counts | {name: units(getattr(way, name)) for name in _WAY_AMOUNTS}
