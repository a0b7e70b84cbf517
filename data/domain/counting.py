"""Numbers with what they count."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, as 1 invoice and 1,204 invoices."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
