"""A large file comes in segments, and counts when all of it is there, or not at all."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, insert, select

from data.domain.records import InvoiceStatus
from data.domain.staging import MOST_STAGED
from data.store import schema
from data.store.queries.versions import newest_version
from data.store.schema import (
    call_rows,
    calls,
    cdr_files,
    invoice_coverage,
    rejections,
    unfinished_loads,
)
from ingest.run import run
from ingest.stopping import Stopped
from tests.ingesting import (
    NOW,
    an_ingest,
    assert_books_balance,
    deliver,
    ingested,
    line,
    lines,
    rows,
)

PADDING = "x" * 2_000  # lines so long that a few of them make a file of several parts
MANY = 13_000


def in_segments(store, settings, step=None):
    """An ingest to which three calls are many."""
    return replace(an_ingest(store, settings, step=step), calls_at_once=2)


def at_first(name, deed):
    """A step that does something when a name is passed for the first time."""
    passed: list[str] = []

    def step(passing):
        if passing == name and not passed:
            passed.append(name)
            deed()

    return step


def stop():
    raise Stopped


def long_lines(*numbers, **given):
    """Lines so long that MANY of them make a file of two parts."""
    return "".join(padded(line(n, **given)) for n in numbers)


def padded(text, times=1):
    """A line with a long field of no meaning."""
    return text.replace('"from-internal"', f'"{PADDING * times}"')


def seen(store, table=calls):
    with store.snapshot() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def test_nobody_sees_a_call_before_the_last_segment_is_there(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))
    found = []
    step = at_first("segment", lambda: found.append((seen(store), seen(store, call_rows))))

    run(in_segments(store, settings, step))

    assert found == [(0, 3)]
    assert (seen(store), seen(store, unfinished_loads)) == (3, 0)
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_segments_come_to_what_one_transaction_comes_to(store, settings):
    whole = long_lines(*range(MANY), 1) + '"broken\n'
    deliver(settings, "b.csv", long_lines(3, 4, 4, 5))
    ingested(store, settings)
    deliver(settings, "a.csv", whole)
    steps: list[str] = []

    run(in_segments(store, settings, steps.append))

    # The first part came in while the second was read.
    assert steps.count("segment") == 2
    assert steps.index("segment") < steps.index("parsed")
    with store.snapshot() as conn:
        # Line 1 occurs twice and is two calls; lines 3, 4 and 5 were in b.csv already, which has a
        # second call 4.
        assert rows(conn, cdr_files, "lines", "loaded", "duplicate", "rejected") == [
            (4, 4, 0, 0),
            (MANY + 2, MANY - 2, 3, 1),
        ]
        assert seen(store) == MANY + 2
        assert_books_balance(conn)


def test_what_is_left_of_many_parts_comes_in_at_the_end(store, settings):
    """More parts than a transaction can see, each with a line that the store has and a bad one."""
    parts, each = 14, 220
    known = [part * each for part in range(parts)]
    deliver(settings, "b.csv", "".join(line(n) for n in known))
    ingested(store, settings)
    text = [line(n) if n in known else padded(line(n), 28) for n in range(parts * each)]
    for n in known:
        text[n + 1] = '"broken\n'
    deliver(settings, "a.csv", "".join(text))
    steps: list[str] = []

    (file,) = run(an_ingest(store, settings, step=steps.append)).files

    assert steps.count("segment") > MOST_STAGED + 2  # the most that SQLite would attach
    assert (file.counts.loaded, file.counts.duplicate) == (parts * (each - 2), parts)
    with store.snapshot() as conn:
        assert [at for (at,) in rows(conn, rejections, "line")] == [n + 2 for n in known]
        assert_books_balance(conn)


def test_legs_after_a_part_without_any_are_joined_all_the_same(store, settings):
    legs = long_lines(*range(MANY, MANY + 6), linkedid=7)
    deliver(settings, "a.csv", long_lines(*range(MANY)) + legs)
    steps: list[str] = []

    (file,) = run(in_segments(store, settings, steps.append)).files

    assert steps.index("segment") < steps.index("parsed")
    assert (file.counts.loaded, file.counts.ignored) == (MANY + 1, 5)
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_a_large_file_that_is_written_to_while_it_is_read_leaves_nothing(store, settings):
    path = deliver(settings, "a.csv", long_lines(*range(MANY)))
    came = []

    def appended():
        came.append(seen(store, call_rows))
        path.write_bytes(path.read_bytes() + line(MANY).encode())

    (file,) = run(in_segments(store, settings, at_first("parsed", appended))).files

    assert came == [MANY]
    assert file.status == "waiting"
    assert (seen(store, call_rows), seen(store, unfinished_loads)) == (0, 0)


def test_repeated_and_equal_lines_end_as_in_one_transaction(store, settings):
    deliver(settings, "a.csv", lines(1, 2))
    ingested(store, settings)
    deliver(settings, "b.csv", lines(2, 3, 3, 4))

    report = run(in_segments(store, settings))

    (file,) = report.files
    assert (file.counts.loaded, file.counts.duplicate) == (3, 1)
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_legs_of_one_call_are_one_call_in_segments_too(store, settings):
    legs = "".join(line(n, linkedid=n // 2, talk_s=60 + n) for n in range(8))
    deliver(settings, "a.csv", legs)

    report = run(in_segments(store, settings))

    (file,) = report.files
    assert (file.counts.loaded, file.counts.ignored) == (4, 4)
    with store.snapshot() as conn:
        assert rows(conn, calls, "talk_ms") == [(61_000,), (63_000,), (65_000,), (67_000,)]
        assert_books_balance(conn)


def test_a_file_stopped_between_segments_leaves_nothing_and_is_taken_by_the_next_run(
    store, settings
):
    deliver(settings, "a.csv", lines(1, 2, 3))
    with pytest.raises(Stopped):
        run(in_segments(store, settings, at_first("segment", stop)))
    left = (seen(store), seen(store, call_rows))

    run(in_segments(store, settings))

    assert left == (0, 3)
    assert (seen(store), seen(store, call_rows), seen(store, unfinished_loads)) == (3, 3, 0)
    with store.snapshot() as conn:
        assert_books_balance(conn)


def test_a_load_does_not_go_on_with_what_another_ingest_left(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))

    def left_by_another():
        with store.writing() as conn:
            span = {"first_call_at": NOW, "last_call_at": NOW}
            conn.execute(insert(unfinished_loads).values(file_id=1, load_version=0, **span))

    (file,) = run(in_segments(store, settings, at_first("claimed", left_by_another))).files
    after = (seen(store, call_rows), seen(store, unfinished_loads))
    run(in_segments(store, settings))

    assert (file.status, after) == ("waiting", (0, 0))
    assert seen(store) == 3


def test_copies_of_calls_that_were_given_up_are_taken_in_after_all(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))
    found = []

    def another_delivers_a_copy_and_the_first_is_stopped():
        deliver(settings, "b.csv", lines(2, 3, 4))
        found.extend(ingested(store, settings))
        stop()

    step = at_first("segment", another_delivers_a_copy_and_the_first_is_stopped)
    with pytest.raises(Stopped):
        run(in_segments(store, settings, step))

    run(in_segments(store, settings))

    assert found == [("b.csv", "success", 1, 0, 2, 0)]
    with store.snapshot() as conn:
        assert len(rows(conn, calls, "call_key")) == 4
        assert sum(row[0] for row in rows(conn, cdr_files, "loaded")) == 4
        assert_books_balance(conn)


def test_a_bill_run_that_went_by_meanwhile_has_none_of_the_file_s_calls(store, settings):
    deliver(settings, "a.csv", lines(1, 2, 3))
    billed = []

    def bill_run():
        with store.writing() as conn:
            customer = conn.execute(
                insert(schema.customers)
                .values(custid="1", company="Ada", created_at=NOW)
                .returning(schema.customers.c.id)
            ).scalar_one()
            invoice = conn.execute(
                insert(schema.invoices)
                .values(
                    customer_id=customer,
                    status=InvoiceStatus.DRAFT,
                    invoice_date=date(2026, 7, 1),
                    due_date=date(2026, 7, 31),
                    net_micros=0,
                    tax_micros=0,
                    total_micros=0,
                    created_at=NOW,
                )
                .returning(schema.invoices.c.id)
            ).scalar_one()
            billed.append(newest_version(conn).version)
            conn.execute(
                insert(invoice_coverage).values(
                    invoice_id=invoice,
                    customer_id=customer,
                    from_day=date(2026, 6, 1),
                    to_day=date(2026, 6, 30),
                    after_version=0,
                    upto_version=billed[0],
                )
            )

    run(in_segments(store, settings, at_first("segment", bill_run)))

    with store.snapshot() as conn:
        versions = {version for (version,) in rows(conn, calls, "load_version")}
        assert versions == {newest_version(conn).version}
        assert min(versions) > billed[0]
        assert_books_balance(conn)
