"""Who looks on while a run goes."""

from ingest.report import FileReport


class Observer:
    """Told how a run goes; this one keeps it to itself."""

    def waiting(self, files: int) -> None:
        """So many files are to be done from here on."""

    def begun(self, name: str) -> None:
        """The next of them is in work."""

    def done(self, report: FileReport) -> None:
        """A file is done, or what it was delivered again for is."""

    def ended(self) -> None:
        """The run is over, well or not."""


NOBODY = Observer()
