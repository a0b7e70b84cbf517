import pytest

from bench.cdr_lines import LAYOUTS, written
from data.domain.errors import AmbiguousFormat, EmptyFile, NotText, UnknownFormat
from ingest.identify import identified
from ingest.profile import profiles
from tests.reading import profile_named

PROFILES = profiles()
HEADER = b"start time,caller,callee,seconds\n"


def file_with(folder, data):
    path = folder / "calls.csv"
    path.write_bytes(data)
    return path


def test_a_header_alone_is_a_file_of_its_format(tmp_path):
    found = identified(file_with(tmp_path, HEADER), PROFILES)

    assert found.profile.name == "generic-csv"
    assert found.reason == "its header names started, calling, called, talk"


@pytest.mark.parametrize("data", [b"", b"\n\n \r\n"], ids=["no bytes", "blank lines"])
def test_a_file_without_anything_in_it_is_empty(tmp_path, data):
    with pytest.raises(EmptyFile):
        identified(file_with(tmp_path, data), PROFILES)


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n\x00\x01\x02\x03" + bytes(range(32)) * 30, b"\x7fELF\x02\x01\x01" + bytes(900)],
    ids=["document", "program"],
)
def test_a_binary_file_is_not_text(tmp_path, data):
    with pytest.raises(NotText):
        identified(file_with(tmp_path, data), PROFILES)


def test_a_file_of_another_kind_says_of_every_format_why_it_is_not_it(tmp_path):
    path = file_with(tmp_path, b"sku,price\nA1,3.50\n")

    with pytest.raises(UnknownFormat) as caught:
        identified(path, PROFILES)

    assert all(profile.name in caught.value.message for profile in PROFILES)
    assert "new-profile" in caught.value.message


def test_two_formats_that_recognise_a_file_are_both_named(tmp_path):
    general = profile_named("generic-csv")

    with pytest.raises(AmbiguousFormat, match=r"generic-csv.*generic-csv"):
        identified(file_with(tmp_path, HEADER), (general, general))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_switchs_own_file_is_recognised_whole_by_one_format(tmp_path, layout):
    """With all the columns that it has: a format without header knows some by their place."""
    path = tmp_path / "calls"
    written(path, 200, layout=LAYOUTS[layout])

    found = identified(path, PROFILES)

    assert (
        found.profile.name
        == {
            "asterisk": "asterisk-cdr-csv",
            "freeswitch": "freeswitch-cdr-csv",
            "3cx": "3cx",
            "cucm": "cisco-cucm",
        }[layout]
    )


def test_dates_that_could_be_read_both_ways_are_not_guessed(tmp_path):
    path = file_with(tmp_path, HEADER + b"03/04/2026 10:00:00,1,2,3\n")

    with pytest.raises(UnknownFormat, match="could be"):
        identified(path, PROFILES)


def test_a_file_that_begins_with_a_few_broken_lines_is_still_itself(tmp_path):
    good = (
        b'"","1","2","c","","SIP/a-1","","Dial","x","2026-03-02 09:00:00",,"2026-03-02 09:02:12",'
        b'132,0,"BUSY","DOCUMENTATION"\n'
    )

    found = identified(file_with(tmp_path, b"oops\n" + good * 3 + b'"\n'), PROFILES)

    assert found.profile.name == "asterisk-cdr-csv"
