"""Before the program itself is loaded: readers of a large file that waits begin to load.

The program and its readers load different things, and each takes more than a second. Side by side
they take one second.
"""

from collections.abc import Sequence
from multiprocessing import forkserver

from data.domain.errors import SettingsError
from data.settings import Settings
from ingest.inbox import has_large

LARGE_BYTES = 16 << 20
"""From here on reading processes pay for their start."""


def readers_foreseen(words: Sequence[str]) -> None:
    """Have the process from which readers are forked load, when a run will need readers.

    Args:
        words: The command and its options; only `run` takes in what lies in the inbox.
    """
    if words[:1] != ["run"]:
        return
    try:
        settings = Settings.read()
    except SettingsError:
        return  # the command says what is wrong
    if needs_readers(settings):
        readers_preloading()


def needs_readers(settings: Settings) -> bool:
    """Tell whether a file of the inbox is large enough for readers."""
    return settings.workers > 1 and has_large(settings.inbox_dir, LARGE_BYTES)


def readers_preloading() -> None:
    """Start the process from which readers are forked; it loads what they need."""
    forkserver.set_forkserver_preload(["ingest.reader"])
    forkserver.ensure_running()
