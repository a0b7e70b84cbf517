"""Names that people give: to plans, charges, rate tables, tax categories, tokens."""

from data.domain.errors import Refused

LONGEST_TEXT = 200
"""Characters of a name, or of a line of an address; lists and invoices have room for no more."""
LONGEST_NOTE = 4_000
"""Characters of a text of several lines, such as a ticket's."""


def line_problem(text: str) -> str:
    """Return why a text is no one line of a list or an invoice; empty: it is one."""
    if len(text.splitlines()) > 1:
        return "has line breaks; write it on one line"
    return length_problem(text)


def length_problem(text: str, most: int = LONGEST_TEXT) -> str:
    """Return why a text, which may have lines, is too long; empty: it is not."""
    return f"has {len(text):,} characters; {most:,} are the most" if len(text) > most else ""


def check_named(name: str, what: str) -> None:
    """Refuse a name that nobody could see, or write again.

    Raises:
        Refused: It is empty, of blanks and characters that do not print, or no line of a list.
    """
    problem = line_problem(name)
    if problem:
        raise Refused(f"{what} cannot have this name: it {problem}. Nothing was changed.")
    if not any(letter.isprintable() and not letter.isspace() for letter in name):
        raise Refused(f"{what} needs a name; {name!r} is none. Nothing was changed.")
