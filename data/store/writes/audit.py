"""The audit log: who changed what, written in the transaction of the change."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert

from data.domain.authorship import By
from data.store.schema import audit_log

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Audit:
    """One change.

    Attributes:
        action: What happened, as a past event: customer_saved.
        subject: To what: customer 1001.
        before: The facts that changed, as they were; none: it is new.
        after: The same facts as they are; none: it is gone.
    """

    action: str
    subject: str
    before: Facts | None = None
    after: Facts | None = None


def audited(conn: Connection, by: By, *audits: Audit) -> None:
    """Write changes to the log."""
    all_audited(conn, by, audits)


def all_audited(conn: Connection, by: By, audits: Iterable[Audit]) -> None:
    """Write many changes to the log at once."""
    rows = [
        {
            "at": by.at,
            "actor": by.actor,
            "action": audit.action,
            "subject": audit.subject,
            "before": _json(audit.before),
            "after": _json(audit.after),
        }
        for audit in audits
    ]
    if rows:
        conn.execute(insert(audit_log), rows)


def _json(facts: Facts | None) -> str | None:
    if facts is None:
        return None
    return json.dumps(facts, ensure_ascii=False, default=_text, sort_keys=True)


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    raise TypeError(f"{type(value).__name__} cannot be audited")


def differing(before: Facts, after: Facts) -> tuple[dict[str, object], dict[str, object]]:
    """Return the facts that differ, before and after."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
