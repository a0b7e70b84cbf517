"""The nine numbers of the page, each with what its second line tells."""

from dataclasses import dataclass
from datetime import datetime

from data.domain.history import Figure
from data.domain.records import FileStatus


@dataclass(frozen=True)
class CustomersTile:
    """Customers not deleted, providers among them; `added` since the start of the past month."""

    count: int
    providers: int
    added: int


@dataclass(frozen=True)
class DiskTile:
    """Bytes of the CDR files kept, as stored; the allotment when one is set."""

    used_bytes: int
    allotted_bytes: int | None


@dataclass(frozen=True)
class DraftsTile:
    """Draft invoices not deleted; when the oldest was made."""

    count: int
    total_micros: int
    oldest: datetime | None


@dataclass(frozen=True)
class UnpaidTile:
    """Recorded invoices with something outstanding, and the part past its due date."""

    count: int
    outstanding_micros: int
    overdue_micros: int
    overdue_count: int


@dataclass(frozen=True)
class SuccessTile:
    """Files whose latest processing succeeded."""

    count: int
    with_rejections: int
    last_24h: int


@dataclass(frozen=True)
class ErrorTile:
    """Files whose latest processing failed and that nobody dismissed."""

    count: int
    newest: datetime | None


@dataclass(frozen=True)
class WaitingTile:
    """Files received and not yet processed, the ones in work included."""

    count: int
    processing: int
    oldest: datetime | None


@dataclass(frozen=True)
class LastFileTile:
    """The file processed most recently, whatever the outcome; nothing before the first one."""

    processed_at: datetime | None
    name: str | None
    outcome: FileStatus | None


@dataclass(frozen=True)
class TicketsTile:
    """Tickets not resolved; when the oldest was opened."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Tiles:
    """The nine numbers of the page (PRODUCT.md 1.1: all time or now, never the period)."""

    customers: CustomersTile
    disk: DiskTile
    draft_invoices: DraftsTile
    unpaid_invoices: UnpaidTile
    files_success: SuccessTile
    files_error: ErrorTile
    files_waiting: WaitingTile
    file_last: LastFileTile
    open_tickets: TicketsTile

    @property
    def figures(self) -> dict[Figure, int]:
        """What is kept of the tiles, day by day."""
        return {
            Figure.UNPAID: self.unpaid_invoices.outstanding_micros,
            Figure.DRAFTS: self.draft_invoices.count,
            Figure.CUSTOMERS: self.customers.count,
            Figure.SUCCESS: self.files_success.count,
            Figure.ERROR: self.files_error.count,
            Figure.WAITING: self.files_waiting.count,
            Figure.DISK: self.disk.used_bytes,
            Figure.TICKETS: self.open_tickets.count,
        }
