"""What matching and rating need to know: codes, rates, and who has which table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from data.domain.auth_codes import AuthCode, AuthField, AuthKind, AuthOperator
from data.domain.rating import Rate


@dataclass(frozen=True)
class CodeColumns:
    """Auth codes as columns, by customer and position; a hundred thousand of them travel fast.

    Attributes:
        customer_id: Whose each is.
        field: What it looks at.
        kind: How it compares.
        pattern: With what.
        operator: How it is joined to the customer's next code.
        enabled: A disabled code matches nothing.
    """

    customer_id: tuple[int, ...] = ()
    field: tuple[AuthField, ...] = ()
    kind: tuple[AuthKind, ...] = ()
    pattern: tuple[str, ...] = ()
    operator: tuple[AuthOperator, ...] = ()
    enabled: tuple[bool, ...] = ()

    @classmethod
    def of(cls, codes: Iterable[AuthCode]) -> "CodeColumns":
        """Take codes one by one, in any order."""
        ordered = sorted(codes, key=lambda code: (code.customer_id, code.position))
        return cls(
            *(tuple(getattr(code, name) for code in ordered) for name in cls.__dataclass_fields__)
        )

    @property
    def fields(self) -> frozenset[AuthField]:
        """The fields that some code looks at."""
        return frozenset(self.field)


@dataclass(frozen=True)
class Rules:
    """The rules of one moment, as rows.

    Attributes:
        zone: The tenant's: what a day is, and which band a call falls into.
        customer_codes: Auth codes of customers that are not deleted, by customer and position.
        provider_codes: Those of providers.
        tables: The rate table of each customer and provider, by customer.
        rates: The rates of those tables, replaced ones left out.
        kept_from: The first day, in the tenant's zone, whose calls are kept; none: all are.
        currency: The tenant's: what a file's own costs must be in.
    """

    zone: ZoneInfo
    customer_codes: CodeColumns
    provider_codes: CodeColumns
    tables: tuple[tuple[int, int], ...]
    rates: tuple[Rate, ...]
    kept_from: date | None = None
    currency: str = ""
