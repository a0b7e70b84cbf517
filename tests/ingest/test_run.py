"""The scheduled run on real files: every line accounted for, everything once."""

import bz2
import gzip
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from data.domain.records import FileStatus, MatchState, RateState
from data.store import schema
from data.store.queries.files import cdr_file
from data.store.queries.retention import CALLS_EXPIRED
from data.store.queries.versions import newest_version
from data.store.schema import calls, cdr_files, deliveries
from ingest.run import looked, run
from tests.factories import add_customer
from tests.ingesting import (
    NOON,
    NOW,
    add_auth_code,
    add_rates,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    rows,
)


def a_customer(conn, account="acc1", **prices):
    table = add_rates(conn, f"rates of {account}", **(prices or {"p1": 60_000}))
    customer = add_customer(conn, f"Customer {account}", rate_table_id=table)
    add_auth_code(conn, customer, account)
    return customer


def test_a_file_becomes_calls_with_customer_price_and_rollups(store, settings):
    with store.writing() as conn:
        customer = a_customer(conn)
    deliver(
        settings,
        "a.csv",
        lines(1, 2) + line(3, account="nobody") + line(4, talk_s=0, disposition="BUSY"),
    )

    assert ingested(store, settings) == [("a.csv", "success", 4, 0, 0, 0)]

    with store.snapshot() as conn:
        found = rows(
            conn,
            calls,
            "line",
            "customer_id",
            "match_state",
            "rate_state",
            "billed_s",
            "charge_micros",
        )
        assert found == [
            (1, customer, MatchState.MATCHED, RateState.RATED, 60, 60_000),
            (2, customer, MatchState.MATCHED, RateState.RATED, 60, 60_000),
            (3, None, MatchState.UNMATCHED, RateState.UNRATED, 0, None),
            (4, customer, MatchState.MATCHED, RateState.NOT_NEEDED, 0, 0),
        ]
        assert_books_balance(conn)
    assert list(settings.inbox_dir.iterdir()) == []


def test_an_answered_call_without_a_rate_is_never_priced_nothing(store, settings):
    with store.writing() as conn:
        a_customer(conn, p44=1)
    deliver(settings, "a.csv", lines(1))

    ingested(store, settings)

    with store.snapshot() as conn:
        assert rows(conn, calls, "rate_state", "charge_micros") == [(RateState.UNRATED, None)]


def test_a_provider_is_matched_apart_and_gives_the_cost(store, settings):
    with store.writing() as conn:
        customer = a_customer(conn)
        carrier = add_customer(
            conn, "Carrier", provider=True, rate_table_id=add_rates(conn, "buy", p15=20_000)
        )
        add_auth_code(conn, carrier, "+1555", field="CalledNumber", kind="prefix")
    deliver(settings, "a.csv", lines(1))

    ingested(store, settings)

    with store.snapshot() as conn:
        found = rows(conn, calls, "customer_id", "provider_id", "charge_micros", "cost_micros")
        assert found == [(customer, carrier, 60_000, 20_000)]
        assert_books_balance(conn)


