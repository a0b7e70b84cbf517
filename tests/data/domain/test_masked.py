from dataclasses import fields
from datetime import UTC, datetime

import pytest

from data.domain.columns import ColumnKind
from data.domain.errors import RequestRefused
from data.domain.explanation import Step, WorkedPrice
from data.domain.masked import PLAIN, masked_findings, masked_price, masked_row
from data.domain.panel_rows import TicketRow
from data.domain.panels import PANELS, Panel
from data.domain.row_payloads import requested
from data.domain.search import Findings, Hit, HitKind

AT = datetime(2026, 6, 10, tzinfo=UTC)
ASKED = {"panel": "calls", "from": "2026-06-01", "to": "2026-06-30"}


def test_a_text_that_anybody_typed_loses_its_numbers_and_nothing_else():
    row = TicketRow(1, "No calls from +1 202 555 0187", "since 09:30, 12 of 40", "high", AT, None)

    shown = masked_row(row)

    assert shown == TicketRow(1, "No calls from ***187", "since 09:30, 12 of 40", "high", AT, None)


@pytest.mark.parametrize("panel", Panel)
def test_no_text_column_of_a_panel_keeps_a_number_unless_it_is_known_to_hold_none(panel):
    plan = PANELS[panel]
    names = {column.name for column in plan.columns if column.kind is ColumnKind.TEXT}
    values = {
        field.name: "+12025550187" if field.name in names else None for field in fields(plan.row)
    }

    shown = masked_row(plan.row(**values))

    assert {name for name in names if "5550" in getattr(shown, name)} <= PLAIN


@pytest.mark.parametrize(
    "wish",
    [
        {"filterModel": {"called_number": {"type": "contains", "filter": "4420"}}},
        {"filterModel": {"pattern": {"type": "equals", "filter": "4420"}}},
        {"sortModel": [{"colId": "calling_number", "sort": "asc"}]},
    ],
    ids=["contains", "pattern", "sort"],
)
def test_a_masked_number_cannot_be_found_out_by_filtering_or_sorting(wish):
    requested(ASKED | wish)

    with pytest.raises(RequestRefused, match="masked for your role"):
        requested(ASKED | wish, masked=True)


def test_a_masked_search_tells_no_number_and_nothing_that_a_number_found():
    call = Hit(HitKind.CALL, "id", "+442079460100", "+12025550187", AT)
    code = Hit(HitKind.AUTH_CODE, "1", "12025550187", "Acme")
    acme = Hit(HitKind.CUSTOMER, "1", "Acme", "C-0187")

    by_name = masked_findings(Findings((acme, code, call)), "acme")
    by_number = masked_findings(Findings((acme, code, call), AT), "5550187")

    assert [(hit.title, hit.detail) for hit in by_name.hits] == [
        ("Acme", "C-0187"),
        ("***100", "***187"),
    ]
    assert by_number == Findings(())


def test_a_masked_explanation_names_no_number_however_it_is_written():
    worked = WorkedPrice(
        (Step("call", "+12025550187 to 02079460100"), Step("table", "Retail; rated as 2079460100")),
        5,
    )

    shown = masked_price(worked, "+12025550187", "02079460100", "2079460100")

    assert [step.text for step in shown.steps] == ["***187 to ***100", "Retail; rated as ***100"]
    assert shown.amount_micros == 5
