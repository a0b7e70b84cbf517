"""What a run says of itself: its report, and what the tiles keep of it."""

import re

from data.store import schema
from data.store.queries.versions import newest_version
from ingest.run import run
from tests.ingesting import an_ingest, deliver, ingested, lines, rows


def test_the_json_of_a_run_has_the_keys_of_the_contract(store, settings):
    deliver(settings, "a.csv", lines(1))

    said = run(an_ingest(store, settings)).as_json()

    assert list(said) == ["files", "totals", "seconds"]
    assert said["files"] == [
        {
            "id": 1,
            "name": "a.csv",
            "source": "asterisk-cdr-csv",
            "profile": "asterisk-cdr-csv",
            "status": "success",
            "lines": 1,
            "loaded": 1,
            "rejected": 0,
            "duplicate": 0,
            "ignored": 0,
            "error": None,
        }
    ]
    assert said["totals"] == {
        "files": 1,
        "success": 1,
        "error": 0,
        "lines": 1,
        "loaded": 1,
        "rejected": 0,
        "duplicate": 0,
        "ignored": 0,
    }


def test_a_file_of_which_no_line_could_be_loaded_is_told_so(store, settings):
    without_seconds = re.sub(r"(:\d\d):\d\d", r"\1", lines(1, 2, 3))
    deliver(settings, "saved-by-a-spreadsheet.csv", without_seconds)

    (report,) = run(an_ingest(store, settings)).files

    assert (report.counts.loaded, report.counts.rejected) == (0, 3)
    assert "No line of it could be loaded" in report.as_line()


def test_a_run_keeps_what_the_tiles_say_and_a_quiet_one_writes_nothing(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    with store.snapshot() as conn:
        kept = rows(conn, schema.tile_history, "tile", "value", "day")
        version = newest_version(conn).version

    ingested(store, settings)

    assert ("files_success", 1) in [(tile, value) for tile, value, _ in kept]
    with store.snapshot() as conn:
        assert rows(conn, schema.tile_history, "tile", "value", "day") == kept
        assert newest_version(conn).version == version
