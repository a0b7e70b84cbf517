"""Column types: instants as integer milliseconds, words of the domain as small integers."""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, SmallInteger
from sqlalchemy import Integer as AnyInteger
from sqlalchemy import Text as AnyText
from sqlalchemy.types import TypeDecorator

from data.domain.periods import EPOCH

W = TypeVar("W", bound=IntEnum)

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
"""Text that is ordered by its characters' numbers, as SQLite does, whatever a server's locale."""


class Integer(AnyInteger):
    """A whole number of the store's tables, apart from those that a database says of itself."""


def epoch_ms(instant: datetime) -> int:
    """Return an aware instant as whole milliseconds since 1970-01-01 UTC.

    Raises:
        ValueError: The instant has no zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return (instant - EPOCH) // timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as integer milliseconds UTC; naive ones are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the milliseconds to store."""
        del dialect
        return None if value is None else epoch_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the aware instant that is stored."""
        del dialect
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class Prefixes(TypeDecorator[tuple[str, ...]]):
    """Prefixes of numbers, stored with commas between them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Return the text to store."""
        del dialect
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Return the prefixes that are stored."""
        del dialect
        return None if value is None else tuple(value.split(",")) if value else ()


class Word(TypeDecorator[W], Generic[W]):
    """A word of the domain, stored as its small integer."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, words: type[W]) -> None:
        """Take the enumeration whose members are stored."""
        self.words = words
        super().__init__()

    def process_bind_param(self, value: W | None, dialect: Dialect) -> int | None:
        """Return the integer to store."""
        del dialect
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> W | None:
        """Return the word that is stored."""
        del dialect
        return None if value is None else self.words(value)
