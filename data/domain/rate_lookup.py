"""Finding rates for many calls, one by one: longest prefix by length, versions by day."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from data.domain.numbers import prefixes_of
from data.domain.rating import Rate, in_force


class RateLookup:
    """The rates of one table, ready to be asked often; agrees with `of_group` and the rest."""

    def __init__(self, rates: Sequence[Rate]) -> None:
        """Take all versions of a table, those for override values too."""
        self._groups: dict[str, list[Rate]] = {"": []}
        for rate in rates:
            self._groups.setdefault(rate.group_value, []).append(rate)
        self._days = {
            group: sorted({rate.effective_from for rate in own})
            for group, own in self._groups.items()
        }
        self._versions: dict[tuple[str, int], dict[str, Rate]] = {}

    def rate(self, digits: str, day: date, override_value: str = "") -> Rate | None:
        """Return the rate of a number for a call of a local day, or none."""
        group = override_value if override_value in self._groups else ""
        version = bisect_right(self._days[group], day) - 1
        if version < 0:
            return None
        patterns = self._patterns(group, version)
        found = (patterns.get(prefix) for prefix in prefixes_of(digits))
        return next((rate for rate in found if rate is not None), None)

    def _patterns(self, group: str, version: int) -> dict[str, Rate]:
        if (group, version) not in self._versions:
            rates = in_force(self._groups[group], self._days[group][version])
            self._versions[group, version] = {rate.pattern: rate for rate in rates}
        return self._versions[group, version]
