"""Staying: a run whenever a file arrives, and one a minute for what settled without a sound."""

import logging
from dataclasses import dataclass

from watchfiles import watch

from data.domain.errors import FolderError
from ingest.context import Ingest
from ingest.observer import Observer
from ingest.profile import ProfileError
from ingest.run import run
from ingest.telling import told_outside

log = logging.getLogger(__name__)

LOOK_EVERY_MS = 60_000
WAKE_EVERY_MS = 1_000


def watched(ingest: Ingest, observer: Observer) -> None:
    """Run until the ingest is asked to stop.

    A file that arrived must rest before it is taken, so a change is followed by a look after the
    settling time; a look every minute finds what the file system did not tell.
    """
    run(ingest, observer=observer)
    told_outside(ingest)
    look = Look(ingest, observer)
    quiet_ms = 0
    settle_ms = ingest.settings.settle_s * 1_000
    changed = True  # something may have come between that look and the watch
    inbox = ingest.settings.inbox_dir
    for changes in watch(inbox, rust_timeout=WAKE_EVERY_MS, yield_on_timeout=True):
        if ingest.stopping():
            return
        changed = changed or bool(changes)
        quiet_ms = 0 if changes else quiet_ms + WAKE_EVERY_MS
        if quiet_ms >= (settle_ms if changed else LOOK_EVERY_MS):
            look.again()
            changed, quiet_ms = False, 0


@dataclass
class Look:
    """A look after the first: what somebody is at work on is told, and looked at again."""

    ingest: Ingest
    observer: Observer
    told: str = ""

    def again(self) -> None:
        """Run, unless a folder or a profile cannot be used just now, which is said once."""
        try:
            run(self.ingest, observer=self.observer)
        except (FolderError, ProfileError) as error:
            if str(error) != self.told:
                log.warning("%s It is looked at again.", error)
            self.told = str(error)
        else:
            self.told = ""
        told_outside(self.ingest)
