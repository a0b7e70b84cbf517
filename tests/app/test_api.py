"""The page's figures as JSON, for programs with a token."""

import pytest

from data.domain.authorship import By
from data.domain.records import Role
from data.store.writes.tokens import token_added
from data.store.writes.versions import version_raised
from tests.factories import add_customer, add_invoice

WAY = {
    *("lines", "rejected", "duplicate", "ignored", "calls", "unmatched", "contested", "unrated"),
    *("charge", "plan", "invoiced", "unbilled", "paid", "outstanding", "overdue"),
}


def test_the_api_needs_a_token_or_a_session_and_a_token_opens_nothing_else(client, store, now):
    with store.writing() as conn:
        token_added(conn, By("t", now), name="r", role=Role.VIEWER, secret="s3cret")
    bearer = {"Authorization": "Bearer s3cret"}

    assert client.get("/api/v1/dashboard").status_code == 401
    assert client.get("/api/v1/dashboard", headers=bearer).status_code == 200
    assert client.get("/_dash-layout", headers=bearer).status_code == 401
    in_lower_case = {"Authorization": "bearer s3cret"}
    assert client.get("/api/v1/dashboard", headers=in_lower_case).status_code == 200
    wrong = client.get("/api/v1/dashboard", headers={"Authorization": "Bearer other"})
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (401, "Bearer")
    posted = client.post("/api/v1/dashboard", headers=bearer)
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_the_api_gives_the_pages_snapshot(inside, store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme", custid="A1")
        add_invoice(conn, acme, 12.5)
        version_raised(conn, now)

    shown = inside.get("/api/v1/dashboard?from=2026-06-01&to=2026-06-30").json

    assert shown["tiles"]["unpaid_invoices"]["outstanding"] == "12.50"
    assert shown["top_customers"] == {
        "from": "2026-06-01",
        "to": "2026-06-30",
        "rows": [{"custid": "A1", "customer": "Acme", "total": "12.50"}],
        "other": "0.00",
        "total": "12.50",
    }
    assert shown["files_by_month"][0]["month"] == "2026-04"
    assert set(shown) >= {"as_of", "data_version", "currency", "timezone", "ageing"}
    assert set(shown["line_to_cash"]) == WAY


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-06-01",
        "from=x&to=y",
        "from=2026-06-02&to=2026-06-01",
        "from=2010-01-01&to=2026-01-01",
        "from=9999-12-31&to=9999-12-31",
    ],
)
def test_dates_that_make_no_period_are_refused(inside, query):
    assert inside.get(f"/api/v1/dashboard?{query}").status_code == 400
