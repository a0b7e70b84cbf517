import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.numbers import NumberPlan, e164_digits
from ingest.parties import digits

BRITISH = NumberPlan("44", "00", "0")
AMERICAN = NumberPlan("1", "011", "1")
DANISH = NumberPlan("45", "00", "")


@pytest.mark.parametrize(
    ("number", "plan", "expected"),
    [
        pytest.param("+447700900123", BRITISH, "447700900123", id="plus"),
        pytest.param("0012025550123", BRITISH, "12025550123", id="international prefix"),
        pytest.param("07700900123", BRITISH, "447700900123", id="trunk prefix"),
        pytest.param("447700900123", BRITISH, "447700900123", id="neither: as it is"),
        pytest.param("2025550123", AMERICAN, "12025550123", id="ten digits in North America"),
        pytest.param("12025550123", AMERICAN, "12025550123", id="trunk one in North America"),
        pytest.param("01144770090012", AMERICAN, "44770090012", id="011"),
        pytest.param("32123456", DANISH, "4532123456", id="no trunk prefix is declared"),
        pytest.param("+447700900123", NumberPlan(), "447700900123", id="undeclared drops a plus"),
        pytest.param("07700900123", NumberPlan(), "07700900123", id="undeclared keeps digits"),
        pytest.param("(020) 7946-0001", BRITISH, "442079460001", id="separators"),
        pytest.param("*60", BRITISH, "", id="feature code"),
        pytest.param("anonymous", BRITISH, "", id="no number"),
        pytest.param("0770090****", BRITISH, "", id="masked"),
        pytest.param("", BRITISH, "", id="empty"),
    ],
)
def test_the_digits_follow_from_the_plan(number, plan, expected):
    assert e164_digits(number, plan) == expected


numbers = st.one_of(
    st.text(alphabet="0123456789+*# -ab()\u0661", max_size=14),
    st.from_regex(r"\A(\+|00|011|0|1)?[0-9]{0,12}\Z"),
)
prefixes = st.sampled_from(["", "0", "00", "011", "1", "8", "810"])
plans = st.builds(NumberPlan, st.sampled_from(["", "1", "44", "7"]), prefixes, prefixes)


@settings(deadline=None)
@given(st.lists(numbers, max_size=30), plans)
def test_a_column_of_numbers_gives_the_digits_that_each_number_gives(written, plan):
    column = digits(pa.array(written, pa.string()), plan)

    assert column.to_pylist() == [e164_digits(number, plan) for number in written]
