"""Currencies: which there are, and into how many minor units one of them is divided."""

from data.domain.errors import SettingsError


def minor_digits_of(currency: str) -> int:
    """Return the decimals of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD.

    Args:
        currency: Its code.

    Raises:
        SettingsError: There is no such code, or it is of no money, as that of gold.

    Source:
        ISO 4217, list one, as its maintenance agency publishes it.
    """
    from iso4217 import Currency  # noqa: PLC0415 (reads the list; only founding a store needs it)

    try:
        digits: int | None = Currency(currency).exponent
    except ValueError:
        digits = None
    if digits is None:
        problem = (
            f"TOLLBOARD_CURRENCY: {currency} is no currency of ISO 4217. Name it by its code, as "
            "EUR, USD or JPY; it stays as it is once the store is made. Nothing was made."
        )
        raise SettingsError([problem])
    return digits
