"""What can go wrong, as types.

BillingError
├── FileError              this CDR file cannot be used; the next one goes on
│   ├── UnknownFormat      no profile recognises it
│   ├── AmbiguousFormat    several profiles do
│   ├── NotText            binary, or not the declared encoding
│   ├── EmptyFile          no bytes
│   ├── Truncated          an archive that ends too early or is damaged
│   ├── TooLarge           an archive that unpacks beyond its bound
│   ├── Unsafe             a link, a special file, or a name that leads out of the inbox
│   ├── Changed            written to while it was read
│   ├── Gone               not where it lay any more
│   └── TooManyRejections  more lines rejected than the source tolerates
├── StoreError             the store cannot be used; nothing was changed
│   ├── StoreMissing
│   ├── StoreBusy
│   ├── StoreUnreadable
│   ├── StoreUnwritable
│   ├── StoreUnreachable   its server does not answer
│   ├── StoreRefused       its server does not let this user in
│   ├── StoreCrowded       every connection was in use
│   ├── StoreConflict      another program's transaction was in the way; doing it again helps
│   ├── OutcomeUnknown     the connection was lost in a commit, and the server cannot be asked
│   ├── SchemaTooOld
│   ├── SchemaTooNew
│   ├── NetworkFileSystem
│   ├── StoreForbidden
│   ├── StoreMisplaced     what stands in its place is no file
│   ├── CopyUnwritable     the disk did not take a copy of it
│   ├── StoreInUse
│   ├── StoreDamaged
│   └── NotOurStore
├── FolderError            a folder of the ingest cannot be used; nothing was taken in
│   ├── FolderForbidden    it is closed to this user
│   └── FolderMissing      it is not there
├── SystemRefused          the system does not let a file or folder be used
├── SettingsError          the settings contradict themselves or are incomplete
├── NotSent                a mail or an alert was not delivered
├── ImportRefused          a file to import has rows that cannot be taken
├── RequestRefused         rows were asked for in a way that cannot be answered
└── Refused                a change that the rules of the business do not allow
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass


class BillingError(Exception):
    """The root of every error that a person can act on."""


class FileError(BillingError):
    """This CDR file cannot be used."""

    code = "file"

    def __init__(self, message: str) -> None:
        """Keep the message: what happened, what was kept, what to do."""
        self.message = _storable(message)
        super().__init__(self.message)


def _storable(text: str) -> str:
    """Return a text that every store can hold: a file's name may be no text at all."""
    with suppress(UnicodeEncodeError):  # half a surrogate pair that stands for no byte
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class UnknownFormat(FileError):
    """No profile recognises the file."""

    code = "unknown_format"


class AmbiguousFormat(FileError):
    """More than one profile recognises the file."""

    code = "ambiguous_format"


class NotText(FileError):
    """The file is not text, or not in the declared encoding."""

    code = "not_text"


class EmptyFile(FileError):
    """The file holds no bytes."""

    code = "empty"


class Truncated(FileError):
    """A file ends too early or is damaged: its archive, or its own trailer, says so."""

    code = "truncated"


class TooLarge(FileError):
    """A file unpacks to more than its bound, or is more than can be taken in at once."""

    code = "too_large"


class Unsafe(FileError):
    """A link, a special file, or a name that leads out of the inbox."""

    code = "unsafe"


class Changed(FileError):
    """The file was written to while it was read."""

    code = "changed"


class Gone(FileError):
    """The file is not where it lay any more; it is taken in when it is there again."""

    code = "gone"


class CopyOfGrowing(FileError):
    """It holds what is read already where it grows; taken in, its calls would be charged twice."""

    code = "copy_of_growing"


class TooManyRejections(FileError):
    """More lines were rejected than the source tolerates."""

    code = "too_many_rejections"


class StoreError(BillingError):
    """The store cannot be used; nothing was changed.

    Attributes:
        abroad: What the web is told, which may be anybody: no path, address, version or words of
            the database. Empty where the message names none.
    """

    abroad = "The store cannot be used just now. Nothing was changed; the server's log says why."

    @property
    def told_abroad(self) -> str:
        """The message for whoever asks from outside."""
        return self.abroad or str(self)


class StoreMissing(StoreError):
    """There is no store where the settings say."""

    abroad = "There is no store where it was. The server's log says where, and what to do."

    def __init__(self, where: str) -> None:
        """Name the place and the command that makes a store there."""
        self.where = where
        super().__init__(
            f"There is no store at {where}. "
            "Make one with 'python -m data migrate --new', bring one back with "
            "'python -m data restore PATH', or point TOLLBOARD_DATABASE_URL at yours."
        )


