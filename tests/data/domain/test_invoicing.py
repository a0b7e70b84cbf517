"""What stands on an invoice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.invoicing import (
    InvoiceLine,
    LineKind,
    Tax,
    Totals,
    Usage,
    plan_months,
    tax_lines,
    totals,
    usage_line,
)
from data.domain.periods import Period

GST = Tax("GST", rate_ppm=50_000)
QST = Tax("QST", rate_ppm=99_750, stacked=True)
UNIT = 1_000_000


def amounts(net, taxes):
    return [line.amount_micros for line in tax_lines(net, taxes, 2)]


def test_a_stacked_tax_is_reckoned_on_the_taxes_before_it():
    # 100.00 with 5 % and then 9.975 % on top is 115.47.
    assert amounts(100 * UNIT, [GST, QST]) == [5_000_000, 10_470_000]


def test_taxes_that_are_not_stacked_share_the_net_amount():
    flat = Tax("PST", rate_ppm=70_000)

    assert amounts(100 * UNIT, [GST, flat]) == [5_000_000, 7_000_000]


def test_a_tax_stops_at_its_cap():
    assert amounts(100 * UNIT, [Tax("E911", rate_ppm=50_000, cap_micros=UNIT)]) == [UNIT]


def test_a_fixed_tax_is_the_same_on_every_invoice_and_absent_from_an_empty_one():
    fixed = Tax("Fund", amount_micros=1_250_000)

    assert amounts(3 * UNIT, [fixed]) == [1_250_000]
    assert amounts(0, [fixed, GST]) == []


@pytest.mark.parametrize("net", [1, -3 * UNIT])
def test_a_fixed_tax_is_due_on_any_amount_that_is_owed_and_on_none_that_is_given_back(net):
    (line,) = tax_lines(net, [Tax("Fund", amount_micros=1_250_000)], 2)

    assert line.exact_micros == (1_250_000 if net > 0 else 0)


def test_a_tax_without_a_rate_and_an_amount_is_nothing():
    (line,) = tax_lines(UNIT, [Tax("Waived")], 2)

    assert (line.exact_micros, line.amount_micros) == (0, 0)


def test_usage_is_added_up_number_by_number():
    assert Usage(1, 20, 300, 4_000) + Usage(5, 60, 700, 8_000) == Usage(6, 80, 1_000, 12_000)


def test_each_line_is_rounded_half_up_once_and_keeps_what_it_was():
    line = usage_line(LineKind.USAGE, "Calls", Usage(3, 120, 1_235_000, 230_000), 2)

    assert (line.exact_micros, line.amount_micros) == (1_005_000, 1_010_000)
    assert (line.calls, line.billed_s) == (3, 120)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 300_000), max_size=4), st.booleans())
def test_a_total_is_the_sum_of_its_printed_lines(exact, rates, stacked):
    usage = usage_line(LineKind.USAGE, "Calls", Usage(1, 60, exact), 2)
    taxes = [Tax(f"T{ppm}", rate_ppm=ppm, stacked=stacked) for ppm in rates]

    lines = [usage, *tax_lines(usage.amount_micros, taxes, 2)]

    assert totals(lines).total_micros == sum(line.amount_micros for line in lines)
    assert all(line.amount_micros % 10_000 == 0 for line in lines)


def test_tax_and_net_are_summed_apart():
    plan = InvoiceLine(kind=LineKind.PLAN, description="", exact_micros=UNIT, amount_micros=UNIT)

    assert totals([plan, *tax_lines(UNIT, [GST], 2)]) == Totals(UNIT, 50_000)


JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("period", "billed", "due"),
    [
        pytest.param(JUNE, [], [JUNE], id="a month is one fee"),
        pytest.param(JUNE, [JUNE], [], id="billed once"),
        pytest.param(
            Period(date(2026, 6, 1), date(2026, 6, 7)), [], [JUNE], id="a month begun is due whole"
        ),
        pytest.param(
            Period(date(2026, 6, 29), date(2026, 7, 5)),
            [JUNE],
            [Period(date(2026, 7, 1), date(2026, 7, 31))],
            id="the next one follows the last one billed",
        ),
        pytest.param(
            Period(date(2026, 6, 1), date(2026, 7, 1)),
            [JUNE],
            [Period(date(2026, 7, 1), date(2026, 7, 31))],
            id="one that begins on the last day is due",
        ),
        pytest.param(
            Period(date(2026, 5, 1), date(2026, 7, 31)),
            [JUNE],
            [
                Period(date(2026, 5, 1), date(2026, 5, 31)),
                Period(date(2026, 7, 1), date(2026, 7, 31)),
            ],
            id="around one that is billed",
        ),
        pytest.param(
            Period(date(2026, 5, 20), date(2026, 6, 30)),
            [JUNE],
            [Period(date(2026, 5, 20), date(2026, 5, 31))],
            id="it ends where a billed one begins",
        ),
    ],
)
def test_a_plan_month_is_billed_once(period, billed, due):
    assert plan_months(period, billed) == due
