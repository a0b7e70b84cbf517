"""Which format a file is of: by its content alone, and by exactly one profile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.domain.errors import AmbiguousFormat, UnknownFormat
from ingest.head import Head, head_of
from ingest.layout import Layout, fitted
from ingest.profile import FormatProfile


@dataclass(frozen=True)
class Identification:
    """What a file was recognised as.

    Attributes:
        profile: Its format.
        layout: Where everything stands in it, and what says so.
    """

    profile: FormatProfile
    layout: Layout

    @property
    def reason(self) -> str:
        """What in the file says so, for a person."""
        return self.layout.reason


def identified(path: Path, candidates: Sequence[FormatProfile]) -> Identification:
    """Return the one profile that recognises a file.

    General profiles are asked only when no other recognises it. A header that names a format's
    columns outweighs lines that look as they do in another. With a single candidate, the
    person or the source has named it, and it is asked in any case.

    Raises:
        EmptyFile: It has no bytes, or only blank lines.
        NotText: It is binary.
        UnknownFormat: No profile recognises it; says of each why not.
        AmbiguousFormat: Several do; names them.
    """
    head = head_of(path)
    refusals: list[tuple[int, str]] = []
    for general in (False, True):
        asked = [profile for profile in candidates if profile.general is general]
        found = _recognising(asked, head, refusals)
        if len(found) > 1:
            raise _ambiguous(path, found)
        if found:
            return found[0]
    raise UnknownFormat(
        f"{path.name} is in no known format; nothing was read. Its first line is"
        f" {_first_line(head)!r}. Draft a profile for it with 'python -m ingest new-profile"
        f" {path.name}'.\nWhy each known format is not it, the nearest first:\n" + _told(refusals)
    )


def _told(refusals: Iterable[tuple[int, str]]) -> str:
    nearest = sorted(refusals, key=lambda refusal: -refusal[0])
    return "\n".join(why for _, why in nearest)


def _recognising(
    asked: Iterable[FormatProfile], head: Head, refusals: list[tuple[int, str]]
) -> list[Identification]:
    by_header: list[Identification] = []
    by_looks: list[Identification] = []
    for profile in asked:
        layout = fitted(profile, head)
        if isinstance(layout, Layout):
            found = by_header if layout.header else by_looks
            found.append(Identification(profile, layout))
        else:
            refusals.append((layout.near, f"  {profile.name}: {layout.why}"))
    return by_header or by_looks


def _ambiguous(path: Path, found: Sequence[Identification]) -> AmbiguousFormat:
    named = "; ".join(f"{item.profile.name} ({item.reason})" for item in found)
    return AmbiguousFormat(
        f"{path.name} could be of {len(found)} formats: {named}. Nothing was read. Give its source"
        " a profile, or put it in a source's folder."
    )


def _first_line(head: Head) -> str:
    line = next((line for line in head.lines if line.strip()), "")
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")[:120]
