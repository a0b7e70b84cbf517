"""Made-up snapshots for the gallery: a busy day, a day of zeros, and one with unknowns."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from data.domain.dashboard import (
    Ageing,
    AttentionItem,
    CustomerTotal,
    Dashboard,
    DestinationTotal,
    LineToCash,
    MonthOfFiles,
    Ratios,
    TopCustomers,
    TopDestinations,
    TrafficDay,
)
from data.domain.history import Figure, TileHistory
from data.domain.periods import Period, last_three_months
from data.domain.records import FileStatus
from data.domain.tiles import (
    CustomersTile,
    DiskTile,
    DraftsTile,
    ErrorTile,
    LastFileTile,
    SuccessTile,
    TicketsTile,
    Tiles,
    UnpaidTile,
    WaitingTile,
)
from layouts.blank import BLANK

UNIT = 1_000_000
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
PERIOD = Period(date(2026, 5, 16), TODAY)
_NAMES = (
    "Aldermoor Logistics",
    "Bexley Dental Group",
    "Quayside Restaurants",
    "Ørsted & Søn",
    "Zoë",
)


def _top(*units: int) -> TopCustomers:
    rows = tuple(
        CustomerTotal(f"C{number}", name, each * UNIT)
        for number, (name, each) in enumerate(zip(_NAMES, units, strict=True), start=1)
    )
    other = 2_410 * UNIT
    return TopCustomers(PERIOD, rows, other, 35, other + sum(row.total_micros for row in rows))


def _traffic(first: date, *, least: int) -> tuple[TrafficDay, ...]:
    days = (PERIOD.last - PERIOD.first).days + 1
    return tuple(_day(first + timedelta(days=number), least) for number in range(days))


def _day(day: date, least: int) -> TrafficDay:
    calls = least + 37 * (day.day % 9) if day.weekday() < 5 else least // 3  # noqa: PLR2004 (weekends)
    charge = calls * 41_000
    return TrafficDay(day, calls, calls * 7 // 10, calls * 95, charge, charge // 3)


def _history() -> TileHistory:
    """Return forty days in which everything grew slowly."""
    grown: dict[Figure, Callable[[int], int]] = {
        Figure.UNPAID: lambda number: (11_000 + 37 * number) * UNIT,
        Figure.DRAFTS: lambda number: 3 + number // 10 % 3,
        Figure.CUSTOMERS: lambda number: 498 + number // 3,
        Figure.SUCCESS: lambda number: 1_500 + 10 * number,
        Figure.ERROR: lambda number: 1 + number // 31,
        Figure.WAITING: lambda number: 2 + number // 7 % 3,
        Figure.DISK: lambda number: int((15 + number / 12) * 2**30),
        Figure.TICKETS: lambda number: 2 + number // 25,
    }
    days = [(number, TODAY - timedelta(days=40 - number)) for number in range(40)]
    return TileHistory(
        {figure: [(day, value(number)) for number, day in days] for figure, value in grown.items()}
    )


_MONTHS = last_three_months(TODAY)
BUSY = replace(
    BLANK,
    as_of=NOW,
    data_version=812,
    changed_at=NOW - timedelta(minutes=3),
    today=TODAY,
    tenant="Meridian Voice",
    tiles=Tiles(
        customers=CustomersTile(512, 3, 9),
        disk=DiskTile(int(18.4 * 2**30), 64 * 2**30),
        draft_invoices=DraftsTile(4, 1_204 * UNIT, NOW - timedelta(days=3)),
        unpaid_invoices=UnpaidTile(37, 12_431 * UNIT, 4_905 * UNIT, 11),
        files_success=SuccessTile(1_902, 41, 96),
        files_error=ErrorTile(2, NOW - timedelta(minutes=41)),
        files_waiting=WaitingTile(3, 1, NOW - timedelta(minutes=2)),
        file_last=LastFileTile(NOW - timedelta(minutes=3), "Master-0612.csv", FileStatus.SUCCESS),
        open_tickets=TicketsTile(3, NOW - timedelta(days=2)),
    ),
    top_customers=_top(3_120, 2_204, 1_870, 990, 412),
    top_paying=_top(2_950, 1_700, 1_110, 640, 75),
    files_by_month=tuple(
        MonthOfFiles(month.first, month.last, success, error, success // 2)
        for month, success, error in zip(_MONTHS, (612, 655, 301), (5, 0, 2), strict=True)
    ),
    ageing=Ageing(7_526 * UNIT, 2_902 * UNIT, 1_105 * UNIT, 610 * UNIT, 288 * UNIT),
    line_to_cash=LineToCash(
        period=PERIOD,
        lines=48_211,
        rejected=212,
        duplicate=640,
        ignored=1_204,
        calls=46_155,
        talk_s=2_900_000,
        matched=46_114,
        unmatched=39,
        contested=2,
        priced=46_006,
        unrated=108,
        invoiced_calls=31_900,
        paid_calls=22_004,
        charge=18_130 * UNIT,
        plan=940 * UNIT,
        invoiced=12_500 * UNIT,
        unbilled=4_690 * UNIT,
        paid=8_660 * UNIT,
        outstanding=3_840 * UNIT,
        overdue=1_406 * UNIT,
    ),
    attention=(
        AttentionItem("files_failed", urgent=True, text="2 CDR files failed", action="See why"),
        AttentionItem(
            "unmatched", urgent=False, text="39 calls match no customer", action="Assign"
        ),
        AttentionItem(
            "overdue",
            urgent=False,
            text="11 invoices overdue, INV-104 for 12 days",
            action="Chase",
            subject="INV-104",
        ),
    ),
    traffic=_traffic(PERIOD.first, least=1_400),
    calls_through=TODAY,
    traffic_before=_traffic(date(2026, 4, 15), least=1_200),
    ratios=Ratios(46_155, 33_004, 9_100, 2_010, 2_900_000_000),
    ratios_before=Ratios(41_000, 28_800, 8_600, 1_900, 2_600_000_000),
    top_destinations=TopDestinations(
        tuple(
            DestinationTotal(name, calls, units * UNIT)
            for name, calls, units in (
                ("United Kingdom mobile", 9_120, 4_410),
                ("Germany", 6_004, 2_905),
                ("France mobile", 3_310, 2_100),
                ("United States", 8_400, 1_660),
                ("Spain", 2_020, 804),
            )
        ),
        6_251 * UNIT,
        61,
        18_130 * UNIT,
    ),
    history=_history(),
)
"""A working day of a reseller with 512 customers."""

ZERO: Dashboard = replace(
    BLANK,
    as_of=NOW,
    data_version=3,
    changed_at=NOW - timedelta(hours=2),
    today=TODAY,
    tenant="Meridian Voice",
    tiles=replace(
        BLANK.tiles,
        customers=CustomersTile(1, 0, 1),
        files_success=SuccessTile(1, 0, 1),
        file_last=LastFileTile(NOW - timedelta(hours=2), "first.csv", FileStatus.SUCCESS),
    ),
    top_customers=replace(BLANK.top_customers, period=PERIOD),
    top_paying=replace(BLANK.top_paying, period=PERIOD),
    line_to_cash=replace(BLANK.line_to_cash, period=PERIOD),
    files_by_month=tuple(
        MonthOfFiles(month.first, month.last, int(month is _MONTHS[-1]), 0, 0) for month in _MONTHS
    ),
    calls_through=TODAY,
    traffic=tuple(
        replace(day, calls=0, answered=0, talk_s=0, charge_micros=0, margin_micros=0)
        for day in BUSY.traffic
    ),
    traffic_before=BUSY.traffic_before,
)
"""One customer, one file, and nothing that could add up to more than 0."""

UNKNOWN: Dashboard = replace(
    BUSY,
    traffic=tuple(replace(day, margin_micros=None) for day in BUSY.traffic),
    ratios=Ratios(0, 0, 0, 0, 0),
    ratios_before=Ratios(0, 0, 0, 0, 0),
    tiles=replace(BUSY.tiles, file_last=LastFileTile(None, None, None)),
)
"""Costs that nobody told, and ratios that have no base."""
