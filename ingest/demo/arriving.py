"""Files that come in: put into the inbox as a careful switch does, and more while one looks on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from ingest.demo.deliveries import BERLIN_FOLDER, LONDON_FOLDER, Delivery, content_of
from ingest.demo.switches import asterisk_lines, freeswitch_lines
from ingest.demo.traffic import calls_between

CALLS_AT_ONCE = 8
LOOKING_BACK = timedelta(minutes=6)


def delivered(inbox: Path, delivery: Delivery) -> None:
    """Put a file into the inbox under its name only when it is whole."""
    path = inbox / delivery.name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.write_bytes(delivery.content)
    unfinished.rename(path)


def fresh_files(now: datetime, rng: np.random.Generator) -> Iterator[Delivery]:
    """Write a file of each switch with the few calls that ended in the last minutes."""
    traffic = calls_between(now - LOOKING_BACK, now, count=CALLS_AT_ONCE, rng=rng)
    berlin, label = traffic.on_berlin, f"{now:%Y%m%d-%H%M%S}"
    # Sequence numbers go on from the epoch, far above those of the three months before.
    first = int(now.timestamp()) * CALLS_AT_ONCE
    london = asterisk_lines(traffic.where(~berlin), first_sequence=first)
    if london:
        yield Delivery(now, f"{LONDON_FOLDER}/lon-{label}.csv", content_of(london))
    others = freeswitch_lines(traffic.where(berlin), rng)
    if others:
        yield Delivery(now, f"{BERLIN_FOLDER}/ber-{label}.csv", content_of(others))
