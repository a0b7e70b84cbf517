"""An address is written as the post of its country wants it."""

import pytest

from data.domain.addresses import address_lines
from data.domain.customers import Customer


def customer(country: str, **given: str) -> Customer:
    places = {"street": "5 High St", "city": "Town", "state": "ST", "zip": "12345"} | given
    return Customer(custid="1", company="Acme", country=country, **places)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("USA", ("5 High St", "Town, ST 12345")),
        ("GBR", ("5 High St", "Town", "ST", "12345")),
        ("DEU", ("5 High St", "12345 Town", "ST")),
        ("", ("5 High St", "12345 Town", "ST")),
    ],
)
def test_town_state_and_code_stand_in_the_order_of_the_country(country, lines):
    assert address_lines(customer(country)) == lines


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({"state": ""}, ("5 High St", "Town 12345")),
        ({"zip": ""}, ("5 High St", "Town, ST")),
        ({"street": " ", "city": "", "state": "", "zip": ""}, ()),
        ({"street2": "Floor 2"}, ("5 High St", "Floor 2", "Town, ST 12345")),
    ],
)
def test_what_is_empty_leaves_no_gap(given, lines):
    assert address_lines(customer("USA", **given)) == lines
