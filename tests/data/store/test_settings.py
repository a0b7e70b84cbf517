"""What the store remembers by a key."""

from data.store.queries.settings import setting
from data.store.writes.settings import setting_kept


def test_a_setting_that_was_never_kept_is_none(conn):
    assert setting(conn, "demo") is None


def test_the_last_value_kept_is_the_one_that_is_found(conn):
    setting_kept(conn, "demo", "begun")
    setting_kept(conn, "demo", "complete")

    assert setting(conn, "demo") == "complete"
