"""Damage files of every format at random, for as long as wanted; each line must be accounted for.

.venv/bin/python -m bench.fuzz --seconds 600 [--seed 1]
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from tests.mangling import GOLDEN, damaged, read_in_full
from tests.reading import profile_named


def main() -> None:
    """Read damaged files until the time is over; a failure names its seed and keeps its file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    until = time.monotonic() + chosen.seconds
    path = Path(tempfile.mkdtemp(prefix="tollboard-fuzz-")) / "damaged"
    seed = chosen.seed
    while time.monotonic() < until:
        rng = random.Random(seed)  # noqa: S311  damage, not a secret
        golden = rng.choice(GOLDEN)
        data = damaged(golden.read_bytes() * rng.choice((1, 1, 30)), rng)
        path.write_bytes(data)
        try:
            read_in_full(path, profile_named(golden.parent.name), data)
        except Exception:
            print(f"seed {seed}, {golden.parent.name}/{golden.name}: kept as {path}")
            raise
        seed += 1
    print(f"{seed - chosen.seed} damaged files read to the line, seeds {chosen.seed} to {seed - 1}")


if __name__ == "__main__":
    main()
