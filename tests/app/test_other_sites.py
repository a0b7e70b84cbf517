"""Requests that another site or another host name brings are refused."""

import pytest

from app import Outside, create_app


def test_beyond_loopback_without_a_page_address_only_numbers_are_its_name(settings, store, clock):
    wide = settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104
    client = create_app(wide, store, Outside(clock, lambda: "s" * 32)).server.test_client()

    assert client.get("/healthz", base_url="http://192.0.2.7:8050").status_code == 200
    assert client.get("/healthz", base_url="http://[2001:db8::7]").status_code == 200
    refused = client.get("/healthz", base_url="http://rebound.example")
    assert refused.status_code == 400
    assert "TOLLBOARD_PAGE_URL" in refused.json["error"]


def test_a_balancer_asks_for_the_health_of_a_named_page_by_its_number(settings, store, clock):
    named = settings.model_copy(update={"page_url": "https://calls.example.com"})
    client = create_app(named, store, Outside(clock, lambda: "s" * 32)).server.test_client()

    assert client.get("/healthz", base_url="http://192.0.2.7:8050").status_code == 200
    assert client.get("/healthz", base_url="http://rebound.example").status_code == 400
    assert client.get("/login", base_url="http://192.0.2.7:8050").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {},
    ],
    ids=["origin", "cross", "same-site", "none"],
)
def test_a_change_from_another_site_is_refused(inside, headers):
    assert inside.post("/logout", headers=headers).status_code == 403
    assert inside.get("/").status_code == 200


def test_another_host_name_is_refused_on_loopback(client):
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
