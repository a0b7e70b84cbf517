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

PASSWORD = "seven quiet herons"
OURS = {"Origin": "http://localhost"}
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
        form = {"email": f"{role}@example.com", "password": PASSWORD}
        assert client.post("/login", data=form, headers=OURS).status_code == 303
        return app, client

    return enter


def rows_answer(app, client):
    callback = next(key for key in app.callback_map if "getRowsResponse" in key)
    outputs = [
        {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1].split("@")[0]}
        for part in callback.strip(".").split("...")
    ]
    body = {
        "output": callback,
        "outputs": outputs,
        "inputs": [
            {"id": "grid", "property": "getRowsRequest", "value": {"startRow": 0, "endRow": 10}}
        ],
        "state": [{"id": "location", "property": "search", "value": f"?{ASKED}"}],
        "changedPropIds": ["grid.getRowsRequest"],
    }
    return client.post("/_dash-update-component", json=body, headers=OURS).text


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