class StoreBusy(StoreError):
    """Another process kept the store locked for too long."""

    abroad = ""

    def __init__(self, waited_s: float) -> None:
        """Say how long was waited; nothing was written."""
        self.waited_s = waited_s
        super().__init__(
            f"The store stayed locked by another process for {waited_s:g} s. "
            "Nothing was changed; try again."
        )


class StoreUnreadable(StoreError):
    """The store is there but could not be read just now."""

    abroad = "The store could not be read. Nothing was changed; try again."

    def __init__(self, why: str) -> None:
        """Say what the database said."""
        self.why = why
        super().__init__(f"The store could not be read ({why}). Nothing was changed; try again.")


class StoreUnwritable(StoreError):
    """The disk did not take what was to be written."""

    abroad = "The store could not be written. Nothing was changed; the server's log says why."

    def __init__(self, why: str) -> None:
        """Keep the database's own words, and say what to do."""
        self.why = why
        super().__init__(
            f"The store could not be written ({why}). Nothing was changed; make room or look at "
            "the disk ('python -m data doctor'), then try again."
        )


class StoreUnreachable(StoreError):
    """The server that holds the store does not answer."""

    abroad = (
        "The store's server does not answer. Nothing was changed. It is tried again by itself; if "
        "that goes on, look at the server's log."
    )

    def __init__(self, where: str, why: str) -> None:
        """Say which, and what was heard of it."""
        self.where, self.why = where, why
        super().__init__(
            f"The {where} does not answer ({why}). Nothing was changed. It is tried again by "
            "itself; if that goes on, look at the server and at TOLLBOARD_DATABASE_URL."
        )


class StoreRefused(StoreError):
    """The server that holds the store does not let this user in, or not do this."""

    def __init__(self, where: str, why: str) -> None:
        """Say what it refused."""
        self.where, self.why = where, why
        super().__init__(
            f"The {where} refuses ({why}). Look at the user and password in "
            "TOLLBOARD_DATABASE_URL, and at the user's rights; nothing was changed."
        )


class StoreCrowded(StoreError):
    """Every connection to the store was in use."""

    abroad = ""

    def __init__(self, most: int, waited_s: float) -> None:
        """Say how many there are and how long was waited."""
        self.most, self.waited_s = most, waited_s
        super().__init__(
            f"All {most} connections to the store were in use for {waited_s:g} s. "
            "Nothing was changed; try again."
        )


class StoreConflict(StoreError):
    """Another program's transaction was in the way of ours, which was rolled back."""

    abroad = ""

    def __init__(self) -> None:
        """Say that doing it again helps."""
        super().__init__(
            "Another program held what was to be changed. Nothing was changed; try again."
        )


class OutcomeUnknown(StoreError):
    """The connection was lost in a commit, and the server cannot be asked how it ended."""

    abroad = (
        "The connection to the store was lost just when a change was to be made final, and it does "
        "not answer. Look whether the change is there before you do it again."
    )

    def __init__(self, where: str) -> None:
        """Say what to look at before doing it again."""
        self.where = where
        super().__init__(
            f"The connection to the {where} was lost just when a change was to be made final, and "
            "it does not answer. Look whether the change is there before you do it again."
        )


class SchemaTooOld(StoreError):
    """The store was made by an older version."""

    def __init__(self, found: str | None, wanted: str) -> None:
        """Name both revisions and the command that upgrades."""
        self.found, self.wanted = found, wanted
        super().__init__(
            f"The store is at schema {found or 'none'}, this version needs {wanted}. "
            "Upgrade it with 'python -m data migrate'."
        )


class SchemaTooNew(StoreError):
    """The store was made by a newer version."""

    def __init__(self, found: str) -> None:
        """Name the revision that this version does not know."""
        self.found = found
        super().__init__(
            f"The store is at schema {found}, which this version does not know. "
            "Run the version that made it, or a newer one; nothing was changed."
        )


class NetworkFileSystem(StoreError):
    """The store's file is on a file system whose locks do not hold."""

    def __init__(self, where: str, kind: str) -> None:
        """Name the file system and what to do."""
        self.where, self.kind = where, kind
        super().__init__(
            f"{where} is on a network file system ({kind}), where SQLite can lose data. "
            "Move the var folder to a disk of this machine, or use PostgreSQL; "
            "nothing was changed."
        )


def _begun(words: str) -> str:
    """Return words that go on a sentence as the beginning of one."""
    return words[:1].upper() + words[1:]


