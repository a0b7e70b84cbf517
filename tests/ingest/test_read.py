import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import read
from ingest.read import blocks, segments
from tests.mangling import GOLDEN, damaged, read_in_full
from tests.reading import profile_named, read_file, whole

ASTERISK = profile_named("asterisk-cdr-csv")
LINE = (
    '"acme","07700900123","0207946{n:04d}","c","""A"" <1>","SIP/a-{n}","SIP/b-{n}","Dial","x",'
    '"2026-03-02 09:00:00","2026-03-02 09:00:07","2026-03-02 09:02:12",132,125,"ANSWERED",'
    '"DOCUMENTATION","1772442000.{n}",""'
)


def lines(count: int) -> list[str]:
    return [LINE.format(n=n) for n in range(count)]


def written(path, rows, end="\n"):
    path.write_bytes((end.join(rows) + end).encode("latin-1"))
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_kind_of_line_end_gives_the_same_calls(tmp_path, end):
    clean = read_file(written(tmp_path / "a", lines(5)), ASTERISK)

    other = read_file(written(tmp_path / "b", lines(5), end), ASTERISK)

    assert other.calls.equals(clean.calls)


def test_a_byte_order_mark_and_a_missing_last_newline_change_nothing(tmp_path):
    clean = read_file(written(tmp_path / "a", lines(3)), ASTERISK)
    path = tmp_path / "b"
    path.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines(3)).encode())

    assert read_file(path, ASTERISK).calls.equals(clean.calls)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_read_by_its_byte_order_mark(tmp_path, encoding):
    clean = read_file(written(tmp_path / "a", lines(3)), ASTERISK)
    path = tmp_path / "b"
    text = ("\ufeff" if encoding == "utf-16-be" else "") + "\n".join(lines(3))
    path.write_bytes(text.encode(encoding))

    assert read_file(path, ASTERISK).calls.equals(clean.calls)


def test_blocks_of_any_size_give_the_same_calls(tmp_path, monkeypatch):
    path = written(tmp_path / "a", [*lines(40), "broken", "", *lines(3)], "\r\n")
    whole = read_file(path, ASTERISK)

    monkeypatch.setattr(read, "BLOCK_BYTES", 700)
    pieces = read_file(path, ASTERISK)

    assert pieces.calls.equals(whole.calls)
    assert pieces.rejections == whole.rejections
    assert pieces.lines == whole.lines == 45


def test_segments_meet_at_line_ends_and_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "BLOCK_BYTES", 1000)
    path = written(tmp_path / "a", lines(60))

    parts = segments(whole(path, ASTERISK), 4)

    called = [n for part in parts for block in blocks(part) for n in block.frame["dst"]]
    assert len(parts) == 4
    assert called == [f"0207946{n:04d}" for n in range(60)]


def test_one_bad_line_costs_no_other_one(tmp_path):
    good = lines(6)
    rows = [
        good[0],
        '"open',
        good[1],
        "a,b,c",
        good[2],
        good[3][:-1],
        '"',
        good[4],
        "\x00" + good[5],
    ]

    reading = read_file(written(tmp_path / "a", rows), ASTERISK)

    assert reading.refused() == [
        (2, "quoting"),
        (4, "column_count"),
        (6, "quoting"),
        (7, "quoting"),
        (9, "control_character"),
    ]
    assert list(reading.calls["line"]) == [1, 3, 5, 8]


def test_a_quote_that_opens_inside_a_line_swallows_no_other_line(tmp_path):
    good = lines(3)
    swallowing = good[1].removesuffix('""') + 'x"y,"z'

    reading = read_file(written(tmp_path / "a", [good[0], swallowing, good[2]]), ASTERISK)

    assert list(reading.calls["line"]) == [1, 3]
    assert reading.refused() == [(2, "quoting")]


def test_a_line_over_the_cap_is_rejected_and_the_next_one_is_read(tmp_path):
    good = lines(2)
    rows = [good[0], "x" * 9_000_000, good[1]]

    reading = read_file(written(tmp_path / "a", rows), ASTERISK)

    assert reading.refused() == [(2, "line_too_long")]
    assert [len(item.raw) for item in reading.rejections] == [4096]
    assert list(reading.calls["line"]) == [1, 3]


def test_a_line_in_the_fallback_encoding_is_read(tmp_path):
    name = LINE.format(n=1).replace('""A""', '""\xc5sa""')

    reading = read_file(written(tmp_path / "a", [name, *lines(1)]), ASTERISK)

    assert reading.refused() == []
    assert list(reading.calls["line"]) == [1, 2]


