"""Made-up CDR files of four switches, as large as wanted: outbound calls, a fifth not answered.

Calls are in order of time over ninety days, each customer's by its own code. Numbers are reserved
for fiction (+44 20 7946 0xxx, +44 7700 900xxx).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

SEED = 20260601
FIRST_S = 1_755_000_000
SPAN_S = 90 * 86_400
CUSTOMERS = 50
RINGS_S = 5
BLOCK_LINES = 100_000
SAMPLE_LINES = 10_000
BROKEN = "broken line\n"


class MadeCall(NamedTuple):
    """One call: its number in the file, seconds since 1970, and its clocks in UTC."""

    number: int
    began_s: int
    talk_s: int
    began: str
    answered: str
    ended: str

    @property
    def calling(self) -> str:
        """Who calls."""
        return f"+442079460{self.number % 1000:03d}"

    @property
    def called(self) -> str:
        """Who is called."""
        return f"+447700900{self.number % 999:03d}"

    @property
    def ended_s(self) -> int:
        """When it ended, in seconds since 1970."""
        return self.began_s + RINGS_S + self.talk_s

    @property
    def uuid(self) -> str:
        """A name that no other call of the file has."""
        return f"{self.number:08x}-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Layout:
    """How one switch writes calls.

    Attributes:
        heads: The lines before the first call.
        columns: How many a line has.
        line: One call as its line.
        code_field: The field that says whose a call is.
        code: What a customer's calls have there.
        clock: How the clocks of its lines are written, after numpy's own form.
    """

    heads: str
    columns: int
    line: Callable[[MadeCall], str]
    code_field: str
    code: Callable[[int], str]
    clock: Callable[[str], str] = str


def _account(customer: int) -> str:
    return f"acc{customer:03d}"


def _extension(customer: int) -> str:
    return f"{1000 + customer}"


def _of(call: MadeCall) -> int:
    return call.number % CUSTOMERS


def _asterisk(call: MadeCall) -> str:
    answer, word = (f'"{call.answered}"', "ANSWERED") if call.talk_s else ("", "NO ANSWER")
    calling, called, number = call.calling, call.called, call.number
    return (
        f'"{_account(_of(call))}","{calling}","{called}","from-internal",'
        f'"""{calling}"" <{calling}>","PJSIP/trunk-{number:08x}","PJSIP/carrier-{number:08x}",'
        f'"Dial","PJSIP/carrier/{called},60","{call.began}",{answer},"{call.ended}",'
        f"{call.talk_s + RINGS_S},{call.talk_s},"
        f'"{word}","DOCUMENTATION","{FIRST_S}.{number}",""\n'
    )


def _freeswitch(call: MadeCall) -> str:
    answer, cause = (call.answered, "NORMAL_CLEARING") if call.talk_s else ("", "NO_ANSWER")
    return (
        f'"{call.calling}","{call.calling}","{call.called}","default","{call.began}","{answer}",'
        f'"{call.ended}","{call.talk_s + RINGS_S}","{call.talk_s}","{cause}","{call.uuid}","",'
        f'"{_account(_of(call))}","PCMA","PCMA"\n'
    )


def _3cx(call: MadeCall) -> str:
    minutes, seconds = divmod(call.talk_s, 60)
    talk, answer, reason = f"00:{minutes:02d}:{seconds:02d}", call.answered, "TerminatedBySrc"
    if not call.talk_s:
        talk, answer, reason = "", "", "Failed_Cancelled"
    number, called, extension = call.number, call.called, _extension(_of(call))
    return (
        f"Call {number},{number:016X}_{number},{talk},{call.began},{answer},{call.ended},{reason},"
        f"Ext.{extension},{called},{extension},10001,{called},,,,,,,,"
        f"Chain: Ext.{extension};{called};,Internal,External,External,a,b,c,\n"
    )


