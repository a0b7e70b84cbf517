"""The two switches: what each writes for a call, in its own layout and its own zone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from ingest.demo.company import CARRIERS, DESTINATIONS, LONDON_NUMBERS, SUBSCRIBERS
from ingest.demo.traffic import ANSWERED, BUSY, CONGESTION, FAILED, NO_ANSWER, Traffic

BERLIN = ZoneInfo("Europe/Berlin")
STAMP = "%Y-%m-%d %H:%M:%S"
DISPOSITIONS = {
    ANSWERED: "ANSWERED",
    NO_ANSWER: "NO ANSWER",
    BUSY: "BUSY",
    FAILED: "FAILED",
    CONGESTION: "CONGESTION",
}
HANGUP_CAUSES = {
    ANSWERED: "NORMAL_CLEARING",
    NO_ANSWER: "NO_ANSWER",
    BUSY: "USER_BUSY",
    FAILED: "UNALLOCATED_NUMBER",
    CONGESTION: "NORMAL_TEMPORARY_FAILURE",
}
SECOND_TRY_EVERY = 40
"""One call in so many is first refused by the other carrier: two rows, one call."""
NORTHLINK, TAMAR = CARRIERS[0].trunk, CARRIERS[1].trunk
UNCLAIMED_BLOCK = f"{LONDON_NUMBERS}99"
_BLOCKS = (*(one.block for one in SUBSCRIBERS), UNCLAIMED_BLOCK)
_ACCOUNTS = (*(one.account for one in SUBSCRIBERS), "")
_NAMES = (*(one.company for one in SUBSCRIBERS), "Unknown")


def asterisk_lines(traffic: Traffic, *, first_sequence: int) -> list[str]:
    """Return what Asterisk's cdr_csv writes for London's calls: 21 columns, times in UTC.

    Source: asterisk/asterisk cdr/cdr_csv.c with loguniqueid, loguserfield and newcdrcolumns on.
    """
    lines: list[str] = []
    for call in _rows(traffic):
        lines.extend(_asterisk_rows(call, first_sequence + len(lines)))
    return lines


def _asterisk_rows(call: "_Row", sequence: int) -> Iterator[str]:
    digits = call.digits
    dialled = f"0{digits[2:]}" if digits.startswith("44") else f"00{digits}"
    carrier, other = (NORTHLINK, TAMAR) if digits.startswith(("44", "353")) else (TAMAR, NORTHLINK)
    unique = f"{call.started_s}.{sequence}"
    head = (
        f'"{call.account}","{call.calling}","{dialled}","outbound",'
        f'"""{call.name}"" <{call.calling}>","PJSIP/{call.account or "guest"}-{sequence:08x}"'
    )
    if sequence % SECOND_TRY_EVERY == 0:
        start = _stamp(call.started_s, None)
        yield (
            f'{head},"{other}-{sequence + 1:08x}","Dial","{other}/{dialled},60",'
            f'"{start}",,"{start}",0,0,"FAILED","DOCUMENTATION","{unique}","","","{unique}",{sequence}'
        )
        sequence += 1
    yield (
        f'{head},"{carrier}-{sequence:08x}","Dial","{carrier}/{dialled},60",'
        f'"{_stamp(call.started_s, None)}",{_quoted_or_empty(call)},"{_stamp(call.ended_s, None)}",'
        f"{call.ring_s + call.talk_s},{call.talk_s},"
        f'"{DISPOSITIONS[call.outcome]}","DOCUMENTATION","{unique}","","","{unique}",{sequence}'
    )


def _quoted_or_empty(call: "_Row") -> str:
    return f'"{_stamp(call.answered_s, None)}"' if call.outcome == ANSWERED else ""


def freeswitch_lines(traffic: Traffic, rng: np.random.Generator) -> list[str]:
    """Return what FreeSWITCH's example template writes for Berlin's calls, in Berlin's time.

    Source: signalwire/freeswitch conf/vanilla/autoload_configs/cdr_csv.conf.xml.
    """
    halves = rng.integers(0, 2**63, (len(traffic.started_s), 4)).tolist()
    return [
        _freeswitch_row(call, _uuid(four[0], four[1]), _uuid(four[2], four[3]))
        for call, four in zip(_rows(traffic), halves, strict=True)
    ]


def _freeswitch_row(call: "_Row", uuid: str, other_leg: str) -> str:
    digits = call.digits
    dialled = f"0{digits[2:]}" if digits.startswith("49") else f"00{digits}"
    answered = call.outcome == ANSWERED
    values = (
        call.name,
        call.calling,
        dialled,
        "default",
        _stamp(call.started_s, BERLIN),
        _stamp(call.answered_s, BERLIN) if answered else "",
        _stamp(call.ended_s, BERLIN),
        f"{call.ring_s + call.talk_s}",
        f"{call.talk_s}",
        HANGUP_CAUSES[call.outcome],
        uuid,
        other_leg if answered else "",
        call.account,
        "PCMA",
        "PCMA",
    )
    return ",".join(f'"{value}"' for value in values)


class _Row:
    """One call of a Traffic, as plain values.

    Attributes:
        started_s: When it started, and so on: see Traffic.
    """

    __slots__ = (
        "account",
        "calling",
        "digits",
        "name",
        "outcome",
        "ring_s",
        "started_s",
        "talk_s",
    )

    def __init__(self, values: tuple[int, ...]) -> None:
        """Take the values of one place of the arrays, in the order of their fields."""
        self.started_s, subscriber, extension, place, called, outcome, ring_s, talk_s = values
        self.outcome, self.ring_s, self.talk_s = outcome, ring_s, talk_s
        self.account, self.name = _ACCOUNTS[subscriber], _NAMES[subscriber]
        self.calling = f"{_BLOCKS[subscriber]}{extension}"
        destination = DESTINATIONS[place]
        self.digits = f"{destination.digits}{called:0{destination.more}d}"

    @property
    def answered_s(self) -> int:
        return self.started_s + self.ring_s

    @property
    def ended_s(self) -> int:
        return self.started_s + self.ring_s + self.talk_s


def _rows(traffic: Traffic) -> Iterator[_Row]:
    columns = (getattr(traffic, name).tolist() for name in traffic.__dataclass_fields__)
    return map(_Row, zip(*columns, strict=True))


def _stamp(epoch_s: int, zone: ZoneInfo | None) -> str:
    return datetime.fromtimestamp(epoch_s, zone or UTC).strftime(STAMP)


def _uuid(high: int, low: int) -> str:
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
