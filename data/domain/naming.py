"""Names that people give: to plans, charges, rate tables, tax categories, tokens."""

from data.domain.errors import Refused


def check_named(name: str, what: str) -> None:
    """Refuse a name that nobody could see, or write again.

    Raises:
        Refused: It is empty, or of blanks and characters that do not print.
    """
    if not any(letter.isprintable() and not letter.isspace() for letter in name):
        raise Refused(f"{what} needs a name; {name!r} is none. Nothing was changed.")
