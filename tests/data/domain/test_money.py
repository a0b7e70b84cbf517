from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.money import decimal_units, half_up, micros, rounded_to_minor

amounts = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (5, 3, 2), (0, 7, 0), (2675, 1000, 3)],
)
def test_halves_go_away_from_zero(numerator, denominator, expected):
    assert half_up(numerator, denominator) == expected


def test_a_division_by_nothing_is_our_mistake():
    with pytest.raises(ValueError, match="positive"):
        half_up(1, 0)


@given(amounts, st.integers(min_value=1, max_value=10**9))
def test_rounding_is_never_more_than_half_a_step_away(numerator, denominator):
    assert abs(half_up(numerator, denominator) * denominator - numerator) * 2 <= denominator


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [(2_675_000, 2_680_000), (2_674_999, 2_670_000), (-2_675_000, -2_680_000), (0, 0)],
)
def test_cents_are_rounded_half_up(exact, rounded):
    assert rounded_to_minor(exact) == rounded


def test_a_currency_without_cents_is_rounded_to_whole_units():
    assert rounded_to_minor(1_500_000, minor_digits=0) == 2_000_000


@given(amounts)
def test_written_and_read_again_an_amount_is_the_same(amount):
    assert micros(decimal_units(amount)) == amount


@given(amounts)
def test_an_amount_is_written_without_loss(amount):
    assert Decimal(decimal_units(amount)) == Decimal(amount) / 1_000_000


@pytest.mark.parametrize(
    ("amount", "minor_digits", "written"),
    [
        (5_000_000, 2, "5.00"),
        (100_000_000, 0, "100"),
        (5_000_000, 3, "5.000"),
        (1_234_560_000, 2, "1234.56"),
        (1, 2, "0.000001"),
        (-500_000, 2, "-0.50"),
    ],
)
def test_an_amount_has_at_least_its_minor_digits(amount, minor_digits, written):
    assert decimal_units(amount, minor_digits=minor_digits) == written


def test_the_most_that_an_amount_may_be_is_taken_and_no_more():
    assert micros("-1000000000") == -(10**15)
    with pytest.raises(ValueError, match=r"beyond 1,000,000,000, the most"):
        micros("1000000000.01")


LOOSE = ("0.0000001", "1e-7", "1e3", "1_000", "0x10", "1 000", "1.2.3", "--1", "12-", "1\n2")
OF_OTHER_DIGITS = ("\u0661\u0662", "\uff11", "\u00b2", "\u22125")


@pytest.mark.parametrize("text", ["", " ", ".", "abc", "NaN", "inf", *LOOSE, *OF_OTHER_DIGITS])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"amount|millionth"):
        micros(text)


@pytest.mark.parametrize("text", ["1,5", "1,250", "1.250,00", "1,250.00"])
def test_a_comma_is_refused_with_words_and_not_guessed(text):
    with pytest.raises(ValueError, match=r"write digits and one decimal point.*a comma"):
        micros(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        (" 12 ", 12_000_000),
        ("+0.5", 500_000),
        (".5", 500_000),
        ("5.", 5_000_000),
        ("-1.250000", -1_250_000),
    ],
)
def test_digits_a_point_and_a_sign_are_an_amount(text, amount):
    assert micros(text) == amount


@given(st.text(max_size=8))
def test_a_text_is_an_amount_only_where_it_is_written_in_plain_digits(text):
    try:
        amount = micros(text)
    except ValueError:
        return
    assert set(text.strip()) <= set("+-.0123456789")
    assert amount == Decimal(text.strip()) * 1_000_000
