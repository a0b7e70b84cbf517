"""A page of an empty store: which words there are, whatever they say."""

from datetime import UTC, date, datetime

from data.domain.dashboard import (
    Ageing,
    Dashboard,
    LineToCash,
    MonthOfFiles,
    Ratios,
    TopCustomers,
    TopDestinations,
    TrafficDay,
)
from data.domain.history import TileHistory
from data.domain.periods import Period, last_three_months
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

_DAY = date(2000, 1, 1)
_PERIOD = Period(_DAY, _DAY)
_TOP = TopCustomers(_PERIOD, (), 0, 0, 0)

BLANK = Dashboard(
    as_of=datetime(2000, 1, 1, tzinfo=UTC),
    data_version=0,
    changed_at=None,
    today=_DAY,
    tenant="",
    currency="USD",
    minor_digits=2,
    timezone="UTC",
    customer=None,
    tiles=Tiles(
        customers=CustomersTile(0, 0, 0),
        disk=DiskTile(0, None),
        draft_invoices=DraftsTile(0, 0, None),
        unpaid_invoices=UnpaidTile(0, 0, 0, 0),
        files_success=SuccessTile(0, 0, 0),
        files_error=ErrorTile(0, None),
        files_waiting=WaitingTile(0, 0, None),
        file_last=LastFileTile(None, None, None),
        open_tickets=TicketsTile(0, None),
    ),
    top_customers=_TOP,
    top_paying=_TOP,
    files_by_month=tuple(
        MonthOfFiles(month.first, month.last, 0, 0, 0) for month in last_three_months(_DAY)
    ),
    ageing=Ageing(0, 0, 0, 0, 0),
    line_to_cash=LineToCash(_PERIOD, *(0 for _ in range(20))),
    attention=(),
    rhythms=(),
    traffic=(TrafficDay(_DAY, 0, 0, 0, 0, 0),),
    calls_through=None,
    traffic_before=(TrafficDay(_DAY, 0, 0, 0, 0, 0),),
    ratios=Ratios(0, 0, 0, 0, 0),
    ratios_before=Ratios(0, 0, 0, 0, 0),
    top_destinations=TopDestinations((), 0, 0, 0),
    history=TileHistory(),
)
