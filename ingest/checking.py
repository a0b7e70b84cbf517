"""The commands that only look: check, formats and new-profile."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from data.domain.errors import FileError, SettingsError, StoreMissing
from data.opening import opened
from data.settings import Settings
from data.store.queries.customers import customers_by_custid
from data.store.queries.matching import rules
from data.store.queries.sources import Source, all_sources
from ingest.check_text import as_json, as_text, refused_json
from ingest.checked import Basis, checked
from ingest.drafting import drafted
from ingest.inbox import as_text as name_as_text
from ingest.profile import FormatProfile, profiles
from ingest.report import shown
from ingest.segment import Stamper
from ingest.stopping import never
from ingest.unpack import Bounds, compression, unpacked


@dataclass(frozen=True)
class Known:
    """What the store knows that a check can use; without a store, nothing.

    Attributes:
        zone: The tenant's.
        stamper: The codes and rates.
        custids: Customers' own numbers, by ours.
        sources: The sources.
        currency: The tenant's; empty without a store.
    """

    zone: tzinfo
    stamper: Stamper | None
    custids: dict[int, str]
    sources: Sequence[Source] = ()
    currency: str = ""

    def source_of(self, asked: "Asked", settings: Settings) -> Source | None:
        """Return the source that is named, or in whose folder of the inbox the file lies.

        Raises:
            SettingsError: There is none of that name.
        """
        if asked.source:
            named = [each for each in self.sources if each.name == asked.source]
            if not named:
                names = ", ".join(each.name for each in self.sources) or "none yet"
                raise SettingsError([f"There is no source {asked.source!r}. There are: {names}."])
            return named[0]
        inbox, path = settings.inbox_dir.resolve(), asked.path.resolve()
        if not path.is_relative_to(inbox) or path.parent == inbox:
            return None
        folder = path.relative_to(inbox).parts[0]
        return next((each for each in self.sources if each.folder == folder), None)


@dataclass(frozen=True)
class Asked:
    """What is to be checked.

    Attributes:
        path: The file.
        profile: The format that it is taken for; empty: that of its source, else any.
        source: The source that it is taken for; empty: the one in whose folder it lies, if any.
        as_object: Answer as JSON.
    """

    path: Path
    profile: str = ""
    source: str = ""
    as_object: bool = False


def check_told(settings: Settings, asked: Asked, now: datetime) -> tuple[str, int]:
    """Return what a check of a file prints, and the exit status: 1 when it cannot be used.

    Raises:
        SettingsError: There is no such profile, source or file, or a profile is wrong.
        StoreError: There is a store, and it cannot be used.
    """
    path = asked.path
    _refuse_no_file(path)
    known = _known(settings)
    source = known.source_of(asked, settings)
    profile = asked.profile or (source.profile if source else "") or ""
    candidates = _candidates(settings, profile)
    basis = Basis(known.zone, now, known.stamper, source, known.currency)
    whose = source.name if source else None
    began = time.perf_counter()
    try:
        with _plain(path) as plain:
            check = checked(plain, candidates, basis)
    except FileError as error:
        seconds = time.perf_counter() - began
        told = refused_json(path.name, whose, profile or None, error.message, seconds)
        return (json.dumps(told) if asked.as_object else error.message), 1
    if asked.as_object:
        seconds = time.perf_counter() - began
        return json.dumps(as_json(check, path.name, whose, seconds, known.custids)), 0
    return as_text(check, shown(name_as_text(path.name)), known.zone, known.custids), 0


def _candidates(settings: Settings, profile: str) -> Sequence[FormatProfile]:
    every = profiles(settings.profiles)
    named = [each for each in every if each.name == profile]
    if profile and not named:
        names = ", ".join(each.name for each in every)
        raise SettingsError([f"There is no format {profile!r}. There are: {names}."])
    return named or every


def _known(settings: Settings) -> Known:
    try:
        store = opened(settings)
    except StoreMissing:
        return Known(settings.zone, None, {})
    try:
        with store.snapshot() as conn:
            found = rules(conn)
            custids = {each.id: custid for custid, each in customers_by_custid(conn).items()}
            sources = all_sources(conn)
        return Known(found.zone, Stamper(found), custids, sources, found.currency)
    finally:
        store.close()


@contextmanager
def _plain(path: Path) -> Iterator[Path]:
    """Yield the file itself, or what it unpacks to, which is removed afterwards."""
    kind = compression(path, path.name)
    if kind is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tollboard-check-") as folder:
        plain = Path(folder) / path.name.removesuffix(kind)
        unpacked(path, plain, kind, Bounds(), never)
        yield plain


def formats_told(settings: Settings) -> str:
    """Return the formats that are known, where each is known from and what recognises it."""
    lines = []
    for profile in profiles(settings.profiles):
        sure = "" if profile.confirmed else ", unconfirmed"
        lines.append(f"{profile.name}: {profile.title} (grade {profile.grade}{sure})")
        lines.append(f"  recognised by {_recognised_by(profile)}")
        lines.append(f"  source: {profile.source}")
    return "\n".join(lines)


def _recognised_by(profile: FormatProfile) -> str:
    columns = profile.columns
    if columns.names:
        asked = " when no other format does" if profile.general else ""
        return f"a header with {', '.join(columns.required)}{asked}"
    counts = sorted({len(columns.order or columns.slices) + len(tail) for tail in columns.tails})
    many = " or ".join(map(str, counts)) + (" or more" if columns.extra else "")
    return f"{many} columns, of which {', '.join(columns.shapes)} look as they do in it"


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise SettingsError([f"{path} is a folder; give one file of it."])
    if not path.is_file():
        raise SettingsError([f"There is no file {path}."])


def draft_told(settings: Settings, path: Path) -> str:
    """Return a draft of a profile for a file.

    Raises:
        SettingsError: There is no such file.
        FileError: No draft can be made of it.
    """
    _refuse_no_file(path)
    general = next(each for each in profiles(settings.profiles) if each.general)
    with _plain(path) as plain:
        return drafted(plain, general)
