"""Which schemas this version knows."""

from alembic.script import ScriptDirectory

from data.store import migrations
from data.store.revisions import known_revisions, newest_revision

SCRIPTS = ScriptDirectory(str(migrations.FOLDER))


def test_every_migration_is_known_by_the_name_of_its_file() -> None:
    assert known_revisions() == {script.revision for script in SCRIPTS.walk_revisions()}


def test_the_newest_revision_is_the_one_that_migrations_lead_to() -> None:
    assert newest_revision() == SCRIPTS.get_current_head()
