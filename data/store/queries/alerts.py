"""What should be told outside the page, told or not."""

from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from data.domain.alerts import Alert, AlertKind, Channel, lateness
from data.domain.records import FileStatus
from data.store.queries.attention import rhythms
from data.store.schema import alerts, cdr_files, sources


def alerts_untold(conn: Connection, channel: Channel, now: datetime) -> list[Alert]:
    """Return what a channel was not told yet, failed files first, each in the order of time.

    What another process is just telling is left out. A file that fails again for the same reason
    is not told again, and neither is one that was dismissed or withdrawn.
    """
    query = select(alerts.c.kind, alerts.c.subject).where(
        alerts.c.channel == channel,
        or_(alerts.c.sent_at.is_not(None), alerts.c.claimed_until >= now),
    )
    told = {f"{kind}:{subject}" for kind, subject in conn.execute(query)}
    late = sorted(lateness(rhythms(conn), now), key=lambda alert: (alert.at, alert.subject))
    return [alert for alert in (*_failed(conn), *late) if alert.key not in told]


def _failed(conn: Connection) -> list[Alert]:
    query = (
        select(
            cdr_files.c.id,
            cdr_files.c.name,
            sources.c.name,
            cdr_files.c.processed_at,
            cdr_files.c.error_code,
            cdr_files.c.error,
        )
        .select_from(cdr_files.outerjoin(sources, sources.c.id == cdr_files.c.source_id))
        .where(
            and_(cdr_files.c.status == FileStatus.ERROR, cdr_files.c.processed_at.is_not(None)),
            cdr_files.c.dismissed_at.is_(None),
            cdr_files.c.withdrawn_at.is_(None),
        )
        .order_by(cdr_files.c.processed_at, cdr_files.c.id)
    )
    return [
        Alert(
            AlertKind.FILE_FAILED,
            subject=f"{file_id}:{code or ''}",
            at=at,
            source=source or "",
            file_id=file_id,
            file=name,
            why=error or "",
        )
        for file_id, name, source, at, code, error in conn.execute(query)
    ]