class StoreForbidden(StoreError):
    """This user may not read or write the store or its folder."""

    def __init__(self, where: str, why: str, action: str) -> None:
        """Name the place, what hinders and what to do."""
        super().__init__(
            f"{where} cannot be read and written by this user: {why}. {_begun(action)}; nothing "
            "was changed."
        )


class StoreMisplaced(StoreError):
    """What stands in the store's place is no file."""

    def __init__(self, where: str, what: str, action: str) -> None:
        """Say what it is and what to do."""
        super().__init__(f"{where} is {what}. {action}; nothing was changed.")


class CopyUnwritable(StoreError):
    """The disk did not take a copy of the store."""

    def __init__(self, where: str, why: str) -> None:
        """Say where it did not fit; the store is as it was."""
        super().__init__(
            f"{where} could not be written ({why}). Nothing stays of it, and the store is as it "
            "was; make room, or name a place on another disk."
        )


class StoreInUse(StoreError):
    """Another process has the store open."""

    def __init__(self, where: str) -> None:
        """Name the store and what to stop."""
        self.where = where
        super().__init__(
            f"{where} is in use. Stop the page and the ingest "
            "(systemctl stop tollboard tollboard-ingest.timer), then try again. "
            "Nothing was changed."
        )


class StoreDamaged(StoreError):
    """A store, or a copy of one, is damaged or incomplete."""

    def __init__(self, where: str, why: str) -> None:
        """Say what is wrong with which file and what to do."""
        self.where, self.why = where, why
        super().__init__(
            f"{where} is damaged: {why}. Nothing was changed; "
            "use an earlier backup (python -m data restore PATH)."
        )


class NotOurStore(StoreError):
    """The file is not a store of this product, or is damaged."""

    def __init__(self, where: str, why: str) -> None:
        """Say what is wrong with which file."""
        self.where, self.why = where, why
        super().__init__(f"{where} is not a Tollboard store: {why}. Nothing was changed.")


class FolderError(BillingError):
    """A folder of the ingest cannot be used; nothing was taken in."""


class FolderForbidden(FolderError):
    """This user may not do in a folder what an ingest does there."""

    def __init__(self, where: str, done: str, why: str, action: str) -> None:
        """Name the folder, what cannot be done there, what hinders and what to do."""
        super().__init__(
            f"{where} cannot be {done} by this user: {why}. {_begun(action)}; nothing was taken in."
        )


class FolderMissing(FolderError):
    """The inbox is not there, as while its disk is not mounted."""

    def __init__(self, where: str) -> None:
        """Name it and how to have it."""
        super().__init__(
            f"There is no inbox: {where} is no folder. Mount its disk, mend TOLLBOARD_INBOX, or "
            f"make it (mkdir -p {where}, as the user of the ingest). Nothing was taken in; what "
            "waits keeps waiting."
        )


class SystemRefused(BillingError):
    """The system does not let a file or folder be used as it has to be."""

    def __init__(self, where: str, why: str, action: str) -> None:
        """Name it, with the system's own words and what to do."""
        super().__init__(f"{where} cannot be used: {why}. {action}, then try again.")


class SettingsError(BillingError):
    """The settings contradict themselves or are incomplete."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Carry every problem, so that one look mends them all."""
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class RowRefusal:
    """One row of an imported file that cannot be taken.

    Attributes:
        line: 1-based physical line in the file.
        reason: What is wrong with it and what would be right, for a person.
    """

    line: int
    reason: str


class ImportRefused(BillingError):
    """A file to import has rows that cannot be taken; nothing of it was stored."""

    def __init__(
        self, name: str, refusals: Sequence[RowRefusal], *, partial_helps: bool = True
    ) -> None:
        """Name every refused row, and whether the others could be taken without them."""
        self.name, self.refusals = name, tuple(refusals)
        advice = " (give --partial to take the others)" if partial_helps else ""
        shown = "\n".join(f"  line {row.line}: {row.reason}" for row in self.refusals[:20])
        more = len(self.refusals) - 20
        tail = f"\n  and {more} more" if more > 0 else ""
        super().__init__(
            f"{name}: {len(self.refusals)} row(s) cannot be taken, "
            f"nothing was imported{advice}:\n{shown}{tail}"
        )


class Refused(BillingError):
    """A change that the rules of the business do not allow."""


class RequestRefused(BillingError):
    """Rows were asked for in a way that cannot be answered; the message says what would be."""


class NotSent(BillingError):
    """A mail or an alert was not delivered; what it tells of is in the store as before."""
