"""Single migrations for tests: what one of them makes of the rows that are there."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from data.store import migrations


def upgraded(conn: Connection, revision: str) -> None:
    """Run one revision again on a store of the newest schema."""
    operations = Operations(MigrationContext.configure(conn))
    versions = ScriptDirectory(str(migrations.FOLDER))
    with Operations.context(operations.migration_context):
        versions.get_revision(revision).module.upgrade()
