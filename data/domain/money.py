"""Money as whole millionths of the tenant's currency unit, and the one place that rounds it."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MICROS_PER_UNIT = 1_000_000
PPM = 1_000_000


def half_up(numerator: int, denominator: int) -> int:
    """Return the quotient of two integers, halves away from zero.

    Raises:
        ValueError: The denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, not {denominator}")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def rounded_to_minor(amount_micros: int, *, minor_digits: int = 2) -> int:
    """Return the amount in micros, rounded half-up to the currency's minor unit."""
    step = int(10 ** (6 - minor_digits))
    return half_up(amount_micros, step) * step


def micros(text: str) -> int:
    """Return a decimal number of currency units as micros, exactly.

    Raises:
        ValueError: Not a plain decimal number, or finer than one micro.
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not an amount")
    scaled = value * MICROS_PER_UNIT
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} is finer than a millionth of the currency unit")
    return int(scaled)


def decimal_units(amount_micros: int, *, minor_digits: int = 2) -> str:
    """Return micros as a decimal string of currency units, with at least the minor digits.

    No digit is lost: 1_234_560_000 gives "1234.56", 1 gives "0.000001".
    """
    value = Decimal(amount_micros) / MICROS_PER_UNIT
    shortest = Decimal(1).scaleb(-minor_digits)
    if value == value.quantize(shortest, rounding=ROUND_HALF_UP):
        return f"{value:.{minor_digits}f}"
    return f"{value:.6f}".rstrip("0")
