"""How callbacks are wired, and how little a tick and a new period send."""

import json
import re

from callbacks import snapshots
from data.store.queries.dashboard import dashboard
from data.store.writes.versions import version_raised
from tests.factories import add_customer
from tests.posting import OURS, call, tick


def test_two_apps_in_one_process_have_the_same_callbacks(make_app):
    one, other = make_app(), make_app()

    assert one.callback_map
    assert set(one.callback_map) == set(other.callback_map)


def test_every_id_that_a_callback_names_is_on_the_page(inside, app):
    there = set(re.findall(r'"id":\s?"([^"]+)"', inside.get("/_dash-layout").text))
    wired = json.loads(inside.get("/_dash-dependencies").text)

    named = {part["id"] for one in wired for part in (*one["inputs"], *one["state"])}
    for one in wired:
        outputs = one["output"].strip(".").split("...")
        named |= {output.rsplit(".", 1)[0] for output in outputs}

    named = {one for one in named if not one.startswith("{")}  # buttons that a panel makes
    assert named <= there
    assert app.layout is not None


def test_a_tick_sends_words_when_something_moved_and_almost_nothing_else(inside, app, store, now):
    before = json.loads(tick(inside, app, token=None).text)
    token = before["response"]["read"]["data"]["token"]

    quiet = tick(inside, app, token=token)
    with store.writing() as conn:
        add_customer(conn, "Acme")
        version_raised(conn, now)
    moved = json.loads(tick(inside, app, token=token).text)

    assert len(quiet.data) < 300
    assert set(json.loads(quiet.text)["response"]) == {"read"}  # no word, and no second request
    assert "moved" in moved["response"]
    assert "1" in moved["response"]["page-words"]["data"]


def test_a_period_answers_with_patches_and_not_with_figures(inside, app):
    body = call(
        app,
        "..view-words.data",
        [("moved", "data", {}), ("location", "search", "?from=2026-06-01&to=2026-06-30")],
        [("shown", "data", "")],
    )
    response = inside.post("/_dash-update-component", json=body, headers=OURS).json["response"]

    assert "1 Jun – 30 Jun" in response["view-words"]["data"]
    assert all(
        "__dash_patch_update" in part["figure"]
        for key, part in response.items()
        if key.endswith("-graph")
    )


def test_any_number_of_viewers_cost_one_read_per_change(inside, app, monkeypatch):
    reads = []

    def counted(*asked):
        reads.append(asked)
        return dashboard(*asked)

    monkeypatch.setattr(snapshots, "dashboard", counted)

    for _ in range(5):
        tick(inside, app, token=None)

    assert len(reads) <= 1
