"""What a person says about a source: added, edited, switched off and on."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select, update

from data.domain.authorship import By
from data.domain.errors import Refused
from data.store.schema import sources
from data.store.writes.audit import Audit, audited, differing
from data.store.writes.versions import version_raised


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What can be said about a source; nothing is left as it is where it is none.

    Attributes:
        profile: The format of its files.
        timezone: What its local times mean.
        growing: Its files are appended to.
        expect_every_s: Its usual rhythm.
        country_code: How it writes numbers.
        international_prefix: As above.
        trunk_prefix: As above.
        own_numbers: Patterns of its own numbers, by commas.
        toll_free_numbers: Of its numbers, those whose owner pays for calls, likewise.
        rejected_ppm_tolerated: Rejected lines per million beyond which a file fails.
    """

    profile: str | None = None
    timezone: str | None = None
    growing: bool | None = None
    expect_every_s: int | None = None
    country_code: str | None = None
    international_prefix: str | None = None
    trunk_prefix: str | None = None
    own_numbers: str | None = None
    toll_free_numbers: str | None = None
    rejected_ppm_tolerated: int | None = None

    def said(self) -> dict[str, object]:
        """Return what was said."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def source_added(conn: Connection, name: str, wanted: SourceSettings, by: By) -> None:
    """Add a source; its files arrive in the inbox's folder of its name.

    Raises:
        Refused: There is one of that name.
    """
    if _row(conn, name) is not None:
        raise Refused(
            f"There is a source {name} already; change it with 'python -m data source edit {name}'."
        )
    facts = wanted.said()
    conn.execute(insert(sources).values(name=name, folder=name, created_at=by.at, **facts))
    audited(conn, by, Audit("source_added", f"source {name}", None, facts))
    version_raised(conn, by.at)


def source_edited(conn: Connection, name: str, wanted: SourceSettings, by: By) -> None:
    """Change what is said about a source; files processed before keep what they were read with.

    Raises:
        Refused: There is none of that name.
    """
    row = _known(conn, name)
    before, after = differing(row, wanted.said())
    if not after:
        return
    conn.execute(update(sources).where(sources.c.name == name).values(**after))
    audited(conn, by, Audit("source_edited", f"source {name}", before, after))
    version_raised(conn, by.at)


def source_switched(conn: Connection, name: str, by: By, *, on: bool) -> None:
    """Switch a source off, so that its files stay in the inbox, or on again.

    Raises:
        Refused: There is none of that name, or it is switched so already.
    """
    row = _known(conn, name)
    if (row["disabled_at"] is None) is on:
        raise Refused(f"Source {name} is switched {'on' if on else 'off'} already.")
    disabled_at = None if on else by.at
    conn.execute(update(sources).where(sources.c.name == name).values(disabled_at=disabled_at))
    audited(conn, by, Audit("source_switched", f"source {name}", None, {"on": on}))
    version_raised(conn, by.at)


def _row(conn: Connection, name: str) -> dict[str, object] | None:
    row = conn.execute(select(sources).where(sources.c.name == name)).mappings().one_or_none()
    return None if row is None else dict(row)


def _known(conn: Connection, name: str) -> dict[str, object]:
    row = _row(conn, name)
    if row is None:
        raise Refused(f"There is no source {name}; see 'python -m data source list'.")
    return row
