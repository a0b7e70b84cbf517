"""What the page is before any callback: words and figures, and scripts of its own."""

from data.store.writes.versions import version_raised
from layouts.login import FILES
from tests.factories import add_customer, add_file, add_invoice


def test_scripts_are_known_before_the_first_request(make_app):
    assert "dash_ag_grid" in make_app().registered_paths


def test_the_page_runs_no_script_of_the_pages_before_it(inside):
    shown = inside.get("/").get_data(as_text=True)

    assert "/assets/live.js" in shown
    assert [name for name in FILES if name.endswith(".js") and name in shown] == []


def test_the_index_carries_the_nine_numbers_before_any_script(inside, store, now):
    with store.writing() as conn:
        acme = add_customer(conn, "Acme")
        add_invoice(conn, acme, 12.5)
        add_file(conn, name="last.csv")
        version_raised(conn, now)

    index = inside.get("/").text.partition("<script")[0]

    for word in ("$12.50", "1 invoice", "last.csv", "Open help tickets"):
        assert word in index
