"""Files cut anywhere, files of one endless line, files damaged at random."""

import json
import random
import resource
import time
from functools import partial
from pathlib import Path
from statistics import mode
from typing import TypeAlias

import pandas as pd
from sqlalchemy import select

from bench.faults.case import Case, Found
from bench.faults.worlds import NOW, in_a_child, ingest_once, settings_of
from data.domain.errors import FileError
from data.opening import opened
from data.store import schema
from tests.founding import just_founded
from tests.ingesting import lines
from tests.mangling import GOLDEN, damaged, read_in_full
from tests.reading import profile_named, read_file

CELLS = 64 << 10
SLOWEST_S_OF_64_KIB = 1.0
LARGEST_GROWTH_MIB = 150
LONGEST_S = 60.0


def cut_anywhere(root: Path, every: int) -> Found:
    """Cut a file of every format anywhere in its second half, which repeats the first.

    A last line that has as many columns as most others, cut within its last one, cannot be told
    from a whole one without a line end: those are counted apart.
    """
    path = root / "cut"
    cuts = untold = 0
    wrong: list[str] = []
    for golden in GOLDEN:
        data = golden.read_bytes() * 2
        path.write_bytes(data)
        whole = _calls(path, golden.parent.name)
        usual = mode(map(_delimiters, filter(None, data.split(b"\n"))))
        for at in range(len(data) // 2, len(data), every):
            path.write_bytes(data[:at])
            cuts += 1
            others = _others(_calls(path, golden.parent.name), whole)
            if _delimiters(data[:at].rpartition(b"\n")[2]) >= usual:
                untold += others.pop("the last line", None) is not None
            wrong += [f"{golden.name} cut at {at}, {line}: {what}" for line, what in others.items()]
    figure = f"{cuts} cuts of {len(GOLDEN)} files: {len(wrong)} other calls"
    return Found(f"{figure}; {untold} within a last column, which nothing tells", tuple(wrong))


def _delimiters(line: bytes) -> int:
    return sum(line.count(each) for each in (b",", b";", b"|", b"\t"))


Call: TypeAlias = tuple[object, ...]


def _others(found: dict[object, Call], whole: dict[object, Call]) -> dict[str, str]:
    """Return the calls that the whole file tells otherwise; the last must be a call there too."""
    last = max(found, default=None)  # type: ignore[type-var]
    return {
        "the last line" if line == last else f"line {line}": f"{call} is {whole.get(line)}"
        for line, call in found.items()
        if whole.get(line, call if line != last else None) != call
    }


def _calls(path: Path, profile: str) -> dict[object, Call]:
    """Return the calls of a file by line, each with what money follows from."""
    try:
        told = read_file(path, profile_named(profile)).calls
    except FileError:
        return {}
    if told.empty:
        return {}
    facts = told[["line", *(name for name in FACTS if name in told.columns)]].astype(object)
    rows = facts.where(pd.notna(facts), None).itertuples(index=False, name=None)
    return {row[0]: row[1:] for row in rows}


FACTS = ("started_ms", "talk_ms", "calling_number", "called_number", "disposition")


def endless_line(root: Path, gib: int) -> Found:
    """Ingest a file whose second line has so many GiB."""
    var = root / "var"
    just_founded(settings_of(var), NOW).close()
    path = var / "inbox" / "a.csv"
    with path.open("w") as file:
        file.write(lines(1))
        file.seek(gib << 30)
        file.write("\n" + lines(2))
    in_a_child(partial(_measured, var))
    told = json.loads((var / "told").read_text())
    wrong = []
    if told["mib"] >= LARGEST_GROWTH_MIB:
        wrong.append(f"{told['mib']} MiB more memory")
    if told["cpu_s"] >= LONGEST_S:
        wrong.append(f"{told['cpu_s']:.0f} s of CPU")
    store = opened(settings_of(var))
    with store.snapshot() as conn:
        c = schema.cdr_files.c
        status, loaded, rejected = conn.execute(select(c.status, c.loaded, c.rejected)).one()
    store.close()
    became = f"{gib} GiB: {status}, {loaded} loaded, {rejected} rejected"
    cost = f"{told['mib']} MiB more memory, {told['cpu_s']:.1f} s of CPU"
    return Found(f"{became}; {cost}", tuple(wrong))


def _measured(var: Path) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    ingest_once(var)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    told = {"mib": grown >> 10, "cpu_s": time.process_time() - began}
    (var / "told").write_text(json.dumps(told))


def damaged_at_random(root: Path, files: int) -> Found:
    """Damage files of every format; every line must end in one way, and in good time."""
    path = root / "damaged"
    wrong: list[str] = []
    slowest_s = 0.0
    for seed in range(files):
        rng = random.Random(seed)  # noqa: S311  damage, not a secret
        golden = rng.choice(GOLDEN)
        data = damaged(golden.read_bytes() * rng.choice((1, 1, 30)), rng)
        path.write_bytes(data)
        began = time.process_time()
        try:
            read_in_full(path, profile_named(golden.parent.name), data)
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            wrong.append(f"seed {seed}, {golden.parent.name}: {error!r}")
        pieces = max(1, len(data) / CELLS)
        slowest_s = max(slowest_s, (time.process_time() - began) / pieces)
    if slowest_s >= SLOWEST_S_OF_64_KIB:
        wrong.append(f"{slowest_s:.2f} s for 64 KiB")
    return Found(f"{files} damaged files, at most {slowest_s:.2f} s for 64 KiB", tuple(wrong))


CASES = (
    Case(
        "F2",
        "a file of every format, cut anywhere",
        "an error, a rejected line, or calls that the whole file has too; a last line without its "
        "end, cut within its last column, cannot be told from a whole one",
        cut_anywhere,
        full=1,
        short=499,
    ),
    Case(
        "F5",
        "one line of 10 GiB",
        "refused or rejected at 64 KiB; little memory, under a minute",
        endless_line,
        full=10,
    ),
    Case(
        "F16",
        "files of every format damaged at random",
        "every line ends in one way; under 1 s for 64 KiB",
        damaged_at_random,
        full=20_000,
        short=30,
    ),
)
