"""The calls on an invoice as CSV."""

import csv
from dataclasses import replace
from datetime import datetime
from io import StringIO
from itertools import repeat
from zoneinfo import ZoneInfo

from data.documents.call_csv import BLOCK_CALLS
from data.documents.call_detail import HEADS, call_detail
from data.domain.invoice_document import BilledCall

CALL = BilledCall(
    started=datetime(2026, 6, 1, 8, 0, 5, 250_000, tzinfo=ZoneInfo("Europe/London")),
    calling_number="+447700900001",
    called_number="@home",
    destination='=HYPERLINK("http://x.example")',
    talk_ms=61_250,
    billed_s=120,
    charge_micros=24_050,
    late=True,
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


def test_a_spreadsheet_gets_local_time_and_no_formula():
    text = "".join(call_detail([CALL], minor_digits=2))

    assert text.startswith("\N{BYTE ORDER MARK}started,")
    assert rows(text)[1] == [
        "2026-06-01 08:00:05",
        "'+447700900001",
        "'@home",
        '\'=HYPERLINK("http://x.example")',
        "61.25",
        "120",
        "0.02405",
        "yes",
    ]


def test_a_program_gets_utc_and_the_texts_as_they_are():
    text = "".join(call_detail([CALL], minor_digits=2, machine=True))

    assert rows(text)[0] == list(HEADS)
    assert rows(text)[1] == [
        "2026-06-01T07:00:05.250+00:00",
        "+447700900001",
        "@home",
        '=HYPERLINK("http://x.example")',
        "61.25",
        "120",
        "0.02405",
        "yes",
    ]


def test_without_calls_only_the_heads_stand_there():
    assert len(rows("".join(call_detail([], minor_digits=2)))) == 1


def test_a_million_calls_would_pass_through_block_by_block():
    blocks = call_detail(repeat(CALL), minor_digits=2)

    first, second = next(blocks), next(blocks)

    assert first.count("\r\n") == BLOCK_CALLS + 1
    assert second.count("\r\n") == BLOCK_CALLS


def test_a_whole_charge_has_the_minor_digits():
    text = "".join(call_detail([replace(CALL, charge_micros=2_000_000)], minor_digits=2))

    assert rows(text)[1][-2] == "2.00"
