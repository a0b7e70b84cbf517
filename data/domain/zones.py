"""Time zones by their names."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Return the names of the IANA database, looked up once: they are a folder of 600 files."""
    return frozenset(available_timezones())
