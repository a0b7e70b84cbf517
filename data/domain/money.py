"""Money as whole millionths of the tenant's currency unit, and the one place that rounds it."""

import re
from decimal import ROUND_HALF_UP, Decimal

MICROS_PER_UNIT = 1_000_000
PPM = 1_000_000
MOST_MICROS = 10**15
"""The most that one amount may be: a thousand million units. More is a slip of the hand, and some
thousands of such amounts still add up within the 64 bits of the store."""
MOST_PPM = 10_000_000
"""The most that a share may be: 1,000 percent."""
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
"""How an amount is written. Anything else could be another amount to whoever wrote it."""


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

    Args:
        text: Digits 0 to 9 with at most one decimal point and a sign; blanks around are taken off.

    Raises:
        ValueError: Another form, finer than one micro, or beyond `MOST_MICROS`.
    """
    plain = text.strip()
    if not PLAIN.fullmatch(plain):
        comma = "; a comma can mean two things and is not taken" if "," in plain else ""
        raise ValueError(
            f"{text!r} is not an amount: write digits and one decimal point, as 1234.50{comma}"
        )
    value = Decimal(plain)
    if abs(value) > MOST_MICROS // MICROS_PER_UNIT:
        most = f"{MOST_MICROS // MICROS_PER_UNIT:,}"
        raise ValueError(f"{text!r} is beyond {most}, the most that an amount may be")
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
