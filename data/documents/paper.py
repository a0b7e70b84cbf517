"""Which paper a country prints on."""

LETTER_COUNTRIES = frozenset(
    "BLZ CAN CHL COL CRI GTM MEX NIC PAN PHL PRI SLV USA VEN".split()  # noqa: SIM905 (as the source)
)
"""Source: CLDR 48, measurementData, paperSize US-Letter; ISO 3166-1 alpha-3."""


def is_letter(country: str) -> bool:
    """Tell whether a country, ISO 3166-1 alpha-3, prints on US Letter; all others do on A4."""
    return country in LETTER_COUNTRIES
