"""Real files of other people, where they lie beside the project: read to the line."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.domain.errors import UnknownFormat
from ingest.identify import identified
from ingest.profile import profiles
from ingest.proof import file_zone
from tests.mangling import read_in_full
from tests.reading import profile_named, read_file, whole

SAMPLES = Path(__file__).parents[2].parent / "shared" / "cdr-samples"
FILES = sorted(path for path in SAMPLES.glob("*/*") if path.is_file())
PROFILES = profiles()
EXPECTED = {  # folder: format, calls, rejected, ignored
    "3cx-cdr": {("3cx", 1404, 0, 0)},
    "asterisk-cdr_csv": {("asterisk-cdr-csv", 84, 0, 0)},
    "avaya-ip-office-smdr": {("generic-csv", 6, 0, 0)},
    "cgrates-csv": {("cgrates-csv", 2, 0, 0)},
    "cucm-cdr": {("cisco-cucm-no-header", 300, 0, 0)},
    "freepbx-cdr-report-export": {("freepbx-export", 100, 0, 0)},
    "freepbx-mysql-dump": {("freepbx-cdr-table", 856, 0, 0)},
    "freeswitch-cdr_csv": {("freeswitch-cdr-csv", 0, 10, 0)},
    "generic-six-column": {("generic-csv", 0, 25, 0)},
    "kamailio-opensips-flatstore": {
        ("kamailio-flatstore", 4, 0, 4),
        ("kamailio-flatstore", 0, 0, 1),
        ("kamailio-flatstore", 0, 0, 2),
    },
    "sonus-act": {("sonus-act", 1, 0, 0)},
}
REFUSED = {"avaya-cm", "cdr-stats-import"}

pytestmark = pytest.mark.skipif(
    not FILES and not os.environ.get("CI"), reason="the samples are not beside the project"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name[-16:]}")
def test_every_sample_is_read_to_the_line_or_refused_with_reasons(path):
    if path.parent.name in REFUSED:
        with pytest.raises(UnknownFormat, match="new-profile"):
            identified(path, PROFILES)
        return

    profile = identified(path, PROFILES).profile
    reading = read_file(path, profile)

    read_in_full(path, profile, path.read_bytes())
    ended = (profile.name, len(reading.calls), len(reading.rejections), len(reading.ignored))
    assert ended in EXPECTED[path.parent.name]


@pytest.mark.parametrize(
    ("folder", "name", "hours"),
    [
        ("asterisk-cdr_csv", "asterisk-cdr-csv", 0),
        ("freepbx-cdr-report-export", "freepbx-export", 1),
        ("freepbx-mysql-dump", "freepbx-cdr-table", 1),
    ],
)
def test_a_sample_proves_its_own_offset(folder, name, hours):
    path = next(path for path in FILES if path.parent.name == folder)

    found = file_zone(whole(path, profile_named(name)), ZoneInfo("Asia/Tokyo"))

    assert found.assumed is False
    assert found.zone.utcoffset(None).total_seconds() == hours * 3600


def test_times_cut_to_the_minute_are_the_reason_for_every_line_of_the_damaged_sample():
    path = next(path for path in FILES if path.parent.name == "freeswitch-cdr_csv")

    reading = read_file(path, profile_named("freeswitch-cdr-csv"))

    assert {reason for _, reason in reading.refused()} == {"time_without_seconds"}
