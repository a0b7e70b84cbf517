import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from dash import dcc, html
from dash._utils import to_json

from data.domain.dashboard import AttentionItem, CustomerTotal, SourceRhythm
from data.domain.periods import AskedPeriod
from data.domain.records import FileStatus
from data.domain.tiles import LastFileTile, UnpaidTile
from data.domain.views import AskedView
from layouts import ids
from layouts.blank import BLANK
from layouts.charts import figure, rows, series
from layouts.first_paint import markup
from layouts.header import Viewer, header_words
from layouts.login import Asked, failed_page, login_page
from layouts.page import Look, Seen, page, page_words, view_words
from layouts.words import Slot, words

VIEW, DATES = AskedView(), AskedView(AskedPeriod("dates"))
LOOK = Look(Viewer("anna.miller@example.com", "billing"), refresh_s=10, token="1")


def said(parts, component_id, prop="children"):
    return {word.slot: word.value for word in parts.all}[component_id, prop]


def ids_of(component):
    """Every id, also of components in other properties than children."""
    return re.findall(r'"id":\s?"([^"]+)"', to_json(component))


def with_tiles(**tiles):
    return replace(BLANK, tiles=replace(BLANK.tiles, **tiles))


@pytest.fixture
def busy():
    top = replace(
        BLANK.top_customers,
        rows=(CustomerTotal("A", "<b>Acme</b> & Sons", 60_000_000),),
        other_micros=40_000_000,
        other_count=3,
        total_micros=100_000_000,
    )
    unpaid = UnpaidTile(37, 18_127_850_000, 5_720_750_000, 12)
    return replace(with_tiles(unpaid_invoices=unpaid), top_customers=top)


def test_every_state_of_the_page_has_the_same_words_in_the_same_order(busy):
    assert page_words(busy, busy.as_of).slots == page_words(BLANK, BLANK.as_of).slots
    assert view_words(busy, DATES).slots == view_words(BLANK, VIEW).slots


def test_no_id_is_on_the_page_twice(busy):
    found = ids_of([*page(Seen(busy, busy), LOOK)])

    assert sorted(found) == sorted(set(found))


def test_every_word_has_its_place_on_the_page(busy):
    there = set(ids_of([*page(Seen(busy, busy), LOOK)]))
    slots = (*page_words(busy, busy.as_of).slots, *view_words(busy, VIEW).slots)

    assert {slot.id for slot in slots} <= there


def test_a_period_that_is_cut_says_so(busy):
    long = AskedPeriod("dates", date(2010, 1, 1), date(2026, 1, 1))

    said = {word.slot: word.value for word in header_words(busy, long).all}

    assert said[Slot("period-name", "children")] == "Cut to 10 years"


def test_a_tile_shortens_its_figure_and_keeps_the_exact_one_for_hover(busy):
    parts = view_words(busy, VIEW)

    assert said(parts, "unpaid-value") == "$18.13k"
    assert said(parts, "unpaid-value", "title") == "$18,127.85"
    assert said(parts, "unpaid-mark") == "$5,720.75 overdue"


def test_zero_never_and_unknown_differ():
    parts = page_words(BLANK, BLANK.as_of)

    assert said(parts, "files-success-value") == "0"
    assert said(parts, "file-last-time") == "never"
    assert said(view_words(BLANK, VIEW), "traffic-asr") == "—"


def test_only_failed_files_colour_their_tile():
    assert said(page_words(BLANK, BLANK.as_of), "files-error", "className") == "card tile"
    failed = with_tiles(files_error=replace(BLANK.tiles.files_error, count=2))
    assert "is-bad" in said(page_words(failed, BLANK.as_of), "files-error", "className")


def test_the_last_file_names_its_outcome_by_word_and_class():
    last = LastFileTile(datetime(2026, 6, 1, tzinfo=UTC), "x.csv", FileStatus.ERROR)
    parts = page_words(with_tiles(file_last=last), BLANK.as_of)

    assert said(parts, "file-last-mark") == "error"
    assert said(parts, "file-last-mark", "className") == "pill bad"


def test_the_attention_strip_is_absent_on_a_clean_day():
    assert said(page_words(BLANK, BLANK.as_of), "needs", "hidden") is True


