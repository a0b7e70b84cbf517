from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.time_format import TimeFormat
from ingest.times import moments
from ingest.zones import in_utc

ZERO = datetime(1970, 1, 1)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31))


def ms_of(moment: datetime) -> int:
    return (moment - ZERO) // timedelta(milliseconds=1)


def read(texts, *formats):
    found = moments(pa.array(texts, pa.string()), formats)
    return [int(ms) if known else None for ms, known in zip(found.ms, found.known, strict=True)]


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%-d/%-m/%Y %-H:%M:%S", "%m/%d/%Y %I:%M:%S %p",
     "%a %b %d %H:%M:%S %Y", "%Y%m%d%H%M%S"],
)  # fmt: skip
@settings(deadline=None)
@given(st.lists(INSTANTS, max_size=8))
def test_what_strftime_wrote_is_read_back(form, written):
    texts = [moment.strftime(form) for moment in written]

    assert read(texts, form) == [ms_of(moment.replace(microsecond=0)) for moment in written]


@settings(deadline=None)
@given(st.text(alphabet="0123456789-: T/aé", max_size=22))
def test_only_what_is_exactly_of_the_format_is_read(text):
    try:
        wanted = ms_of(datetime.strptime(text, "%Y-%m-%d %H:%M:%S")) if len(text) == 19 else None
    except ValueError:
        wanted = None
    if wanted is not None and not text.isascii():
        wanted = None

    assert read([text, "", "2026-03-02 09:00:00"], "%Y-%m-%d %H:%M:%S") == [
        wanted,
        None,
        1772442000000,
    ]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        pytest.param("2024-02-29 00:00:00", "%Y-%m-%d %H:%M:%S", "2024-02-29T00:00:00", id="leap"),
        pytest.param("2023-02-29 00:00:00", "%Y-%m-%d %H:%M:%S", None, id="no such day"),
        pytest.param("1/2/2026 12:05:00 a.m.", "%-d/%-m/%Y %-I:%M:%S %p", "2026-02-01T00:05:00",
                     id="midnight on a 12-hour clock"),
        pytest.param("1/2/2026 2:40:32 p.m.", "%-d/%-m/%Y %-I:%M:%S %p", "2026-02-01T14:40:32",
                     id="afternoon with dots"),
        pytest.param("20260201101500.250", "%Y%m%d%H%M%S.%3f", "2026-02-01T10:15:00.250",
                     id="milliseconds"),
        pytest.param("2026-02-01 10:15:00.118457+02", "%Y-%m-%d %H:%M:%S.%f%z",
                     "2026-02-01T08:15:00.118", id="offset and microseconds"),
        pytest.param("2026-02-01 10:15:00 +0000 UTC", "%Y-%m-%d %H:%M:%S %z %Z",
                     "2026-02-01T10:15:00", id="offset and name"),
        pytest.param("1767225600", "epoch_s", "2026-01-01T00:00:00", id="epoch"),
        pytest.param("1767225600123", "epoch_ms", "2026-01-01T00:00:00.123", id="epoch in ms"),
        pytest.param("1.7e9", "epoch_s", None, id="a spreadsheet's epoch"),
        pytest.param("Xxx 02 2026 10", "%b %d %Y %H", None, id="no such month"),
        pytest.param("2026-13-01 00:00:00", "%Y-%m-%d %H:%M:%S", None, id="a thirteenth month"),
        pytest.param("2026-02-01 10:15:60", "%Y-%m-%d %H:%M:%S", None, id="a leap second"),
        pytest.param("2000-02-29 00:00:00", "%Y-%m-%d %H:%M:%S", "2000-02-29T00:00:00",
                     id="leap in 2000"),
        pytest.param("2100-02-29 00:00:00", "%Y-%m-%d %H:%M:%S", None, id="no leap in 2100"),
        pytest.param("2026-02-01 10:15:00 -0330", "%Y-%m-%d %H:%M:%S %z", "2026-02-01T13:45:00",
                     id="half hours west"),
        pytest.param("2026-02-01 10:15:00 +05:45", "%Y-%m-%d %H:%M:%S %z", "2026-02-01T04:30:00",
                     id="quarter hours east"),
        pytest.param("01.02.69 10:00:00", "%d.%m.%y %H:%M:%S", "2069-02-01T10:00:00",
                     id="two digits, this century"),
        pytest.param("01.02.70 10:00:00", "%d.%m.%y %H:%M:%S", "1970-02-01T10:00:00",
                     id="two digits, the last one"),
        pytest.param("46054.5", "excel_days", "2026-02-01T12:00:00", id="a spreadsheet's day"),
        pytest.param("1767225600123456", "epoch_us", "2026-01-01T00:00:00.123",
                     id="epoch in microseconds"),
        pytest.param("2026-02-01 10:60:00", "%Y-%m-%d %H:%M:%S", None, id="a sixtieth minute"),
        pytest.param("2026-02-01 24:00:00", "%Y-%m-%d %H:%M:%S", None, id="a 25th hour"),
        pytest.param("2026-02-00 10:00:00", "%Y-%m-%d %H:%M:%S", None, id="no day"),
        pytest.param("99999999999999999", "epoch_s", None, id="an epoch of no year"),
    ],
)  # fmt: skip
def test_a_moment_is_read_or_refused(text, form, expected):
    wanted = None if expected is None else ms_of(datetime.fromisoformat(expected))

    assert read([text], form) == [wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Mar 01 23:59:59", "2026-03-01T23:59:59", id="of the day itself"),
        pytest.param("Mar 02 23:59:59", "2026-03-02T23:59:59", id="of tomorrow, for zones"),
        pytest.param("Mar 03 00:00:00", "2025-03-03T00:00:00", id="later: of the year before"),
        pytest.param("Dec 31 12:00:00", "2025-12-31T12:00:00", id="of the last December"),
        pytest.param("Feb 29 12:00:00", None, id="a day that neither year has"),
    ],
)
def test_a_moment_without_a_year_is_the_last_such_one(text, expected):
    found = moments(pa.array([text]), ["%b %d %H:%M:%S"], date(2026, 3, 1))
    wanted = [] if expected is None else [ms_of(datetime.fromisoformat(expected))]

    assert found.ms[found.known].tolist() == wanted
    assert read([text], "%b %d %H:%M:%S") == [None]


@pytest.mark.parametrize("text", ["%Q", "%Y-%m", "", "100%"])
def test_a_format_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match=r"format|known|lacks"):
        TimeFormat.of(text)


@settings(deadline=None)
@given(
    st.lists(INSTANTS, min_size=1, max_size=12),
    st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tehran"]),
)
def test_a_column_of_local_times_gives_what_zoneinfo_gives_one_by_one(local, name):
    zone = ZoneInfo(name)
    found = in_utc(np.array([ms_of(moment) for moment in local]), zone)

    for row, moment in enumerate(local):
        early = moment.replace(tzinfo=zone).utcoffset()
        late = moment.replace(tzinfo=zone, fold=1).utcoffset()
        assert found.ms[row] == ms_of(moment - early)
        assert found.later_ms[row] == ms_of(moment - late)
        assert found.ambiguous[row] == (early > late)
        assert found.missing[row] == (early < late)


def test_a_zone_that_changes_at_one_minute_past_is_right_within_the_quarter():
    zone = ZoneInfo("America/St_Johns")
    moments_of_a_change = [datetime(2011, 3, 13, 0, minute) for minute in (0, 1, 30)]

    found = in_utc(np.array([ms_of(moment) for moment in moments_of_a_change]), zone)

    assert found.missing.tolist() == [False, True, True]
