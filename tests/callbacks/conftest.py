import pytest
from sqlalchemy import select

from callbacks.deeds import DEEDS
from callbacks.deeds.wishes import Wish
from data.domain.authorship import By
from data.store.schema import audit_log


class Desk:
    """Where somebody of the role billing sits: asks, does, and looks at the rows."""

    def __init__(self, store, now, inbox):
        self.store, self._by, self._inbox = store, By("anna@example.com", now), inbox
        self.masked = False
        self.form = None

    def _wish(self, rows, typed):
        secret = "three quiet herons by night"
        ticked = tuple(map(str, rows))
        return Wish(ticked, self._by, typed, secret, self._inbox, self.masked, self.form)

    def ask(self, slug, *rows, **typed):
        with self.store.snapshot() as conn:
            return DEEDS[slug].asked(conn, self._wish(rows, typed))

    def do(self, slug, *rows, **typed):
        return DEEDS[slug].done(self.store, self._wish(rows, typed))

    def rows(self, *columns):
        with self.store.snapshot() as conn:
            return [tuple(row) for row in conn.execute(select(*columns))]

    def log(self):
        """The actions in the audit log, in order."""
        return [action for _, action in sorted(self.rows(audit_log.c.id, audit_log.c.action))]


@pytest.fixture
def desk(store, settings, now):
    return Desk(store, now, settings.inbox_dir)
