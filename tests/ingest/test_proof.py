from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ingest.proof import FileZone, file_zone
from tests.reading import profile_named, whole

ASTERISK = profile_named("asterisk-cdr-csv")
TWO_HOURS = timezone(timedelta(hours=2))
PARIS = ZoneInfo("Europe/Paris")
WINTER, SUMMER = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 7, 5, 9, tzinfo=UTC)


def line(began: datetime, zone) -> str:
    local = f"{began.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return (
        f'"","1","2","c","","SIP/a-1","","Dial","x","{local}",,"{local}",0,0,"BUSY",'
        f'"DOCUMENTATION","{int(began.timestamp())}.7",""'
    )


def written(folder, *lines):
    path = folder / "Master.csv"
    path.write_text("".join(text + "\n" for text in lines))
    return path


def zone_of(path, otherwise):
    return file_zone(whole(path, ASTERISK), otherwise)


def test_the_file_proves_its_offset(tmp_path):
    path = written(tmp_path, line(SUMMER, PARIS), line(SUMMER, PARIS))

    assert zone_of(path, UTC) == FileZone(TWO_HOURS, False, "the file proves UTC+02:00")


def test_one_leg_that_starts_long_after_its_channel_does_not_unprove_it(tmp_path):
    late = line(SUMMER, PARIS).replace(f"{int(SUMMER.timestamp())}.7", "1783240000.7")
    path = written(tmp_path, *[line(SUMMER, PARIS)] * 5, late)

    assert zone_of(path, UTC) == FileZone(TWO_HOURS, False, "the file proves UTC+02:00")


def test_a_file_over_a_change_of_the_clocks_agrees_with_the_zone_that_explains_it(tmp_path):
    path = written(tmp_path, *[line(WINTER, PARIS)] * 1500, *[line(SUMMER, PARIS)] * 1500)

    assert zone_of(path, UTC).assumed is True
    assert zone_of(path, PARIS).assumed is False
    assert zone_of(path, PARIS).zone is PARIS
    assert zone_of(path, ZoneInfo("Asia/Tokyo")).assumed is True


def test_a_file_without_epochs_proves_nothing(tmp_path):
    path = written(tmp_path, line(SUMMER, PARIS).rsplit(",", 2)[0])

    found = zone_of(path, PARIS)

    assert (found.zone, found.assumed) == (PARIS, True)
