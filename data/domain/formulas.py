"""Text in a file that a spreadsheet opens, where a first sign can make a formula of it."""

STARTS_A_FORMULA = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""Source: OWASP ASVS 5.0, 1.2.10; Excel takes the full-width signs as it takes the others."""


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a quote goes before a first sign.

    Telephone numbers (+44...) get it too; who reads the file by machine wants the text as it is.
    """
    return f"'{text}" if text[:1] in STARTS_A_FORMULA else text
