"""Nothing but the open routes answers without a login, nothing without a declared role."""

import re

import pytest
from dash import Input, Output

from callbacks.gate import OPEN
from callbacks.rights import refuse_undeclared
from tests.posting import OURS, call


def test_nothing_but_the_open_routes_answers_without_a_login(client, app):
    refused = {}
    for rule in app.server.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in rule.methods:
            status = client.open(address, method=method, headers=OURS).status_code
            if rule.endpoint not in OPEN:
                refused[address, method] = status

    assert len(OPEN) == 4
    assert len(refused) > 15
    assert set(refused.values()) == {401}


def test_no_callback_answers_without_a_login(client, app):
    for output in app.callback_map:
        body = call(app, output, [("read", "data", 1)])
        answer = client.post("/_dash-update-component", json=body, headers=OURS)
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    ["//", "/%2e/", "/./", "/_DASH-layout", "/_dash%2dlayout", "/_dash-layout/", "/x/..;/", "/any"],
)
def test_no_spelling_of_an_address_gets_past_the_gate(client, path):
    assert client.get(path).status_code in (401, 308, 404, 302)
    assert b"Tollboard</h1>" not in client.get(path).data


def test_a_callback_or_a_route_without_a_declared_role_does_not_start(make_app):
    app = make_app()
    app.callback(Output("page", "title"), Input("tick", "n_intervals"))(lambda _ticks: "")
    with pytest.raises(AssertionError, match=r"page\.title"):
        refuse_undeclared(app.server, app, OPEN)

    other = make_app()
    other.server.add_url_rule("/new", endpoint="new-route", view_func=str)
    with pytest.raises(AssertionError, match="new-route"):
        refuse_undeclared(other.server, other, OPEN)
