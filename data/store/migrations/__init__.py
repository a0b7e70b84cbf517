"""Bringing a store's schema to this version's."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def upgrade(conn: Connection) -> None:
    """Run every migration that the store has not seen, inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def newest_revision() -> str:
    """Return the schema revision that this version works with."""
    head = _scripts(FOLDER).get_current_head()
    if head is None:
        raise AssertionError("there are no migrations")
    return head


def known_revisions() -> frozenset[str]:
    """Return every schema revision that this version can read or upgrade."""
    return frozenset(script.revision for script in _scripts(FOLDER).walk_revisions())


@cache
def _scripts(folder: Path) -> ScriptDirectory:
    """Return the migrations, which are read once in a process."""
    return ScriptDirectory(str(folder))
