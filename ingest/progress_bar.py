"""A bar in the terminal: files done of files waiting, and the name of the one in work."""

from collections.abc import Callable

from rich.console import Console
from rich.control import Control
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.segment import ControlType
from rich.table import Column

from ingest.observer import Observer
from ingest.report import FileReport, shown

BAR_COLUMNS = 30
_LINE_CLEARED = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))


class ProgressBar(Observer):
    """The bar of a run, below the lines of the files that are done; it goes when the run ends.

    It is drawn when something happened and by no thread of its own, so that a line that is written
    meanwhile is never cut in two.
    """

    def __init__(self, console: Console, line: Callable[[FileReport], None]) -> None:
        """Draw on the console and write each finished file by `line`, wherever that goes."""
        self._console, self._line = console, line
        self._bar: Progress | None = None
        self._begun = 0

    def waiting(self, files: int) -> None:
        """Show the bar, or make it longer by what was sent back meanwhile."""
        if self._bar is None:
            self._bar, self._begun = _drawn_on(self._console), 0
            self._bar.add_task("", total=files)
            self._bar.start()
        self._draw(total=self._begun + files)

    def begun(self, name: str) -> None:
        """Name the file in work; those before it are done."""
        self._draw(description=shown(name), completed=self._begun)
        self._begun += 1

    def done(self, report: FileReport) -> None:
        """Write the file's line where the bar stood, and the bar below it."""
        if self._bar is not None:
            self._console.control(_LINE_CLEARED)
        self._line(report)
        self._draw(description="", completed=self._begun)

    def ended(self) -> None:
        """Take the bar away and give the cursor back."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(
        self,
        *,
        total: float | None = None,
        completed: float | None = None,
        description: str | None = None,
    ) -> None:
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, total=total, completed=completed, description=description)
            self._bar.refresh()


def _drawn_on(console: Console) -> Progress:
    name = Column(no_wrap=True, overflow="ellipsis")
    return Progress(
        BarColumn(BAR_COLUMNS),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False, table_column=name),
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
