"""Finding rates for many calls, one by one: longest prefix by length, versions by day."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from data.domain.rating import Rate, in_force


class RateLookup:
    """The rates of one table, ready to be asked often; agrees with `longest_prefix`."""

    def __init__(self, rates: Sequence[Rate]) -> None:
        """Take all versions of a table; rates of a group are left out."""
        self._rates = [rate for rate in rates if rate.group_value == ""]
        self._days = sorted({rate.effective_from for rate in self._rates})
        self._versions: dict[int, dict[str, Rate]] = {}

    def rate(self, digits: str, day: date) -> Rate | None:
        """Return the rate of a number for a call of a local day, or none."""
        version = bisect_right(self._days, day) - 1
        if version < 0:
            return None
        patterns = self._patterns(version)
        lengths = range(len(digits), -1, -1)
        return next((patterns[digits[:n]] for n in lengths if digits[:n] in patterns), None)

    def _patterns(self, version: int) -> dict[str, Rate]:
        if version not in self._versions:
            rates = in_force(self._rates, self._days[version])
            self._versions[version] = {rate.pattern: rate for rate in rates}
        return self._versions[version]
