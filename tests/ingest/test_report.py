"""What a run says of itself: its report, and what the tiles keep of it."""

import os
import re

from data.domain.authorship import By
from data.store import schema
from data.store.queries.versions import newest_version
from data.store.schema import cdr_files
from data.store.writes.source_settings import SourceSettings, source_added
from ingest.report import Outcome
from ingest.run import run
from tests.ingesting import NOW, an_ingest, deliver, ingested, lines, rows


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


def test_a_name_that_is_no_text_costs_its_own_file_only(store, settings):
    bad = settings.inbox_dir / os.fsdecode(b"bad\xff.csv")
    settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    bad.write_bytes(b"one,two\nthree,four\n")
    deliver(settings, "good.csv", lines(1))

    report = run(an_ingest(store, settings))

    assert report.exit_code == 1
    told = sorted(each.as_line() for each in report.files)
    assert told[0].startswith(r"error: bad\xff.csv is in no known format; nothing was read.")
    assert told[1].startswith("success: good.csv")
    with store.snapshot() as conn:
        assert sorted(rows(conn, cdr_files, "name", "error_code")) == [
            (r"bad\xff.csv", "unknown_format"),
            ("good.csv", None),
        ]


def test_a_source_of_a_format_that_is_not_there_is_told_and_not_read_as_another(store, settings):
    with store.writing() as conn:
        source_added(conn, "pbx", SourceSettings(profile="nosuch"), By("test", NOW))
    deliver(settings, "pbx/a.csv", lines(1))

    report = run(an_ingest(store, settings))

    (told,) = report.files
    assert (report.exit_code, told.status) == (1, Outcome.ERROR)
    assert "is of format nosuch, which is not among" in told.as_line()
    assert "python -m data source edit pbx --profile NAME" in told.as_line()


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
