import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.included_minutes import is_listed
from data.domain.numbers import NumberPlan, begins, e164_digits, prefixes_of
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
        pytest.param("118118", BRITISH, "=118118", id="short: abroad it would be one of +1"),
        pytest.param("442079", BRITISH, "=442079", id="short though the country code begins it"),
        pytest.param("118118", NumberPlan("44"), "118118", id="no prefix is declared: as it is"),
        pytest.param("4420794", BRITISH, "4420794", id="seven digits can be a number abroad"),
        pytest.param("+118118", BRITISH, "118118", id="a plus is never a short number's"),
        pytest.param("0118", BRITISH, "44118", id="nor is the trunk prefix"),
        pytest.param("112", AMERICAN, "=112", id="but in North America it is"),
        pytest.param("911", NumberPlan("", "011", ""), "=911", id="only how abroad is dialled"),
        pytest.param("112", DANISH, "45112", id="all without it are national"),
        pytest.param("+44 (0)7700 900123", BRITISH, "447700900123", id="trunk in brackets"),
        pytest.param("0044(0)20-7946", BRITISH, "44207946", id="the same after 00"),
        pytest.param("(+49) (0) 30 1234567", BRITISH, "49301234567", id="with more brackets"),
        pytest.param("44 (0)7700 900123", BRITISH, "447700900123", id="without a mark"),
        pytest.param("+39 (0)6 1234567", BRITISH, "39061234567", id="Italy keeps the zero"),
        pytest.param("(0)20 7946 0001", BRITISH, "442079460001", id="trunk in brackets at home"),
        pytest.param("sip:+447700900123@host;user=phone", BRITISH, "447700900123", id="SIP URI"),
        pytest.param('"Ada" <SIPS:07700900123:x@host>;tag=1', BRITISH, "447700900123", id="named"),
        pytest.param("tel:+44-7700-900123;ext=1", BRITISH, "447700900123", id="tel URI"),
        pytest.param("sip:ada@10.0.0.1", BRITISH, "", id="a name in a URI"),
        pytest.param("sip:10.0.0.1", BRITISH, "", id="a host alone"),
        pytest.param("*60", BRITISH, "", id="feature code"),
        pytest.param("anonymous", BRITISH, "", id="no number"),
        pytest.param("0770090****", BRITISH, "", id="masked"),
        pytest.param("", BRITISH, "", id="empty"),
    ],
)
def test_the_digits_follow_from_the_plan(number, plan, expected):
    assert e164_digits(number, plan) == expected


@pytest.mark.parametrize(
    ("digits", "prefix", "begun"),
    [
        ("=118118", "118118", True),
        ("=118118", "118", True),
        ("=118118", "1", False),
        ("=118118", "119", False),
        ("=0800", "0", True),
        ("=353353", "353", False),
        ("=999", "999", True),
        ("=999", "", True),
        ("=999", "9999", False),
        ("118118", "1", True),
    ],
)
def test_a_short_number_is_of_a_rate_for_the_whole_of_it_or_for_no_country(digits, prefix, begun):
    assert begins(digits, prefix) is begun
    assert (prefix in prefixes_of(digits)) is begun
    assert is_listed(digits, [prefix]) is begun


numbers = st.one_of(
    st.text(alphabet="0123456789+*# -ab()\u0661", max_size=14),
    st.from_regex(r"\A(\+|00|011|0|1)?[0-9]{0,12}\Z"),
    st.from_regex(r"\A(sip:|tel:|<sip:)[0+]?[0-9ab]{0,9}(@1|;x)?\Z"),
    st.from_regex(r"\A\(?(\+|00)?(44|39)[ )]?\(0\)[0-9 ]{0,9}\Z"),
)
prefixes = st.sampled_from(["", "0", "00", "011", "1", "8", "810"])
plans = st.builds(NumberPlan, st.sampled_from(["", "1", "44", "7"]), prefixes, prefixes)


@settings(deadline=None)
@given(st.lists(numbers, max_size=30), plans)
def test_a_column_of_numbers_gives_the_digits_that_each_number_gives(written, plan):
    column = digits(pa.array(written, pa.string()), plan)

    assert column.to_pylist() == [e164_digits(number, plan) for number in written]
