"""Who lacks what."""

from data.store.queries.setup_health import setup_gaps
from data.store.schema import auth_codes, rate_tables, rates, tax_categories


def gaps(kit):
    return [(gap.what, gap.subject) for gap in kit.read(setup_gaps)]


def code(kit, customer_id, pattern, **given):
    row = {"position": 1, "field": "CallingNumber", "kind": "equals", "pattern": pattern}
    kit.add(auth_codes, customer_id=customer_id, **row | given)


def test_a_whole_setup_lacks_nothing(kit):
    table = kit.add(rate_tables, name="Retail")
    kit.add(rates, rate_table_id=table, pattern="1", per_minute_micros=1)
    tax = kit.add(tax_categories, name="None")
    code(kit, kit.customer("1", rate_table_id=table, tax_category_id=tax), "a")
    code(kit, kit.customer("9", rate_table_id=table, provider=True), "b")

    assert gaps(kit) == []


def test_each_gap_is_named(kit, now):
    kit.add(rate_tables, name="Empty")
    ada = kit.customer("1")
    code(kit, ada, "a", enabled=False)
    kit.customer("2", deleted_at=now)

    assert gaps(kit) == [
        ("no_rate_table", "1"),
        ("no_tax_category", "1"),
        ("no_auth_code", "1"),
        ("empty_rate_table", "Empty"),
    ]


def test_one_code_of_two_customers_is_told_because_its_calls_are_nobodys(kit):
    for custid in ("1", "2"):
        code(kit, kit.customer(custid), "+15195550100")

    assert ("same_auth_code", "CallingNumber equals +15195550100") in gaps(kit)


def test_the_same_code_inside_a_group_or_of_a_provider_is_no_gap(kit):
    code(kit, kit.customer("1"), "north")
    two = kit.customer("2")
    code(kit, two, "north", operator="AND")
    code(kit, two, "0", position=2)
    code(kit, kit.customer("9", provider=True), "north")

    assert "same_auth_code" not in {what for what, _ in gaps(kit)}
