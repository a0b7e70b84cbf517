"""What somebody wants done: rows, typed words, who; and the pair of asking and doing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from data.domain.authorship import By
from data.domain.customers import Customer
from data.domain.errors import Refused
from data.domain.masking import masked_number
from data.domain.money import micros
from data.store.connect import Store
from data.store.queries.customers import customer, customers_by_custid
from data.store.queries.tenant import the_tenant
from layouts.dialogs import YES, Field, Question
from layouts.text import Money

LONGEST_ROW_ID = 16
MOST_SUGGESTED = 400
"""Customers that a dialog suggests; of more it takes the number or the whole name."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants done.

    Attributes:
        rows: The ids of the ticked rows, as text.
        by: Who, and when.
        typed: What they typed and chose in the dialog, by field; empty before it is shown.
        secret: A fresh random text.
        inbox: Where files arrive.
        masked: Phone numbers are masked for them.
        token: Of the question that is answered: however often it is, it is one answer.
    """

    rows: tuple[str, ...]
    by: By
    typed: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    inbox: Path = Path()
    masked: bool = False
    token: str | None = None

    def number(self, written: str) -> str:
        """Return a phone number as whoever asks may see it."""
        return masked_number(written) if self.masked else written

    def said(self, name: str) -> str:
        """Return what was typed into a field, without blanks around it."""
        return self.typed.get(name, "").strip()

    def ticked(self, name: str) -> bool:
        """Tell whether a flag is on."""
        return self.typed.get(name) == YES

    def day(self, name: str, what: str) -> date:
        """Return a day that was typed.

        Raises:
            Refused: It is none.
        """
        try:
            return date.fromisoformat(self.said(name))
        except ValueError:
            raise Refused(f"{what} is needed, as 2026-06-30.") from None

    def amount_micros(self, name: str = "amount") -> int:
        """Return an amount that was typed, above 0.

        Raises:
            Refused: It is none.
        """
        try:
            amount = micros(self.said(name))
        except ValueError as error:
            raise Refused(f"{error}. Nothing was changed.") from None
        if amount <= 0:
            raise Refused("The amount must be above 0. Nothing was changed.")
        return amount

    def numbers(self) -> list[int]:
        """Return the numbers of the ticked rows.

        Raises:
            Refused: None is ticked, or they are no numbered rows.
        """
        if not self.rows:
            raise Refused("Tick the rows first.")
        plain = all(row.isascii() and row.isdigit() for row in self.rows)
        if not plain or any(len(row) >= LONGEST_ROW_ID for row in self.rows):
            raise Refused("These rows cannot be acted on.")
        return [int(row) for row in self.rows]

    def one(self, what: str) -> int:
        """Return the number of the one ticked row.

        Raises:
            Refused: Another count of rows is ticked.
        """
        numbers = self.numbers()
        if len(numbers) != 1:
            raise Refused(f"Tick one {what}.")
        return numbers[0]


@dataclass(frozen=True)
class Deed:
    """An action's question and its doing; the doing returns what to say.

    A question that is not final is asked again with what was typed, and then names what would
    happen. Everything that a browser sends is looked up again when it is done.

    Attributes:
        asked: What is asked.
        done: What is done.
        reckons: Asking takes seconds: that it still is as it was asked is not looked at under the
            write lock, but before it.
    """

    asked: Callable[[Connection, Wish], Question]
    done: Callable[[Store, Wish], str]
    reckons: bool = False


def money_of(conn: Connection) -> Money:
    """Return how the tenant's amounts are written."""
    tenant = the_tenant(conn)
    return Money(tenant.currency, tenant.minor_digits)


def customer_field(conn: Connection, label: str = "Customer") -> Field:
    """Return the field that takes a customer: its number, or its whole name."""
    known = customers_by_custid(conn)
    shown = known.values() if len(known) <= MOST_SUGGESTED else ()
    suggested = tuple((each.custid, each.company) for each in shown)
    return Field("customer", label, choices=suggested, hint="Its number, or its whole name.")


def customer_said(conn: Connection, said: str) -> Customer:
    """Return the customer of a number, or of a name that only one has.

    Raises:
        Refused: There is none, or several have the name.
    """
    found = customer(conn, said)
    if found is not None:
        return found
    same = [
        each
        for each in customers_by_custid(conn).values()
        if each.company.casefold() == said.casefold()
    ]
    if len(same) > 1:
        numbers = ", ".join(each.custid for each in same)
        raise Refused(f"Several customers are named {said!r}: give the number ({numbers}).")
    if not same:
        raise Refused(f"There is no customer {said!r}.")
    return same[0]


def customers_ticked(conn: Connection, wish: Wish) -> Sequence[Customer]:
    """Return the customers of the ticked rows.

    Raises:
        Refused: None is ticked, or one is gone.
    """
    wanted = set(wish.numbers())
    found = [each for each in customers_by_custid(conn).values() if each.id in wanted]
    if len(found) != len(wanted):
        raise Refused("A customer is gone meanwhile. Close the panel and look again.")
    return found


def customer_ticked(conn: Connection, wish: Wish) -> Customer:
    """Return the customer of the one ticked row.

    Raises:
        Refused: Another count of rows is ticked, or it is gone.
    """
    wish.one("customer")
    return customers_ticked(conn, wish)[0]