def test_running_again_changes_nothing(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    with store.snapshot() as conn:
        before = [rows(conn, table) for table in schema.metadata.sorted_tables]

    assert ingested(store, settings) == []

    with store.snapshot() as conn:
        assert [rows(conn, table) for table in schema.metadata.sorted_tables] == before


@pytest.mark.parametrize("name", ["a.csv", "other name.csv", "folder/a.csv"])
def test_the_same_content_again_is_a_repeated_delivery(store, settings, name):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    deliver(settings, name, lines(1, 2))

    assert ingested(store, settings) == [(name.split("/")[-1], "repeated", 0, 0, 0, 0)]

    with store.snapshot() as conn:
        assert conn.execute(select(func.count()).select_from(cdr_files)).scalar_one() == 1
        assert rows(conn, deliveries, "file_id", "name") == [(1, name.split("/")[-1])]
        assert_books_balance(conn)
    assert not (settings.inbox_dir / name).exists()


def test_the_same_content_twice_in_one_look_is_loaded_once(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    deliver(settings, "b.csv", lines(1, 2))

    assert sorted(each[1:3] for each in ingested(store, settings)) == [
        ("repeated", 0),
        ("success", 2),
    ]

    assert list(settings.inbox_dir.iterdir()) == []


def test_an_overlapping_file_loads_each_call_once_and_names_the_original(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))
    ingested(store, settings)
    deliver(settings, "b.csv", lines(2, 3, 4))

    assert ingested(store, settings) == [("b.csv", "success", 1, 0, 2, 0)]

    with store.snapshot() as conn:
        same = (schema.duplicates.c.started_at == calls.c.started_at) & (
            schema.duplicates.c.call_key == calls.c.call_key
        )
        query = select(schema.duplicates.c.line, calls.c.file_id, calls.c.line).join(calls, same)
        assert sorted(map(tuple, conn.execute(query))) == [(1, 1, 2), (2, 1, 3)]
        assert_books_balance(conn)


def test_a_call_repeated_within_a_file_counts_once(store, settings):
    legs = [line(n, linkedid=place) for place, n in enumerate((1, 1, 2, 1))]
    deliver(settings, "a.csv", "".join(legs))

    assert ingested(store, settings) == [("a.csv", "success", 2, 0, 2, 0)]

    with store.snapshot() as conn:
        assert rows(conn, schema.duplicates, "line") == [(2,), (4,)]
        assert_books_balance(conn)


def test_equal_lines_without_an_identity_are_two_calls_and_each_is_loaded_once(store, settings):
    deliver(settings, "a.csv", lines(1, 1, 2))
    deliver(settings, "b.csv", lines(1, 1, 1, 3))

    found = sorted(ingested(store, settings))

    assert found == [("a.csv", "success", 3, 0, 0, 0), ("b.csv", "success", 2, 0, 2, 0)]
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_legs_of_one_call_fold_into_the_longest(store, settings):
    with store.writing() as conn:
        a_customer(conn)
    legs = line(1, linkedid=1, talk_s=5) + line(2, linkedid=1) + line(3, linkedid=2)
    deliver(settings, "a.csv", legs)

    assert ingested(store, settings) == [("a.csv", "success", 2, 0, 0, 1)]

    with store.snapshot() as conn:
        assert rows(conn, calls, "line") == [(2,), (3,)]
        assert rows(conn, schema.ignored_lines) == [(1, 1, "folded_leg")]
        assert_books_balance(conn)


def test_the_same_name_with_ten_more_lines_adds_exactly_ten(store, settings):
    deliver(settings, "a.csv", lines(*range(20)))
    ingested(store, settings)
    deliver(settings, "a.csv", lines(*range(30)))

    assert ingested(store, settings) == [("a.csv", "success", 10, 0, 20, 0)]


def test_broken_lines_cost_only_themselves(store, settings):
    content = "".join(line(n) if n % 100 else f'"broken {n}\n' for n in range(1, 501))
    deliver(settings, "a.csv", content)

    assert ingested(store, settings) == [("a.csv", "success", 495, 5, 0, 0)]

    with store.snapshot() as conn:
        assert [row[0] for row in rows(conn, schema.rejections, "line")] == [
            100,
            200,
            300,
            400,
            500,
        ]
        assert rows(conn, schema.rejections, "raw")[0] == ('"broken 100',)
        assert_books_balance(conn)


def test_a_source_can_say_how_many_rejections_fail_a_file(store, settings):
    deliver(settings, "switch/a.csv", lines(1, 2, 3) + '"broken\n')
    looked(an_ingest(store, settings))
    with store.writing() as conn:
        conn.execute(update(schema.sources).values(rejected_ppm_tolerated=100_000))

    assert ingested(store, settings) == [("a.csv", "error", 0, 0, 0, 0)]

    with store.snapshot() as conn:
        file = cdr_file(conn, 1)
        assert file.error.startswith("1 of 4 lines were rejected")
        assert_books_balance(conn)


BAD = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 40, "not_text"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + bytes(200), "not_text"),
    "cut-off.csv.gz": (gzip.compress(lines(*range(200)).encode())[:-20], "truncated"),
    "plain-called.gz": (lines(7).encode(), "not_text"),
    "other.csv": (b"colour;weight\nred;12\nblue;14\n", "unknown_format"),
}


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=list(BAD))
def test_a_file_that_cannot_be_used_ends_in_error_and_the_next_goes_on(
    store, settings, content, code, request
):
    deliver(settings, request.node.callspec.id, content)
    deliver(settings, "good.csv", lines(1))

    report = run(an_ingest(store, settings))

    assert report.exit_code == 1
    assert sorted(each.status.value for each in report.files) == ["error", "success"]
    with store.snapshot() as conn:
        (bad,) = rows(
            conn, cdr_files, "id", "error_code", "error", where=cdr_files.c.status == "error"
        )
        assert bad[1] == code
        assert len(bad[2]) > 20
        kept = cdr_file(conn, bad[0])
        assert_books_balance(conn)
    assert Path(kept.location).read_bytes() == content
    assert list(settings.inbox_dir.iterdir()) == []


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress])
def test_compressed_files_are_read(store, settings, packed):
    deliver(settings, "a.csv.packed", packed(lines(1, 2).encode()))

    assert ingested(store, settings) == [("a.csv.packed", "success", 2, 0, 0, 0)]


def test_a_file_that_is_still_written_is_left_until_it_rests(store, settings):
    path = deliver(settings, "a.csv", lines(1))
    busy = settings.model_copy(update={"settle_s": 60.0})
    written = path.stat().st_ctime

    at = datetime.fromtimestamp(written, UTC)
    assert ingested(store, busy, now=at + timedelta(seconds=30)) == []
    with path.open("a") as file:
        file.write(line(2))
    at = datetime.fromtimestamp(path.stat().st_ctime, UTC)

    assert ingested(store, busy, now=at + timedelta(seconds=61)) == [
        ("a.csv", "success", 2, 0, 0, 0)
    ]


