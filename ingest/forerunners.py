"""Reading processes, started before the program itself is loaded when a large file waits.

The program and its readers load different things, and each takes more than a second. Side by side
they take one second.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from data.domain.errors import SettingsError
from data.settings import Settings
from ingest.inbox import has_large

LARGE_BYTES = 16 << 20
"""From here on reading processes pay for their start."""
ENDS_S = 0.3
ROOT = Path(__file__).parent.parent
READERS = {f"MALLOC_{name}_": str(64 << 20) for name in ("MMAP_THRESHOLD", "TRIM_THRESHOLD")}
"""For glibc: readers take and give blocks of the same few MiB all the time, which it would else
fetch from the system and return each time (measured: a tenth of its time, no more memory)."""
READERS |= {"OPENBLAS_NUM_THREADS": "1"}  # no reader multiplies matrices


class ReadingProcesses:
    """Some reading processes on their way, or at work (`ingest.reading_process`)."""

    def __init__(self, count: int) -> None:
        """Start so many; each is there when it answers."""
        pairs = [Pipe() for _ in range(count)]
        self.pipes: list[Connection] = [ours for ours, _ in pairs]
        descriptors = [theirs.fileno() for _, theirs in pairs]
        found = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        surroundings = os.environ | READERS | {"PYTHONPATH": os.pathsep.join(found)}
        self._first = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "ingest.reading_process", *map(str, descriptors)],
            env=surroundings,
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # a group of their own, to be ended together
        )
        for _, theirs in pairs:
            theirs.close()

    @property
    def pid(self) -> int:
        """The process that loaded, and the group of all."""
        return self._first.pid

    def close(self) -> None:
        """End them, whatever they are doing; without work they end by themselves."""
        for pipe in self.pipes:
            pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._first.wait(ENDS_S)
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)  # not yet waited for: the number is still theirs
        self._first.wait()


_foreseen: list[ReadingProcesses] = []


def readers_foreseen(words: Sequence[str]) -> None:
    """Have reading processes load, when a run will need them.

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
        _foreseen.append(ReadingProcesses(settings.workers))


def needs_readers(settings: Settings) -> bool:
    """Tell whether a file of the inbox is large enough for readers."""
    return settings.workers > 1 and has_large(settings.inbox_dir, LARGE_BYTES)


def reading_processes(count: int) -> ReadingProcesses:
    """Return the processes that were foreseen, else start some."""
    return _foreseen.pop() if _foreseen else ReadingProcesses(count)
