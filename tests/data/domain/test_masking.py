import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.masking import masked_number, masked_text, without_secrets


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12125550123", "***123"),
        ("07700900456", "***456"),
        ("sip:+442071838750@carrier.example", "***750@carrier.example"),
        ("(212) 555-0199", "***199"),
        ("1001", "1001"),
        ("", ""),
        ("anonymous", "anonymous"),
    ],
)
def test_a_number_keeps_its_last_digits_and_a_short_code_stays(number, shown):
    assert masked_number(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call from +1 212 555 0123 refused", "call from ***123 refused"),
        ("no rate for 442071838750.", "no rate for ***750."),
        ("212-555-0199 is busy", "***199 is busy"),
        ("Master-20261123.csv", "Master-20261123.csv"),
        ("cdr_20261123142601.csv", "cdr_20261123142601.csv"),
        ("taken 20261123142601 UTC", "taken 20261123142601 UTC"),
        ("2026-11-23 14:26:01", "2026-11-23 14:26:01"),
        ("from 192.168.100.200", "from 192.168.100.200"),
        ("sha256 9f86d081884c7d659a2feaa0c55ad015", "sha256 9f86d081884c7d659a2feaa0c55ad015"),
    ],
)
def test_numbers_in_a_text_are_masked_and_times_and_addresses_stay(text, shown):
    assert masked_text(text) == shown


@given(
    st.from_regex(r"[1-9][0-9]{9,14}", fullmatch=True), st.sampled_from(["{}", "to {}.", "<{}>"])
)
def test_no_long_number_survives_whole_unless_it_reads_as_a_time(number, around):
    shown = masked_text(around.format(number))

    assert number not in shown or (number.startswith("20") and len(number) in {12, 14})


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://bill:hunter2@db.example/tollboard",
        "postgresql+psycopg://bill:p@hunter2@db.example/tollboard",
        "host=db password=hunter2 user=bill",
        "password: 'hunter2 and more'",
        '{"api_token": "hunter2"}',
        "Authorization: Bearer hunter2hunter2",
        "sent bearer hunter2-hunter2 to",
        "TOLLBOARD_SECRET_KEY=hunter2",
        "Cookie: hunter2=abc; path",
    ],
)
def test_no_secret_stays_in_a_text(text):
    assert "hunter2" not in without_secrets(text)


def test_a_text_without_secrets_is_unchanged():
    text = "https://tollboard.example/?from=2026-06-01 took 0.3 s: 12 files"

    assert without_secrets(text) == text
