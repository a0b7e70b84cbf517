"""The scheduled run on real files: every line becomes a call, or is accounted for otherwise."""

from datetime import timedelta

from sqlalchemy import insert

from data.domain.records import MatchState, RateState
from data.store import schema
from data.store.queries.retention import CALLS_EXPIRED
from data.store.schema import calls
from tests.factories import add_customer
from tests.ingesting import (
    NOON,
    a_customer,
    add_auth_code,
    add_rates,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    rows,
)


def test_a_file_becomes_calls_with_customer_price_and_rollups(store, settings):
    with store.writing() as conn:
        customer = a_customer(conn)
    deliver(
        settings,
        "a.csv",
        lines(1, 2) + line(3, account="nobody") + line(4, talk_s=0, disposition="BUSY"),
    )

    assert ingested(store, settings) == [("a.csv", "success", 4, 0, 0, 0)]

    with store.snapshot() as conn:
        found = rows(
            conn,
            calls,
            "line",
            "customer_id",
            "match_state",
            "rate_state",
            "billed_s",
            "charge_micros",
        )
        assert found == [
            (1, customer, MatchState.MATCHED, RateState.RATED, 60, 60_000),
            (2, customer, MatchState.MATCHED, RateState.RATED, 60, 60_000),
            (3, None, MatchState.UNMATCHED, RateState.UNRATED, 0, None),
            (4, customer, MatchState.MATCHED, RateState.NOT_NEEDED, 0, 0),
        ]
        assert_books_balance(conn)
    assert list(settings.inbox_dir.iterdir()) == []


def test_an_answered_call_without_a_rate_is_never_priced_nothing(store, settings):
    with store.writing() as conn:
        a_customer(conn, p44=1)
    deliver(settings, "a.csv", lines(1))

    ingested(store, settings)

    with store.snapshot() as conn:
        assert rows(conn, calls, "rate_state", "charge_micros") == [(RateState.UNRATED, None)]


def test_a_provider_is_matched_apart_and_gives_the_cost(store, settings):
    with store.writing() as conn:
        customer = a_customer(conn)
        carrier = add_customer(
            conn, "Carrier", provider=True, rate_table_id=add_rates(conn, "buy", p15=20_000)
        )
        add_auth_code(conn, carrier, "+1555", field="CalledNumber", kind="prefix")
    deliver(settings, "a.csv", lines(1))

    ingested(store, settings)

    with store.snapshot() as conn:
        found = rows(conn, calls, "customer_id", "provider_id", "charge_micros", "cost_micros")
        assert found == [(customer, carrier, 60_000, 20_000)]
        assert_books_balance(conn)


def test_legs_of_one_call_fold_into_the_longest(store, settings):
    with store.writing() as conn:
        a_customer(conn)
    legs = line(1, linkedid=1, talk_s=5) + line(2, linkedid=1) + line(3, linkedid=2)
    deliver(settings, "a.csv", legs)

    assert ingested(store, settings) == [("a.csv", "success", 2, 0, 0, 1)]

    with store.snapshot() as conn:
        assert rows(conn, calls, "line") == [(2,), (3,)]
        assert rows(conn, schema.ignored_lines) == [(1, 1, "folded_leg")]
        assert_books_balance(conn)


def test_legs_whose_talk_adds_up_are_one_call_priced_for_the_sum(store, settings):
    with store.writing() as conn:
        table = add_rates(conn, "sell", p02=60_000)
        customer = add_customer(conn, "Acme", rate_table_id=table)
        add_auth_code(conn, customer, "1206", field="CallingNumber")
    tail = "0,1000001,{more},E1206,Bob,T9001,Line 1.1,0,0" + "," * 13
    legs = [
        f"2026/03/02 09:00:00,00:01:00,7,1206,O,02079460002,02079460002,,{tail.format(more=1)}",
        f"2026/03/02 09:00:00,00:02:00,0,1206,O,02079460002,02079460002,,{tail.format(more=0)}",
    ]
    deliver(settings, "smdr.csv", "".join(f"{each}\n" for each in legs))

    assert ingested(store, settings) == [("smdr.csv", "success", 1, 0, 0, 1)]

    with store.snapshot() as conn:
        found = rows(conn, calls, "line", "talk_ms", "billed_s", "charge_micros")
        assert found == [(1, 180_000, 180, 180_000)]
        assert_books_balance(conn)


def test_broken_lines_cost_only_themselves(store, settings):
    content = "".join(line(n) if n % 100 else f'"broken {n}\n' for n in range(1, 501))
    deliver(settings, "a.csv", content)

    assert ingested(store, settings) == [("a.csv", "success", 495, 5, 0, 0)]

    with store.snapshot() as conn:
        assert [row[0] for row in rows(conn, schema.rejections, "line")] == [
            100,
            200,
            300,
            400,
            500,
        ]
        assert rows(conn, schema.rejections, "raw")[0] == ('"broken 100',)
        assert_books_balance(conn)


def test_lines_of_days_that_retention_took_away_are_ignored(store, settings):
    with store.writing() as conn:
        conn.execute(insert(schema.settings).values(key=CALLS_EXPIRED, value="2026-06-10"))
    deliver(settings, "a.csv", line(1, at=NOON - timedelta(days=1)) + line(2))

    assert ingested(store, settings) == [("a.csv", "success", 1, 0, 0, 1)]

    with store.snapshot() as conn:
        assert rows(conn, schema.ignored_lines) == [(1, 1, "expired")]
        assert_books_balance(conn)


def test_a_large_file_is_read_by_several_processes_with_the_same_result(store, settings):
    with store.writing() as conn:
        a_customer(conn)
    content = "".join(
        line(n, account=f"acc{n % 3}", linkedid=n) if n % 1_000 else '"broken\n'
        for n in range(1, 100_001)
    ) + "".join(line(n, linkedid=170_000 + n) for n in (1, 2, 3))
    deliver(settings, "a.csv", content)

    assert ingested(store, settings) == [("a.csv", "success", 99_900, 100, 3, 0)]

    with store.snapshot() as conn:
        assert rows(conn, schema.duplicates, "line") == [(100_001,), (100_002,), (100_003,)]
        assert [row[0] for row in rows(conn, schema.rejections, "line")] == [
            1_000 * n for n in range(1, 101)
        ]
        assert_books_balance(conn)
