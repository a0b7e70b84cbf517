"""The sources: switches and carrier feeds that deliver CDR files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from data.domain.numbers import NumberPlan
from data.domain.own_numbers import OwnNumbers
from data.store.schema import sources


@dataclass(frozen=True)
class Source:
    """A switch or carrier feed.

    Attributes:
        id: Its row.
        name: Part of every call's key.
        folder: Below the inbox; none for a built-in source, named after its profile.
        profile: The format of its files; none: identified by content.
        timezone: What its local times mean; none: what the file proves, else the tenant's.
        growing: Its files are appended to, and read from where they were left.
        expect_every_s: Its usual rhythm; none: learned.
        country_code: How it writes numbers.
        international_prefix: As above.
        trunk_prefix: As above.
        own_numbers: Patterns of its own numbers, by commas.
        toll_free_numbers: Of its numbers, those whose owner pays for calls, likewise.
        rejected_ppm_tolerated: Rejected lines per million beyond which a file fails; none: any.
        disabled_at: When it was switched off; its files are left in the inbox.
    """

    id: int
    name: str
    folder: str | None
    profile: str | None
    timezone: str | None
    growing: bool
    expect_every_s: int | None
    country_code: str
    international_prefix: str
    trunk_prefix: str
    own_numbers: str
    toll_free_numbers: str
    rejected_ppm_tolerated: int | None
    disabled_at: datetime | None

    @property
    def number_plan(self) -> NumberPlan:
        """How it writes numbers."""
        return NumberPlan(self.country_code, self.international_prefix, self.trunk_prefix)

    @property
    def numbers(self) -> OwnNumbers:
        """Which numbers are its own."""
        return OwnNumbers.of(self.own_numbers, self.toll_free_numbers)


_COLUMNS = [sources.c[name] for name in Source.__dataclass_fields__]
_BY_ID = select(*_COLUMNS).where(sources.c.id == bindparam("source_id"))
_BY_FOLDER = select(*_COLUMNS).where(sources.c.folder == bindparam("folder"))
_BY_NAME = select(*_COLUMNS).where(sources.c.name == bindparam("name"))


def all_sources(conn: Connection) -> list[Source]:
    """Return every source, by name."""
    query = select(*_COLUMNS).order_by(sources.c.name)
    return [Source(**dict(row)) for row in conn.execute(query).mappings()]


def source(conn: Connection, source_id: int) -> Source:
    """Return one source, which must be there."""
    return Source(**dict(conn.execute(_BY_ID, {"source_id": source_id}).mappings().one()))


def folder_of(conn: Connection, source_id: int | None) -> str:
    """Return the sub-folder of the inbox in which a source's files arrive; empty at the top."""
    return "" if source_id is None else source(conn, source_id).folder or ""


def source_of_folder(conn: Connection, folder: str) -> Source | None:
    """Return the source whose files arrive in a sub-folder of the inbox."""
    return _first(conn, _BY_FOLDER, folder=folder)


def built_in_source(conn: Connection, profile: str) -> Source | None:
    """Return the source of files at the inbox's top that a profile recognised."""
    return _first(conn, _BY_NAME, name=profile)


def _first(conn: Connection, query: "Select[tuple[Any, ...]]", **given: str) -> Source | None:
    row = conn.execute(query, given).mappings().first()
    return None if row is None else Source(**dict(row))
