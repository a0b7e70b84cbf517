"""Which alerts left, and which somebody is just sending."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, tuple_, update

from data.domain.alerts import Alert, Channel
from data.store.queries.alerts import alerts_untold
from data.store.schema import alerts, data_version

MOST_AT_ONCE = 500
"""More than this wait for the next run: one message stays one that a person reads."""
CLAIMED_FOR = timedelta(minutes=10)
"""Who claimed alerts and did not say how it went within this time has died on the way."""


def alerts_claimed(conn: Connection, channel: Channel, now: datetime) -> list[Alert]:
    """Take what a channel was not told yet, so that no other process tells it too."""
    conn.execute(select(data_version.c.id).with_for_update())  # where writers do not queue anyway
    found = alerts_untold(conn, channel, now)[:MOST_AT_ONCE]
    if found:
        conn.execute(delete(alerts).where(_these(channel, found)))
        rows = [
            {
                "kind": alert.kind,
                "subject": alert.subject,
                "channel": channel,
                "raised_at": alert.at,
                "claimed_until": now + CLAIMED_FOR,
            }
            for alert in found
        ]
        conn.execute(insert(alerts), rows)
    return found


def alerts_sent(
    conn: Connection, channel: Channel, told: Sequence[Alert], sent_at: datetime
) -> None:
    """Remember that a channel took alerts: they are never told there again."""
    conn.execute(
        update(alerts).where(_these(channel, told)).values(sent_at=sent_at, claimed_until=None)
    )


def alerts_released(conn: Connection, channel: Channel, untold: Sequence[Alert]) -> None:
    """Give alerts back that a channel did not take: the next run tells them."""
    conn.execute(delete(alerts).where(_these(channel, untold)))


def _these(channel: Channel, some: Sequence[Alert]) -> ColumnElement[bool]:
    keys = [(alert.kind.value, alert.subject) for alert in some]
    return and_(alerts.c.channel == channel, tuple_(alerts.c.kind, alerts.c.subject).in_(keys))