def test_a_late_source_follows_the_clock_and_urgent_things_come_first():
    due = BLANK.as_of
    failed = AttentionItem("files_failed", urgent=True, text="1 CDR file failed", action="See why")
    shown = replace(BLANK, rhythms=(SourceRhythm("west", due, due),), attention=(failed,))

    parts = page_words(shown, due + timedelta(hours=3))

    assert said(parts, "need-0-text") == "1 CDR file failed"
    assert said(parts, "need-1-text") == "west is 3 h late"
    assert said(page_words(shown, due), "need-1", "hidden") is True


def test_what_does_not_fit_the_strip_is_there_to_be_asked_for():
    items = tuple(AttentionItem("disk", urgent=False, text=f"{n}", action="Look") for n in range(8))

    parts = page_words(replace(BLANK, attention=items), BLANK.as_of)

    assert said(parts, "needs-title") == "Needs you (8)"
    rest = json.loads(str(said(parts, "needs-rest", "data-rest")))
    assert rest == [["need", "6", "Look", "files"], ["need", "7", "Look", "files"]]


def test_an_empty_store_says_what_fills_it():
    assert said(page_words(BLANK, BLANK.as_of), "welcome", "hidden") is False
    one = replace(BLANK.tiles.customers, count=1)
    assert said(page_words(with_tiles(customers=one), BLANK.as_of), "welcome", "hidden") is True


def test_a_top_5_adds_up_with_its_other(busy):
    drawn = rows(ids.TOP_CUSTOMERS, busy)

    assert [(name, micros) for _, name, micros in drawn] == [
        ("<b>Acme</b> & Sons", 60_000_000),
        ("Other (3)", 40_000_000),
    ]
    parts = view_words(busy, VIEW)
    assert said(parts, "top-customers-total") == "$100.00"
    assert said(parts, "top-customers-0-share") == "60%"


def test_a_name_reaches_plotly_as_text(busy):
    drawn = figure(ids.TOP_CUSTOMERS, busy)

    assert drawn["data"][1]["text"][0] == "&lt;b>Acme&lt;/b> &amp; Sons"


@pytest.mark.parametrize("chart", ids.CHARTS)
def test_patching_a_figure_reaches_everything_that_a_fresh_one_has(chart, busy):
    patched = figure(chart, BLANK)
    for change in series(chart, busy):
        patched["data"][change.trace][change.attribute] = change.values

    assert patched == figure(chart, busy)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.unclosed, self.words = [], []

    def handle_starttag(self, tag, _attributes):
        if tag != "input":  # which has no end
            self.unclosed.append(tag)

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_is_sound_html_with_the_nine_numbers_before_any_script_runs(busy):
    reader = _Reader()
    reader.feed(markup(page(Seen(busy, busy), LOOK).still))

    assert reader.unclosed == []
    for number in ("$18.13k", "37 invoices", "CDR files: waiting", "never"):
        assert number in reader.words


def test_whatever_dash_adds_has_a_place_and_fills_every_one(busy):
    still, moving = page(Seen(busy, busy), LOOK)
    filled = re.findall(r'"place":\s?"([^"]+)"', to_json(moving))

    assert sorted(filled) == sorted(found for found in ids_of(still) if found.endswith("-place"))


def test_plain_html_escapes_what_people_wrote():
    assert markup(html.B('<i> & "', title='"><script>')) == (
        '<b title="&quot;&gt;&lt;script&gt;">&lt;i&gt; &amp; &quot;</b>'
    )


def test_a_graph_has_no_plain_form():
    with pytest.raises(TypeError, match="Graph has no plain form"):
        markup(html.Div(dcc.Graph()))


def test_a_component_without_a_word_is_a_mistake():
    with pytest.raises(KeyError):
        words(("a", {"children": "x"})).put(html.Div, "b")


def test_the_login_page_repeats_the_address_but_runs_nothing_of_it():
    shown = login_page(Asked(problem="No.", email='"><script>', after="/?a=1&b=2"))

    assert "<script>" not in shown
    assert 'value="/?a=1&amp;b=2"' in shown


def test_an_unreadable_store_has_a_page_of_its_own_that_looks_again():
    shown = failed_page("There is no store.")

    assert '<script src="/login/again.js" defer></script>' in shown
    assert '<a class="other" href="">Look now</a>' in shown
    assert "http-equiv" not in shown  # WCAG 2.2.1: nobody's reading is cut off by a timed reload


def test_initials_come_from_the_address():
    assert Viewer("anna.miller@example.com", "x").initials == "AM"
    assert Viewer("admin@example.com", "x").initials == "AD"
