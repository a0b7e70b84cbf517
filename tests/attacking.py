"""A page with everything on it to attack, and what an attacker sends."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, insert, select, text

from app import Outside, create_app
from callbacks.gate import CALLBACKS
from data.domain.authorship import By
from data.domain.records import FileStatus, InvoiceStatus, RejectionReason, Role
from data.settings import Settings
from data.store import schema
from data.store.connect import Store
from data.store.writes.tokens import token_added
from data.store.writes.users import user_added
from tests.factories import (
    add_call,
    add_customer,
    add_file,
    add_invoice,
    add_payment,
    add_source,
    add_ticket,
    roll_up,
)

PASSWORD = "seven quiet herons"
OURS = {"Origin": "http://localhost"}
TOKEN = "a token that reads"
PANELS = "?panel={panel}&from=2026-06-01&to=2026-06-30"


@dataclass
class Target:
    """A page, its store, and a hand on its clock."""

    settings: Settings
    store: Store
    now: datetime
    app: Any = field(init=False)

    def __post_init__(self) -> None:
        secrets = (f"secret {number} {'x' * 30}" for number in count())
        self.app = create_app(
            self.settings, self.store, Outside(lambda: self.now, lambda: next(secrets))
        )

    @property
    def server(self) -> Any:
        return self.app.server

    def stranger(self) -> FlaskClient:
        client: FlaskClient = self.server.test_client()
        return client

    def entered(self, role: Role, password: str = PASSWORD) -> FlaskClient:
        client = self.stranger()
        answer = log_in(client, f"{role}@example.com", password)
        assert answer.status_code == 303, answer.status_code
        return client

    def body(self, output: str, **values: Any) -> dict[str, Any]:
        """What a browser posts for a callback; values by component id, none elsewhere."""
        wired = self.app.callback_map[output]
        inputs = [_filled(part, values) for part in wired["inputs"]]
        outputs = [
            {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1].split("@")[0]}
            for part in output.strip(".").split("...")
        ]
        first = wired["inputs"][0]
        return {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "inputs": inputs,
            "state": [_filled(part, values) for part in wired["state"]],
            "changedPropIds": [f"{first['id']}.{first['property']}"],
        }

    def called(self, client: FlaskClient, output: str, **values: Any) -> Any:
        return client.post(CALLBACKS, json=self.body(output, **values), headers=OURS)

    def state(self) -> str:
        """All that the store holds, those tables left out that reading writes."""
        left_out = {"audit_log", "login_failures", "sessions", "tile_history"}
        with self.store.snapshot() as conn:
            return "\n".join(
                str(tuple(row))
                for table in schema.metadata.sorted_tables
                if table.name not in left_out
                for row in conn.execute(select(table).order_by(*table.primary_key.columns))
            )

    def audited(self, action: str) -> int:
        with self.store.snapshot() as conn:
            query = select(schema.audit_log).where(schema.audit_log.c.action == action)
            return len(conn.execute(query).all())


def _filled(part: dict[str, Any], values: dict[str, Any]) -> Any:
    if part["id"].startswith("{"):
        wild = json.loads(part["id"])
        one = {name: "record" if isinstance(at, list) else at for name, at in wild.items()}
        return [{"id": one, "property": part["property"], "value": values.get("*")}]
    return part | {"value": values.get(part["id"])}


def log_in(client: FlaskClient, email: str, password: str, **more: Any) -> Any:
    headers = OURS | more.pop("headers", {})
    form = {"email": email, "password": password, **more}
    return client.post("/login", data=form, headers=headers)


def furnished(store: Store, now: datetime, words: str = "Acme") -> None:
    """Fill a store so that every panel has rows, with words in every text that has a place."""
    by = By("t", now)
    with store.writing() as conn:
        for role in Role:
            user_added(conn, by, email=f"{role}@example.com", role=role, password=PASSWORD)
        token_added(conn, by, name="reader", role=Role.VIEWER, secret=TOKEN)
        conn.execute(text("UPDATE tenant SET name = :words"), {"words": words})
        worded(conn, now, words)
        roll_up(conn)
        conn.execute(text("UPDATE data_version SET version = version + 1"))


def worded(conn: Connection, now: datetime, words: str) -> None:
    """Add one of each thing that has texts, with words in every one of them."""
    source = add_source(conn, words, folder=words.replace("/", "_"))
    good = add_file(conn, name=words, source_id=source, loaded=2, rejected=1)
    add_file(conn, name=words, status=FileStatus.ERROR, error=words, source_id=source)
    conn.execute(
        insert(schema.rejections).values(
            file_id=good, line=1, reason=RejectionReason.COLUMN_COUNT, raw=words
        )
    )
    whose = add_customer(conn, words, first_name=words, street=words, city=words, email=words)
    dated = {"invoice_date": now.date() - timedelta(days=3), "due_date": now.date()}
    owed = add_invoice(conn, whose, 12.5, number=f"7{words}", **dated)
    add_payment(conn, whose, 2.5, invoice_id=owed, paid_on=now.date(), notes=words)
    add_invoice(conn, whose, 5, status=InvoiceStatus.DRAFT, **dated)
    add_ticket(conn, words, text=words)
    for customer_id in (whose, None):
        add_call(
            conn,
            file_id=good,
            customer_id=customer_id,
            calling_number=words,
            called_number=words,
            billing_number=words,
            charge_micros=1_000_000 if customer_id else None,
            started_at=now - timedelta(days=3),
        )
