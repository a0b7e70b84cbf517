"""Templates of documents: every value escaped, a missing one an error."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """Return the one environment of templates."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_text"] = css_text
    return environment


def css_text(text: str) -> Markup:
    """Return a text as a CSS string: every sign that is not a plain letter or digit by its code.

    Source: CSS Syntax 3, 4.3.7: up to six hexadecimal digits, ended by a space.
    """
    coded = (sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):x} " for sign in text)
    return Markup('"' + "".join(coded) + '"')  # noqa: S704 (nothing in it can end the string)
