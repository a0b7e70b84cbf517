"""Whether a question still stands when it is answered: what it named may have changed meanwhile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from data.store.connect import Store
from layouts.dialogs import Field, FieldKind, Question

CHANGED = "This has changed meanwhile, so nothing was done. Look at it again."


class Outdated(Exception):
    """What a question named is no longer so; nothing was done. It carries what is asked now."""

    def __init__(self, now: Question) -> None:
        """Take the question as it is now."""
        super().__init__(CHANGED)
        self.now = now


def named(question: Question) -> dict[str, object]:
    """Return what a question named: its words with their sums, and what it proposed.

    Facts beside them may move at any moment, as files that wait do, and days move by themselves.
    """
    proposed = {
        field.name: field.value for field in question.fields if field.kind is not FieldKind.DAY
    }
    return {"title": question.title, "button": question.button, "proposed": proposed}


def check(now: Question, was: object) -> None:
    """Refuse to do what is no longer as it was asked.

    Raises:
        Outdated: It is another question now.
    """
    if named(now) != was:
        raise Outdated(now)


def with_typed(now: Question, was: object, typed: Mapping[str, str]) -> Question:
    """Return a question that keeps what was typed over the earlier one's proposals."""
    proposed = was.get("proposed") if isinstance(was, dict) else None
    before = proposed if isinstance(proposed, dict) else {}

    def kept(field: Field) -> Field:
        written = typed.get(field.name, field.value)
        own = field.kind is FieldKind.DAY or written != before.get(field.name)
        return replace(field, value=written) if own else field

    return replace(now, fields=tuple(kept(field) for field in now.fields))


@dataclass(frozen=True)
class CheckedStore(Store):
    """A store whose write transactions begin with a look that may refuse: nobody gets between.

    Attributes:
        look: What is looked at; what it raises ends the transaction.
    """

    look: Callable[[Connection], None]

    @contextmanager
    def writing(
        self, staged: Sequence[Path] = (), first: Callable[[Connection], None] | None = None
    ) -> Iterator[Connection]:
        """Give a write transaction, once it was looked."""
        with super().writing(staged, first) as conn:
            self.look(conn)
            yield conn


def checked(store: Store, look: Callable[[Connection], None]) -> Store:
    """Return a store that looks before it writes."""
    return CheckedStore(store.url, store.readers, store.writers, store.database, look)