CUCM_COLUMNS = 129
"""As many as a file of release 12.5 has; those that nobody reads are numbers or empty texts."""
_CUCM = {
    0: ("cdrRecordType", "INTEGER"),
    4: ("dateTimeOrigination", "INTEGER"),
    8: ("callingPartyNumber", "VARCHAR(50)"),
    29: ("originalCalledPartyNumber", "VARCHAR(50)"),
    30: ("finalCalledPartyNumber", "VARCHAR(50)"),
    33: ("destCause_value", "INTEGER"),
    47: ("dateTimeConnect", "INTEGER"),
    48: ("dateTimeDisconnect", "INTEGER"),
    50: ("pkid", "UNIQUEIDENTIFIER"),
    55: ("duration", "INTEGER"),
    56: ("origDeviceName", "VARCHAR(129)"),
    57: ("destDeviceName", "VARCHAR(129)"),
}
_FIELDS = [_CUCM.get(place, (f"field{place}", "INTEGER")) for place in range(CUCM_COLUMNS)]


_CELLS = {
    0: "1",
    4: "{began_s}",
    8: '"{extension}"',
    29: '"{called}"',
    30: '"{called}"',
    33: "{cause}",
    47: "{connected_s}",
    48: "{ended_s}",
    50: '"{uuid}"',
    55: "{talk_s}",
    56: '"SEP{number:012X}"',
    57: '"TRUNK"',
}
_CUCM_LINE = ",".join(_CELLS.get(place, "0") for place in range(CUCM_COLUMNS)) + "\n"


def _cucm(call: MadeCall) -> str:
    return _CUCM_LINE.format(
        began_s=call.began_s,
        extension=_extension(_of(call)),
        called=call.called,
        cause=16 if call.talk_s else 18,
        connected_s=call.began_s + RINGS_S if call.talk_s else 0,
        ended_s=call.ended_s,
        uuid=call.uuid,
        talk_s=call.talk_s,
        number=call.number,
    )


def _slashed(clock: str) -> str:
    return clock.replace("-", "/")


CUCM_HEADS = (
    ",".join(f'"{name}"' for name, _ in _FIELDS) + "\n" + ",".join(kind for _, kind in _FIELDS)
) + "\n"
LAYOUTS = {
    "asterisk": Layout("", 18, _asterisk, "BillingNumber", _account),
    "freeswitch": Layout("", 15, _freeswitch, "BillingNumber", _account),
    "3cx": Layout("", 27, _3cx, "CallingNumber", _extension, _slashed),
    "cucm": Layout(CUCM_HEADS, CUCM_COLUMNS, _cucm, "CallingNumber", _extension),
}
ASTERISK = LAYOUTS["asterisk"]


def lines_of_bytes(layout: Layout, file_bytes: int) -> int:
    """Return how many lines of a layout a file of a size has."""
    sample = sum(len(layout.line(call)) for call in _calls(layout, SAMPLE_LINES))
    return file_bytes * SAMPLE_LINES // sample


def written(path: Path, lines: int, *, broken_ppm: int = 0, layout: Layout = ASTERISK) -> None:
    """Write a file of so many lines, of which about a share is broken; a block is in memory."""
    random = np.random.default_rng(SEED + 1)
    with path.open("w") as file:
        file.write(layout.heads)
        if not broken_ppm:
            file.writelines(map(layout.line, _calls(layout, lines)))
            return
        for call in _calls(layout, lines):
            broken = random.random() < broken_ppm / 1_000_000
            file.write(BROKEN if broken else layout.line(call))


def _calls(layout: Layout, lines: int) -> Iterator[MadeCall]:
    """Give so many calls in order of time."""
    random = np.random.default_rng(SEED)
    for before in range(0, lines, BLOCK_LINES):
        some = min(BLOCK_LINES, lines - before)
        from_s, to_s = (FIRST_S + SPAN_S * place // lines for place in (before, before + some))
        began = np.sort(random.integers(from_s, to_s, some))
        quiet = random.random(some) < 0.2  # noqa: PLR2004
        talk_s = np.where(quiet, 0, random.integers(1, 600, some))
        moments = (began, began + RINGS_S, began + RINGS_S + talk_s)
        clocks = [_clocks(layout, moment) for moment in moments]
        numbers = range(before, before + some)
        yield from map(MadeCall, numbers, began.tolist(), talk_s.tolist(), *clocks)


def _clocks(layout: Layout, moments: np.ndarray) -> list[str]:
    texts = np.datetime_as_string(moments.astype("datetime64[s]")).tolist()
    return [layout.clock(text.replace("T", " ")) for text in texts]
