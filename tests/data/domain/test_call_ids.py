from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.call_ids import CallId, call_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.integers(0, 10**13), st.integers(-(2**63), 2**63 - 1))
def test_a_call_is_found_again_by_its_text(ms, key):
    name = CallId(EPOCH + timedelta(milliseconds=ms), key)

    assert call_id(str(name)) == name


@pytest.mark.parametrize(
    "text",
    ["", "1", "1-ff", "x-0000000000000000", "1-0000000000000000'", "9" * 15 + "-" + "0" * 16],
)
def test_what_names_no_call_is_refused(text):
    with pytest.raises(ValueError, match="names no call"):
        call_id(text)