def test_columns_that_a_new_option_adds_in_the_middle_of_a_file_are_read(tmp_path):
    longer = LINE.format(n=7) + ',"","1772442000.7",3'

    reading = read_file(written(tmp_path / "a", [*lines(2), longer, *lines(1)]), ASTERISK)

    assert list(reading.calls["line"]) == [1, 2, 3, 4]
    assert list(reading.calls["by_content"]) == [True, True, False, True]
    assert reading.calls["fold_key"].notna().tolist() == [False, False, True, False]


MANGLED, DAMAGES = 1_400, 12
"""So many files are made up, and so often is each golden one damaged: more than 2,000 in all."""
mangled = st.lists(
    st.one_of(
        st.just(LINE.format(n=1).encode()),
        st.binary(max_size=60),
        st.sampled_from([b'"', b"\n", b"\r", b"\r\n", b",", b"\x00", b"\xff", b'""', b'",']),
        st.integers(0, 250).map(lambda n: LINE.format(n=2).encode()[:n]),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("mangled") / "file"


@settings(deadline=None, max_examples=MANGLED)
@given(mangled)
def test_no_bytes_crash_the_reader_or_unbalance_the_lines(scratch, pieces):
    good = LINE.format(n=0).encode() + b"\n"
    data = good * 4 + b"".join(pieces) + b"\n" + good * 3
    scratch.write_bytes(data)

    read_in_full(scratch, ASTERISK, data)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_damage_to_any_format_crashes_the_reader_or_unbalances_the_lines(path, scratch):
    profile = profile_named(path.parent.name)
    for seed in range(DAMAGES):
        data = damaged(path.read_bytes(), random.Random(seed))
        scratch.write_bytes(data)

        read_in_full(scratch, profile, data)


def test_a_call_is_not_taken_for_a_line_of_types_that_is_missing(tmp_path):
    path = tmp_path / "cdr_site_n1_202603020900_1"
    path.write_text(
        "cdrRecordType,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,duration,pkid,"
        "callingPartyNumber,finalCalledPartyNumber\n"
        "1,1772442000,1772442002,1772442062,60,p1,101,102\n"
    )

    reading = read_file(path, profile_named("cisco-cucm"))

    assert [call["talk_ms"] for call in reading.told()] == [60_000]


@pytest.mark.parametrize("blank", ["", " \t"], ids=["empty", "of blanks"])
def test_a_blank_line_is_no_line_and_the_next_ones_keep_their_numbers(tmp_path, blank):
    good = lines(3)

    reading = read_file(
        written(tmp_path / "a", [good[0], blank, blank, *good[1:], blank]), ASTERISK
    )

    assert reading.refused() == []
    assert list(reading.calls["line"]) == [1, 4, 5]
    assert reading.lines == 6


def test_a_blank_line_tells_nothing_of_a_last_line_that_is_cut_off(tmp_path):
    (golden,) = (path for path in GOLDEN if path.name == "twenty.log")
    lines = golden.read_bytes()
    data = lines + b"\n" + lines.splitlines()[-1][:60]
    path = tmp_path / "twenty.log"
    path.write_bytes(data)

    read_in_full(path, profile_named("3cx"), data)  # every line ends in one way


def test_a_line_cut_where_an_older_release_ends_is_no_call_of_that_release(tmp_path):
    (golden,) = (path for path in GOLDEN if path.name == "full.log")
    whole_line = golden.read_bytes().splitlines()[-1]
    cut = b",".join(whole_line.replace(b"9745", b"9746").split(b",")[:20])
    path = tmp_path / "full.log"
    path.write_bytes(golden.read_bytes() + cut)

    reading = read_file(path, profile_named("3cx"))

    assert reading.refused()[-1] == (reading.lines, "column_count")


def test_a_last_line_that_is_cut_off_makes_no_number_of_columns_usual(tmp_path):
    golden = next(path for path in GOLDEN if path.parent.name == "cisco-cucm-no-header")
    record = golden.read_bytes().splitlines()[0]
    short = record[: record.rindex(b",")]
    path = tmp_path / "cdr.txt"
    path.write_bytes(b"\n".join([*[record] * 9, short, short, short]))

    reading = read_file(path, profile_named("cisco-cucm-no-header"))

    assert reading.refused() == [(line, "column_count") for line in (10, 11, 12)]
