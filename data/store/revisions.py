"""Which schema a store has, and which ones this version knows, without the tool that changes it.

Alembic takes a quarter of a second to load; whoever only opens a store need not wait for it.
"""

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from data.store import migrations

_alembic_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
"""Where Alembic keeps a store's revision."""


def stored_revision(conn: Connection) -> str | None:
    """Return the schema revision of a store; none before its first migration."""
    if not inspect(conn).has_table(_alembic_version.name):
        return None
    return conn.execute(select(_alembic_version.c.version_num)).scalar_one_or_none()


def newest_revision() -> str:
    """Return the schema revision that this version works with."""
    return max(known_revisions())


def known_revisions() -> frozenset[str]:
    """Return every schema revision that this version can read or upgrade.

    A migration's file is called by its revision, a number of four digits that grows, and what it
    does.
    """
    versions = (migrations.FOLDER / "versions").glob("[0-9]*.py")
    return frozenset(path.name.partition("_")[0] for path in versions)
