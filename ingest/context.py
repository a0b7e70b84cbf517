"""What every step of a run needs at hand."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from data.domain.matching import Rules
from data.settings import Settings
from data.store.connect import Store
from data.store.queries.matching import rules
from data.store.queries.versions import newest_version
from ingest.claim import Holder
from ingest.readers import Readers
from ingest.stopping import Stopping, never

CALLS_AT_ONCE = 1_000_000
"""About two seconds of the write lock; a person's write must not wait more than three."""

Clock = Callable[[], datetime]
if TYPE_CHECKING:  # heavy, and not needed when there is nothing to do
    from ingest.reader import Reader


def _no_step(_name: str) -> None:
    """Let every step pass."""


@dataclass
class Ingest:
    """One running ingest.

    Attributes:
        store: Where the calls go.
        settings: Where the files are.
        clock: Gives the present.
        holder: Its name among other ingests.
        stopping: Whether it was asked to stop.
        actor: Who runs it, for the audit log.
        reader: What reads small files in this process, once one was read.
        calls_at_once: How many calls of a file one transaction takes in at the most.
        step: Told the name of each step that was passed: where a test ends the process.
    """

    store: Store
    settings: Settings
    clock: Clock
    holder: Holder
    stopping: Stopping = never
    actor: str = "ingest"
    calls_at_once: int = CALLS_AT_ONCE
    step: Callable[[str], None] = _no_step
    reader: "Reader | None" = None
    _readers: Readers | None = None
    _rules: tuple[int, Rules] | None = field(default=None, repr=False)

    def rules(self, conn: Connection) -> Rules:
        """Return the codes and rates in force now, read again when others changed the store."""
        version = newest_version(conn).version
        if self._rules is None or self._rules[0] != version:
            self._rules = (version, rules(conn))
        return self._rules[1]

    def version_is_ours(self, version: int) -> None:
        """Note that we raised the data version ourselves, which changes no code and no rate."""
        if self._rules is not None and self._rules[0] == version - 1:
            self._rules = (version, self._rules[1])

    def readers(self) -> Readers:
        """Return the reading processes, started at a first need."""
        if self._readers is None:
            self._readers = Readers(self.settings.workers)
        return self._readers

    def readers_ended(self) -> None:
        """End the reading processes; the next large file starts new ones."""
        if self._readers is not None:
            self._readers.close()
            self._readers = None

    @property
    def work_dir(self) -> Path:
        """This ingest's own scratch folder."""
        return self.settings.work_dir / self.holder.name

    def staging(self, reader: int) -> Path:
        """Return where a reader puts its rows, for the store to take them from."""
        return self.work_dir / f"staged-{reader}{self.store.database.staged_suffix}"

    def swept(self) -> None:
        """Empty the scratch folder; it stays for the next file."""
        with suppress(OSError), os.scandir(self.work_dir) as left:
            for entry in left:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink()

    def ended(self) -> None:
        """End the reading processes, and remove the scratch folder."""
        self.readers_ended()
        shutil.rmtree(self.work_dir, ignore_errors=True)
