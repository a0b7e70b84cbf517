"""What goes wrong with a few of the files, on days counted back from today."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from ingest.demo.deliveries import BERLIN_FOLDER, LONDON_FOLDER, Delivery

BANK_STATEMENT = (
    b"Date,Description,Amount,Balance\n"
    b"2026-01-02,CARD PAYMENT STATIONERY,-48.20,1904.11\n"
    b"2026-01-05,TRANSFER RECEIVED,350.00,2254.11\n"
)
RECORDING = b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" + bytes(range(256)) * 8
REPEATED_LINES = 30


def with_mishaps(deliveries: Iterable[Delivery], today: date) -> Iterator[Delivery]:
    """Pass the files on, in order; damage, double or add some on the days that have a mishap."""
    previous: dict[str, Delivery] = {}
    for delivery in deliveries:
        folder = delivery.name.partition("/")[0]
        mishap = _MISHAPS.get((folder, (today - delivery.day).days))
        before = previous.get(folder, delivery)
        yield from mishap(delivery, before) if mishap else (delivery,)
        previous[folder] = delivery


def _truncated(delivery: Delivery, _before: Delivery) -> Iterator[Delivery]:
    """The transfer breaks off; the whole file comes the next morning."""
    packed = gzip.compress(delivery.content, mtime=0)
    yield replace(delivery, name=f"{delivery.name}.gz", content=packed[: len(packed) * 3 // 5])
    yield replace(delivery, at=delivery.at + timedelta(hours=7))


def _packed(delivery: Delivery, _before: Delivery) -> Iterator[Delivery]:
    packed = gzip.compress(delivery.content, mtime=0)
    yield replace(delivery, name=f"{delivery.name}.gz", content=packed)


def _with_broken_lines(delivery: Delivery, _before: Delivery) -> Iterator[Delivery]:
    """A spreadsheet took the seconds from some times, and a full disk cut some lines."""
    lines = delivery.content.split(b"\n")
    for place in range(11, len(lines) - 1, 61):
        lines[place] = lines[place][: len(lines[place]) // 2]
    for place in range(23, len(lines) - 1, 83):
        lines[place] = lines[place].replace(b":", b".")
    yield replace(delivery, content=b"\n".join(lines))


def _delivered_twice(delivery: Delivery, _before: Delivery) -> Iterator[Delivery]:
    yield delivery
    yield replace(delivery, name=delivery.name.replace(".csv", "-copy.csv"))


def _overlapping(delivery: Delivery, before: Delivery) -> Iterator[Delivery]:
    """The file begins with the end of the one before it: its lines are duplicates."""
    tail = b"".join(before.content.splitlines(keepends=True)[-REPEATED_LINES:])
    yield replace(delivery, content=tail + delivery.content)


def _beside(name: str, content: bytes) -> "_Mishap":
    """Return a mishap that adds a file that is no call detail record at all."""

    def added(delivery: Delivery, _before: Delivery) -> Iterator[Delivery]:
        yield delivery
        yield Delivery(delivery.at, name, content)

    return added


_Mishap = Callable[[Delivery, Delivery], Iterator[Delivery]]
_MISHAPS: dict[tuple[str, int], _Mishap] = {
    (LONDON_FOLDER, 66): _beside("bank-statement.csv", BANK_STATEMENT),
    (LONDON_FOLDER, 41): _truncated,
    (LONDON_FOLDER, 24): _delivered_twice,
    (LONDON_FOLDER, 17): _with_broken_lines,
    (LONDON_FOLDER, 9): _with_broken_lines,
    (LONDON_FOLDER, 2): _with_broken_lines,
    (BERLIN_FOLDER, 52): _packed,
    (BERLIN_FOLDER, 33): _beside(f"{BERLIN_FOLDER}/greeting.wav", RECORDING),
    (BERLIN_FOLDER, 13): _overlapping,
    (BERLIN_FOLDER, 5): _beside(f"{BERLIN_FOLDER}/ber-rotated.csv", b""),
}
MISHAP_DAYS = tuple(sorted({days_ago for _, days_ago in _MISHAPS}))
"""The days that have one, counted back from today."""
