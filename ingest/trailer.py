"""What a file's own trailer says about it."""

import re
from pathlib import Path

from ingest.profile import FormatProfile

TAIL_BYTES = 64 * 1024


def declared_lines(path: Path, profile: FormatProfile) -> int | None:
    """Return how many lines the trailer says that the file has; nothing where none says so."""
    rules = [rule for rule in profile.framing.lines if rule.kind == "trailer" and rule.count]
    if not rules:
        return None
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - TAIL_BYTES))
        tail = stream.read().decode(profile.framing.encoding, errors="replace")
    for line in reversed(tail.splitlines()):
        for rule in rules:
            match = re.match(rule.count, line)
            if line.startswith(rule.starts) and match:
                return int(match[1])
    return None