def test_a_file_written_to_while_it_is_read_goes_back_to_waiting(store, settings):
    path = deliver(settings, "a.csv", lines(1))

    def grow(step):
        if step == "parsed":
            with path.open("a") as file:
                file.write(line(2))

    report = run(an_ingest(store, settings, step=grow))

    assert [each.status.value for each in report.files] == ["waiting"]
    assert ingested(store, settings)[-1][1:3] == ("success", 2)
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_what_is_seen_waits_at_once(store, settings):
    deliver(settings, "a.csv", lines(1))

    looked(an_ingest(store, settings))

    with store.snapshot() as conn:
        assert rows(conn, cdr_files, "name", "status") == [("a.csv", FileStatus.WAITING)]


def test_a_sub_folder_is_a_source_of_its_own(store, settings):
    deliver(settings, "east/a.csv", lines(1))
    deliver(settings, "west/a.csv", lines(1) + line(2))

    assert [each[1:3] for each in ingested(store, settings)] == [("success", 1), ("success", 2)]

    with store.snapshot() as conn:
        assert rows(conn, schema.sources, "name", "folder") == [("east", "east"), ("west", "west")]
        assert_books_balance(conn)


def test_files_at_the_top_belong_to_a_source_named_after_the_profile(store, settings):
    deliver(settings, "a.csv", lines(1))

    report = run(an_ingest(store, settings))

    assert report.files[0].source == "asterisk-cdr-csv"


def test_files_of_a_disabled_source_stay_in_the_inbox(store, settings):
    deliver(settings, "east/a.csv", lines(1))
    looked(an_ingest(store, settings))
    ingested(store, settings)
    with store.writing() as conn:
        conn.execute(update(schema.sources).values(disabled_at=NOW))
    path = deliver(settings, "east/b.csv", lines(2))

    assert ingested(store, settings) == []
    assert path.exists()


def test_no_room_leaves_files_waiting_and_says_so(store, settings, monkeypatch):
    deliver(settings, "a.csv", lines(1))
    monkeypatch.setattr("ingest.keeping.SPARE_BYTES", 1 << 62)

    report = run(an_ingest(store, settings))

    assert report.exit_code == 2
    assert "make room" in str(report.files[0].error)
    with store.snapshot() as conn:
        assert rows(conn, cdr_files, "status") == [("waiting",)]


def test_odd_names_go_through_and_are_kept_under_an_id(store, settings):
    for raw in (b"a\nb.csv", b"\xff\xfe.csv", b"-rf", b"x" * 255):
        deliver(settings, os.fsdecode(raw), line(len(raw)))

    assert [each[1] for each in ingested(store, settings)] == ["success"] * 4

    assert list(settings.inbox_dir.iterdir()) == []


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


def test_a_large_file_is_read_by_several_processes_with_the_same_result(store, settings):
    with store.writing() as conn:
        a_customer(conn)
    content = "".join(
        line(n, account=f"acc{n % 3}", linkedid=n) if n % 1_000 else '"broken\n'
        for n in range(1, 100_001)
    ) + "".join(line(n, linkedid=170_000 + n) for n in (1, 2, 3))
    deliver(settings, "a.csv", content)

    assert ingested(store, settings) == [("a.csv", "success", 99_900, 100, 3, 0)]

    with store.snapshot() as conn:
        assert rows(conn, schema.duplicates, "line") == [(100_001,), (100_002,), (100_003,)]
        assert [row[0] for row in rows(conn, schema.rejections, "line")] == [
            1_000 * n for n in range(1, 101)
        ]
        assert_books_balance(conn)


def test_legs_whose_talk_adds_up_are_one_call_priced_for_the_sum(store, settings):
    with store.writing() as conn:
        table = add_rates(conn, "sell", p02=60_000)
        customer = add_customer(conn, "Acme", rate_table_id=table)
        add_auth_code(conn, customer, "1206", field="CallingNumber")
    tail = "0,1000001,{more},E1206,Bob,T9001,Line 1.1,0,0" + "," * 13
    legs = [
        f"2026/03/02 09:00:00,00:01:00,7,1206,O,02079460002,02079460002,,{tail.format(more=1)}",
        f"2026/03/02 09:00:00,00:02:00,0,1206,O,02079460002,02079460002,,{tail.format(more=0)}",
    ]
    deliver(settings, "smdr.csv", "".join(f"{each}\n" for each in legs))

    assert ingested(store, settings) == [("smdr.csv", "success", 1, 0, 0, 1)]

    with store.snapshot() as conn:
        found = rows(conn, calls, "line", "talk_ms", "billed_s", "charge_micros")
        assert found == [(1, 180_000, 180, 180_000)]
        assert_books_balance(conn)


def test_lines_of_days_that_retention_took_away_are_ignored(store, settings):
    with store.writing() as conn:
        conn.execute(insert(schema.settings).values(key=CALLS_EXPIRED, value="2026-06-10"))
    deliver(settings, "a.csv", line(1, at=NOON - timedelta(days=1)) + line(2))

    assert ingested(store, settings) == [("a.csv", "success", 1, 0, 0, 1)]

    with store.snapshot() as conn:
        assert rows(conn, schema.ignored_lines) == [(1, 1, "expired")]
        assert_books_balance(conn)


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
