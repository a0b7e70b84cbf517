"""CDR files: processed again, dismissed, withdrawn, and each of those undone."""

from collections.abc import Callable

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish
from data.domain.counting import MOST_NAMED, counted, first_few, worded
from data.domain.errors import Refused
from data.domain.records import FileStatus
from data.store.connect import Store
from data.store.queries.files import cdr_file, file_ids_with_status
from data.store.writes.upkeep import (
    dismissals_undone,
    files_dismissed,
    files_requeued,
    files_withdrawn,
    withdrawals_undone,
)
from layouts.dialogs import Fact, Field, Question

Write = Callable[[Connection, list[int], Wish], None]


def _ask_reprocess(conn: Connection, wish: Wish) -> Question:
    what = counted(len(wish.numbers()), "file")
    again = _again(len(wish.numbers()))
    facts = _facts_of(conn, wish)
    return Question(f"Process {what} again?", again, f"Process {what} again", facts=facts)


def _facts_of(conn: Connection, wish: Wish) -> tuple[Fact, ...]:
    """Return which files they are: the rows are dimmed behind the dialog."""
    numbers = wish.numbers()
    found = [cdr_file(conn, number) for number in numbers[:MOST_NAMED]]
    names = ["gone meanwhile" if file is None else file.name for file in found]
    label = "File" if len(numbers) == 1 else "Files"
    return (Fact(label, first_few([*names, *map(str, numbers[MOST_NAMED:])])),)


def _again(number: int) -> str:
    happens = worded(
        number,
        "It waits for the next run of the ingest. What it loaded stays until then",
        "They wait for the next run of the ingest. What they loaded stays until then",
    )
    return f"{happens}; calls on recorded invoices keep their customer and price."


def _ask_reprocess_all(conn: Connection, _wish: Wish) -> Question:
    number = len(file_ids_with_status(conn, FileStatus.ERROR))
    if not number:
        raise Refused("No file is in error, so there is nothing to process again.")
    every = worded(number, "the one file", f"all {counted(number, 'file')}")
    what = f"{every} in error"
    return Question(f"Process {what} again?", _again(number), f"Process {what} again")


def _reprocess_all(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        numbers = file_ids_with_status(conn, FileStatus.ERROR)
        files_requeued(conn, numbers, wish.by)
    return f"{counted(len(numbers), 'file')} waiting"


def _ask_dismiss(conn: Connection, wish: Wish) -> Question:
    number = len(wish.numbers())
    what = counted(number, "file")
    leaves = worded(number, "It leaves", "They leave")
    return Question(
        f"Dismiss {what}?",
        f"{leaves} the error tile, with your reason. This can be undone.",
        f"Dismiss {what}",
        facts=_facts_of(conn, wish),
        fields=(Field("why", "Reason", hint="Such as: the carrier sent it again as file 14."),),
        grave=True,
    )


def _ask_withdraw(conn: Connection, wish: Wish) -> Question:
    numbers = wish.numbers()
    found = [file for file in (cdr_file(conn, number) for number in numbers) if file is not None]
    calls = sum(file.counts.loaded for file in found)
    what = f"{counted(len(numbers), 'file')}, {counted(calls, 'call')}"
    happens = worded(
        len(numbers),
        "Its calls leave the totals; the file stays in the archive.",
        "Their calls leave the totals; the files stay in the archive.",
    )
    return Question(
        f"Withdraw {what}?",
        f"{happens} Refused where calls are on recorded invoices. This can be undone.",
        f"Withdraw {what}",
        facts=_facts_of(conn, wish),
        grave=True,
    )


def _ask_back(wording: str, one: str, many: str) -> Callable[[Connection, Wish], Question]:
    def asked(conn: Connection, wish: Wish) -> Question:
        number = len(wish.numbers())
        title = wording.format(counted(number, "file"))
        text = worded(number, one, many)
        return Question(f"{title}?", text, title, facts=_facts_of(conn, wish))

    return asked


def _deed(asked: Callable[[Connection, Wish], Question], write: Write, became: str) -> Deed:
    def done(store: Store, wish: Wish) -> str:
        numbers = wish.numbers()
        with store.writing() as conn:
            write(conn, numbers, wish)
        return f"{counted(len(numbers), 'file')} {became}"

    return Deed(asked, done)


REPROCESS = _deed(
    _ask_reprocess, lambda conn, numbers, wish: files_requeued(conn, numbers, wish.by), "waiting"
)
REPROCESS_ALL = Deed(_ask_reprocess_all, _reprocess_all)
DISMISS = _deed(
    _ask_dismiss,
    lambda conn, numbers, wish: files_dismissed(conn, numbers, wish.said("why"), wish.by),
    "dismissed",
)
UNDISMISS = _deed(
    _ask_back(
        "Put {} back into the errors",
        "It counts as an error again until it is dealt with.",
        "They count as errors again until they are dealt with.",
    ),
    lambda conn, numbers, wish: dismissals_undone(conn, numbers, wish.by),
    "back in the errors",
)
WITHDRAW = _deed(
    _ask_withdraw, lambda conn, numbers, wish: files_withdrawn(conn, numbers, wish.by), "withdrawn"
)
UNWITHDRAW = _deed(
    _ask_back(
        "Take {} in again",
        "It waits for the next run of the ingest.",
        "They wait for the next run of the ingest.",
    ),
    lambda conn, numbers, wish: withdrawals_undone(conn, numbers, wish.by),
    "waiting",
)
