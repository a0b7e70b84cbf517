"""Kills while files are processed again under new rates: the old effect is replaced."""

import random
import shutil
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import func, select, update

from bench.faults.case import Case, Found
from bench.faults.worlds import (
    NOW,
    Aim,
    Dump,
    an_ingest,
    copy_of,
    demo_world,
    differences,
    dump,
    in_a_child,
    ingest_once,
    settings_of,
    timed,
)
from data.bill_run import drafted, recorded
from data.domain.authorship import By
from data.domain.books import BillRun
from data.domain.periods import Period
from data.domain.usage import NOT_INVOICED
from data.opening import opened
from data.store import schema
from ingest.run import run
from ingest.upkeep import requeueing

BY = By("operator", NOW)
INVOICED = Period(date(2026, 6, 1), date(2026, 6, 7))


def killed_while_reprocessing(root: Path, kills: int) -> Found:
    """Kill the processing of all files again, at random moments, until so many kills hit."""
    world = _billed(root / "world")
    pristine = copy_of(world, "pristine")
    invoiced, before = _invoiced(world), dump(world)
    longest_s = timed(partial(in_a_child, partial(_reprocessed, world)))
    expected = dump(world)
    wrong = [] if _invoiced(world) == invoiced else ["an invoiced call changed"]
    wrong += [] if expected[CALLS] != before[CALLS] else ["no price changed: no trial"]
    aim = Aim(random.Random(kills), longest_s)  # noqa: S311  moments, not secrets
    hit = 0
    for trial in count(1):
        if hit >= kills:
            break
        shutil.rmtree(world)  # the store says where its files lie: each trial needs the same place
        shutil.copytree(pristine, world)
        hit += aim.killed(partial(_reprocessed, world))
        wrong += [f"trial {trial}: {what}" for what in _after_a_rerun(world, expected)]
        wrong += (
            [] if _invoiced(world) == invoiced else [f"trial {trial}: an invoiced call changed"]
        )
    return Found(f"{hit} kills in {trial - 1} runs", tuple(wrong))


CALLS = schema.calls.name


def _billed(var: Path) -> Path:
    """Return a world whose files are loaded, with a week on recorded invoices, and new rates."""
    demo_world(var, mishaps=2)
    in_a_child(partial(ingest_once, var))
    store = opened(settings_of(var))
    made = drafted(store, BillRun(INVOICED.last, INVOICED), BY)
    recorded(store, [draft.name for draft in made], BY)
    with store.writing() as conn:
        price = schema.rates.c.per_minute_micros
        conn.execute(update(schema.rates).values(per_minute_micros=price + 10_000))
    store.close()
    return var


def _reprocessed(var: Path) -> None:
    """Process all files again, as the command does: sent back, then taken in."""
    settings = settings_of(var)
    store = opened(settings)
    ingest = an_ingest(store, settings)
    run(ingest, only=requeueing(ingest, [], "success"))
    store.close()


def _after_a_rerun(var: Path, expected: Dump) -> list[str]:
    """Finish what was cut short: the next scheduled run, and the command when it never began."""
    in_a_child(partial(ingest_once, var))
    found = dump(var)
    if found[CALLS] != expected[CALLS]:
        in_a_child(partial(_reprocessed, var))
        found = dump(var)
    return differences(expected, found)


def _invoiced(var: Path) -> list[tuple[object, ...]]:
    """Return what invoices come to, and what the priced calls on them do.

    A call that had no price is on no line of theirs: it may find one, and is billed next.
    """
    store = opened(settings_of(var))
    kept, lines = schema.usage_by_customer.c, schema.invoice_lines
    amounts = (kept.rated, kept.billed_s, kept.charge_micros, kept.plan_micros)
    sums = (
        select(kept.invoice_id, kept.customer_id, *map(func.sum, amounts))
        .where(kept.invoice_id != NOT_INVOICED)
        .group_by(kept.invoice_id, kept.customer_id)
        .order_by(kept.invoice_id, kept.customer_id)
    )
    printed = lines.select().order_by(*lines.primary_key)
    with store.snapshot() as conn:
        found = [tuple(row) for query in (sums, printed) for row in conn.execute(query)]
    store.close()
    return found


CASES = (
    Case(
        "I12",
        "kill -9 while files are processed again under new rates, a week of them invoiced",
        "the old effect is replaced, never added; invoices untouched",
        killed_while_reprocessing,
        full=50,
    ),
)
