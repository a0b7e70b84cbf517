"""Numbers that a role may not see are masked wherever they could come out, on the server."""

import io
import json
from itertools import count

import openpyxl
import pytest

from app import Outside, create_app
from data.domain.authorship import By
from data.domain.records import Role
from data.store.writes.users import user_added
from tests.factories import add_call, add_customer, add_file, roll_up
from tests.posting import PASSWORD, body, callback_of, log_in, posted

NUMBERS = ("2025550100", "2079460100")
ASKED = "panel=calls&from=2026-06-01&to=2026-06-30"


@pytest.fixture
def entered(settings, store, now):
    with store.writing() as conn:
        add_file(conn, id=1)
        add_call(conn, customer_id=add_customer(conn, "Acme"))
        roll_up(conn)
        for role in Role:
            user_added(
                conn, By("t", now), email=f"{role}@example.com", role=role, password=PASSWORD
            )

    def enter(role, masked_for):
        chosen = settings.model_copy(update={"mask_numbers_for": masked_for})
        secrets = (f"secret {number} {'x' * 30}" for number in count())
        app = create_app(chosen, store, Outside(lambda: now, lambda: next(secrets)))
        client = app.server.test_client()
        assert log_in(client, f"{role}@example.com").status_code == 303
        return app, client

    return enter


def rows_answer(app, client):
    first = {"startRow": 0, "endRow": 10}
    sent = body(app, callback_of(app, "getRowsResponse"), grid=first, location=f"?{ASKED}")
    return posted(client, sent).text


def exported(client, form):
    with client.get(f"/export?form={form}&{ASKED}") as answer:
        return answer.data


def everything(app, client):
    """All that a caller can get of a call, as one text."""
    texts = [exported(client, form).decode() for form in ("csv", "machine")]
    book = openpyxl.load_workbook(io.BytesIO(exported(client, "xlsx")))
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    return "\n".join([rows_answer(app, client), *texts, str(cells)])


@pytest.mark.parametrize(
    ("role", "masked_for", "masked"),
    [
        (Role.VIEWER, "", False),
        (Role.VIEWER, "viewer", True),
        (Role.BILLING, "viewer", False),
        (Role.BILLING, "billing", True),
        (Role.ADMIN, "billing", False),
    ],
)
def test_numbers_come_out_masked_for_the_roles_that_the_setting_names(
    entered, role, masked_for, masked
):
    told = everything(*entered(role, masked_for))

    assert [number in told for number in NUMBERS] == [not masked] * 2
    assert ("***100" in told) is masked


def test_a_masked_export_by_a_number_is_refused_and_says_why(entered):
    _, client = entered(Role.VIEWER, "viewer")
    by_number = json.dumps({"called_number": {"type": "contains", "filter": "2079"}})

    answer = client.get("/export", query_string=f"form=csv&{ASKED}&filter={by_number}")

    assert answer.status_code == 400
    assert "masked for your role" in answer.json["error"]
