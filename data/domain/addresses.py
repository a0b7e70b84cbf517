"""How a postal address is written, line by line."""

from data.domain.customers import Customer

TOWN_STATE_CODE = frozenset({"USA", "CAN", "AUS", "PRI"})
"""Town, state and code on one line, in this order."""
CODE_BELOW_TOWN = frozenset({"GBR", "IRL", "IMN", "JEY", "GGY", "GIB"})
"""The code has its own line below the town's. Source: UPU, postal addressing systems."""


def address_lines(customer: Customer) -> tuple[str, ...]:
    """Return the lines below the name, without the country; empty ones are left out.

    Elsewhere than in the countries named above the code goes before the town.
    """
    town, state, code = customer.city, customer.state, customer.zip
    places: tuple[str, ...]
    if customer.country in TOWN_STATE_CODE:
        places = (_joined(_joined(town, state, apart=", " if state else ""), code),)
    elif customer.country in CODE_BELOW_TOWN:
        places = (town, state, code)
    else:
        places = (_joined(code, town), state)
    lines = (customer.street, customer.street2, *places)
    return tuple(line.strip() for line in lines if line.strip())


def _joined(first: str, second: str, *, apart: str = " ") -> str:
    return apart.join(part for part in (first.strip(), second.strip()) if part)
