from dataclasses import replace
from datetime import date, timedelta

import pytest

from data.domain.history import Figure, TileHistory
from data.domain.tiles import ErrorTile
from data.domain.views import NarrowedTo
from layouts.blank import BLANK
from layouts.past import look, past_words

TODAY = date(2026, 6, 15)
MONTH_AGO = date(2026, 5, 15)


def kept(*days):
    return TileHistory({Figure.ERROR: days})


def said(shown):
    parts = past_words("files-error", Figure.ERROR, shown)
    return {(word.slot.id.rsplit("-", 1)[1], word.slot.prop): word.value for word in parts.all}


@pytest.fixture
def failing():
    tiles = replace(BLANK.tiles, files_error=ErrorTile(6, None))
    return replace(BLANK, today=TODAY, tiles=tiles)


def test_a_tile_is_compared_with_what_was_kept_a_month_ago(failing):
    words = said(replace(failing, history=kept((MONTH_AGO, 4))))

    assert words["change", "children"] == "▲ 2 (50\N{THIN SPACE}%)"
    assert words["change", "className"] == "bad"
    assert words["against", "children"] == "vs 15 May"


def test_without_a_kept_day_nothing_is_compared_and_no_line_is_drawn(failing):
    words = said(replace(failing, history=kept((MONTH_AGO - timedelta(days=9), 4))))

    assert words["change", "children"] == words["against", "children"] == ""
    assert words["spark", "className"] == "spark none"


def test_a_line_needs_two_kept_days_besides_today(failing):
    days = [(TODAY - timedelta(days=back), back) for back in (2, 1, 0)]

    assert said(replace(failing, history=kept(*days)))["spark", "className"] == "spark"
    assert said(replace(failing, history=kept(*days[1:])))["spark", "className"] == "spark none"


def test_the_tiles_of_one_customer_have_no_past(failing):
    narrowed = replace(failing, customer=NarrowedTo(1, "A1", "Acme"))
    words = said(replace(narrowed, history=kept((MONTH_AGO, 4))))

    assert words["change", "children"] == ""


@pytest.mark.parametrize(
    ("sense", "better", "wanted"),
    [
        ("up", "up", "good"),
        ("up", "down", "bad"),
        ("up", None, "neutral"),
        ("same", "down", "same"),
    ],
)
def test_fewer_errors_are_good_and_what_has_no_direction_is_neutral(sense, better, wanted):
    assert look(sense, better) == wanted
