"""Bringing a store's schema to this version's."""

from pathlib import Path

from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def upgrade(conn: Connection) -> None:
    """Run every migration that the store has not seen, inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415  heavy, and seldom needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
