"""No text of ours becomes a formula in somebody's spreadsheet."""

import pytest

from data.domain.formulas import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+441632960000", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "\uff1d1+1"]
)
def test_a_text_that_would_start_a_formula_gets_a_quote_before_it(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Acme", "02 = two", "'=1", "5 + 5"])
def test_any_other_text_stays_as_it_is(text):
    assert harmless(text) == text
