"""The fictional reseller's invoices look like somebody's."""

from data.documents.logo import MOST_BYTES, mime_type
from ingest.demo.logo import logo


def test_the_logo_is_drawn_the_same_each_time_and_small_enough_for_a_document():
    drawn = logo()

    assert drawn == logo()
    assert mime_type(drawn) == "image/png"
    assert len(drawn) < MOST_BYTES // 50
