"""Who the fictional reseller sells to and buys from; every number is reserved for fiction."""

from dataclasses import dataclass
from enum import IntEnum

NAME = "Meridian Voice"
ADDRESS = "1 Example Wharf\nLondon ZZ9 9ZZ\nUnited Kingdom\npay@meridian.example"
TAX_ID = "GB 999 9999 73"
BANK = "Bank of Nowhere\nIBAN GB82 WEST 1234 5698 7654 32\nBIC WESTGB2LXXX"
"""Nobody's account. Source: the example that explanations of the IBAN's check digits use."""


class Switch(IntEnum):
    """Which of the two switches a customer is on."""

    LONDON = 0
    BERLIN = 1


@dataclass(frozen=True)
class Subscriber:
    """A customer of the fictional reseller.

    Attributes:
        custid: Its number with the reseller.
        company: Its name.
        switch: Where its calls come from.
        block: The first digits, with +, of its ten telephone numbers.
        rate_table: What it pays by.
    """

    custid: str
    company: str
    switch: Switch
    block: str
    rate_table: str

    @property
    def account(self) -> str:
        """Its account code on the switch."""
        return f"{('LON', 'BER')[self.switch]}-{self.custid}"


@dataclass(frozen=True)
class Carrier:
    """A provider of the fictional reseller.

    Attributes:
        custid: Its number with the reseller.
        company: Its name.
        trunk: The trunk that leads to it, as the switch writes channels; empty where its switch
            writes none.
        rate_table: What it charges by.
    """

    custid: str
    company: str
    trunk: str
    rate_table: str

    @property
    def email(self) -> str:
        """Where its network is watched."""
        return f"noc@{self.custid}.example"


_LONDON = (
    "Aldermoor Logistics",
    "Brightwater Dental Group",
    "Castle & Finch Solicitors",
    "Dunmore Freight",
    "Elmbridge Veterinary",
    "Fairhaven Hotels",
    "Greyfriars Estates",
    "Harbour Lane Surgery",
    "Inkwell Publishing",
    "Juniper Home Care",
    "Kestrel Couriers",
    "Larkfield Schools Trust",
    "Merriweather Insurance",
    "Northgate Plumbing",
    "Oakhurst Pharmacy",
    "Pennywell Accountants",
    "Quayside Restaurants",
    "Ravensmoor Motors",
    "Saltmarsh Energy",
    "Thornbury Recruitment",
    "Underhill Farms",
    "Vale Road Clinic",
    "Westerleigh Travel",
    "Yarrow Software",
    "Zinnia Garden Centres",
)
_BERLIN = (
    "Adlerhof Logistik",
    "Blaustein Architekten",
    "Doppelpunkt Medien",
    "Eichenlaub Versand",
    "Falkenried Hausverwaltung",
    "Goldammer Reisen",
    "Havelblick Kliniken",
    "Isarwinkel Handel",
    "Kranichfeld IT",
    "Lindenau Apotheken",
    "Morgenrot Energie",
    "Nordlicht Werkzeuge",
)
LONDON_NUMBERS = "+442079460"  # then 000 to 999. Source: Ofcom, numbers for use in drama
BERLIN_NUMBERS = "+493023125"  # then 000 to 999. Source: Bundesnetzagentur, numbers for media

SUBSCRIBERS = tuple(
    Subscriber(
        f"{1001 + place}",
        company,
        Switch.LONDON,
        f"{LONDON_NUMBERS}{10 + place:02d}",
        "Business" if place % 3 == 0 else "Standard",
    )
    for place, company in enumerate(_LONDON)
) + tuple(
    Subscriber(
        f"{2001 + place}",
        company,
        Switch.BERLIN,
        f"{BERLIN_NUMBERS}{10 + place:02d}",
        "Europe",
    )
    for place, company in enumerate(_BERLIN)
)
CARRIERS = (
    Carrier("9001", "Northlink Carrier Services", "PJSIP/northlink", "Northlink cost"),
    Carrier("9002", "Tamar Wholesale Telecom", "PJSIP/tamar", "Tamar cost"),
    Carrier("9003", "Rheinbogen Netze", "", "Rheinbogen cost"),
)


@dataclass(frozen=True)
class Destination:
    """Where calls go.

    Attributes:
        digits: E.164 digits that its numbers begin with.
        more: How many digits follow.
        first: The smallest number that those may make, so that they stay in the fiction's range.
        last: The largest.
        weight: How often it is called from London and from Berlin, relative to the others.
    """

    digits: str
    more: int
    first: int
    last: int
    weight: tuple[float, float]


DESTINATIONS = (
    Destination("442079460", 3, 0, 999, (22, 3)),
    Destination("441614960", 3, 0, 999, (9, 1)),
    Destination("441134960", 3, 0, 999, (6, 0.5)),
    Destination("441214960", 3, 0, 999, (7, 0.5)),
    Destination("441314960", 3, 0, 999, (4, 0.5)),
    Destination("447700900", 3, 0, 999, (24, 2)),
    Destination("448081570", 3, 0, 999, (2, 0)),
    Destination("449098790", 3, 0, 999, (0.15, 0)),  # premium: blocked
    Destination("1212555", 4, 100, 199, (6, 3)),
    Destination("1310555", 4, 100, 199, (3, 1)),
    Destination("1416555", 4, 100, 199, (2, 1)),
    Destination("35320912", 4, 0, 9999, (5, 0.5)),
    Destination("3319900", 4, 0, 9999, (3, 5)),
    Destination("3363998", 4, 0, 9999, (2, 3)),
    Destination("493023125", 3, 0, 999, (2, 34)),
    Destination("498999998", 3, 0, 999, (1, 14)),
    Destination("494066969", 3, 0, 999, (1, 12)),
    Destination("4917139200", 2, 0, 99, (1, 16)),
    Destination("6125550", 4, 0, 9999, (1.5, 0.5)),
    Destination("468465004", 2, 0, 99, (0.8, 2)),
    Destination("467017406", 2, 5, 99, (0.5, 1.5)),
    Destination("999555", 4, 100, 199, (0.35, 0.3)),  # nobody's country: no table has a price
)
