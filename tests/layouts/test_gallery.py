import pytest

from app import Outside, create_app
from data.domain.panels import Panel
from layouts.first_paint import markup
from layouts.gallery import PLAIN, STATES, gallery_page, of_panel
from layouts.openings import OPENINGS
from layouts.sample_rows import sample_row


@pytest.mark.parametrize("slug", [state.slug for state in STATES] + [of_panel("payments")])
def test_every_state_can_be_made(slug):
    still, moving = gallery_page(slug)

    assert 'id="main"' in markup(still)
    assert moving.to_plotly_json()


def test_the_server_of_a_store_shows_no_made_up_state(settings, store, now):
    app = create_app(settings, store, Outside(lambda: now, lambda: "a random text of some length"))

    addresses = {rule.rule for rule in app.server.url_map.iter_rules()}

    assert not addresses & {f"/{slug}" for slug in ("gallery", *PLAIN) if slug != "login"}
    assert "Aldermoor Logistics" not in str(app.halves())


def test_the_gallery_lists_every_state_and_panel():
    listed = str(gallery_page("").still)

    assert all(f"state={state.slug}" in listed for state in STATES)
    assert all(f"state={of_panel(slug)}" in listed for slug in OPENINGS)


@pytest.mark.parametrize("panel", Panel)
def test_a_made_up_row_has_no_blank_cell_but_those_that_often_are(panel):
    blank = {name for name, said in sample_row(panel, 1).items() if not said}

    assert blank <= {"dismissed_why", "holder", "notes"}
