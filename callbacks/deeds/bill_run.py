"""A bill run from the page: dates first, then its pre-flight with the sum, then the drafts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish, money_of
from data.bill_run import doubted, drafted, foreseen, left_below_zero, outdated_beside
from data.domain.bill_runs import BelowZero
from data.domain.books import BillRun
from data.domain.counting import counted, first_few
from data.domain.doubts import Doubt
from data.domain.errors import Refused
from data.domain.periods import Period, asked_period
from data.domain.preflight import Preflight
from data.store.connect import Store
from data.store.queries.invoices import Invoice
from data.store.queries.tenant import the_tenant
from layouts.dialogs import Fact, Field, FieldKind, Question
from layouts.text import Money, count

MOST_NAMED = 6
NOTHING = "Nothing to bill: no draft was made."


def _asked(conn: Connection, wish: Wish) -> Question:
    if not wish.typed:
        return _dates(the_tenant(conn).today(wish.by.at))
    run = _run(wish)
    found = foreseen(conn, run)
    warned = (*_doubtful(doubted(conn, run, wish.by.at)), *_outdated(outdated_beside(conn, run)))
    money = money_of(conn)
    what = f"{counted(found.count, 'draft')}, {money.exact(found.total_micros)}"
    if not found.count:
        return Question(
            "There is nothing to bill",
            "Everything of this period is on invoices already, has no customer or price yet, or "
            "comes to less than what is to be taken off.",
            "Close",
            facts=(*warned, *_left_out(found, money)),
            idle=True,
        )
    return Question(
        f"Make {what}?",
        "Drafts owe nothing yet: look at them, then record them.",
        f"Make {what}",
        facts=(*warned, *_facts(found, money)),
    )


def _dates(today: date) -> Question:
    month = asked_period(preset="previous-month").period(today)
    return Question(
        "Make draft invoices",
        "From the calls on no invoice yet, the plans and the charges. First you see what it would "
        "make and leave out.",
        "See what it would make",
        fields=(
            Field("from", "First day billed", FieldKind.DAY, month.first.isoformat(), row="period"),
            Field("to", "Last day billed", FieldKind.DAY, month.last.isoformat(), row="period"),
            Field("date", "Invoice date", FieldKind.DAY, today.isoformat(), row="period"),
            Field(
                "customers",
                "Only these customers",
                hint="Numbers, with commas between them. Empty: all.",
            ),
        ),
        final=False,
    )


def _run(wish: Wish) -> BillRun:
    first, last = wish.day("from", "The first day"), wish.day("to", "The last day")
    if last < first:
        raise Refused("The period ends before it begins. Nothing was made.")
    names = {name.strip() for name in wish.said("customers").replace(";", ",").split(",")}
    return BillRun(
        wish.day("date", "The invoice date"), Period(first, last), frozenset(names - {""})
    )


def _facts(found: Preflight, money: Money) -> tuple[Fact, ...]:
    facts = [
        Fact("Drafts", count(found.count)),
        Fact("Sum", money.exact(found.total_micros)),
        Fact("of which late calls", money.exact(found.late_micros)),
        *_left_out(found, money),
    ]
    if found.previous is None:
        return (*facts, Fact("Before", "nothing was billed yet"))
    then = f"{counted(found.previous_count, 'invoice')}, {money.exact(found.previous_micros)}"
    facts.append(Fact(f"Before, {found.previous.first} to {found.previous.last}", then))
    if found.missing:
        missing = ", ".join(
            f"{each.custid} ({money.exact(each.total_micros)})"
            for each in found.missing[:MOST_NAMED]
        )
        facts.append(Fact("Billed then, nothing now", missing, warning=True))
    facts += [
        Fact(
            f"Moved most: {each.custid}",
            f"{money.exact(each.before_micros)} to {money.exact(each.now_micros)}",
        )
        for each in found.moved[:3]
    ]
    return tuple(facts)


def _left_out(seen: Preflight, money: Money) -> list[Fact]:
    out = seen.left_out
    whose = f" of {', '.join(out.unrated_custids[:MOST_NAMED])}" if out.unrated_custids else ""
    found = (
        (f"Calls to {out.to} without a customer", out.unmatched, ""),
        (f"Calls to {out.to} that two customers claim", out.contested, ""),
        (f"Calls to {out.to} without a price", out.unrated, whose),
        ("Files in error", out.files_error, ""),
        ("Files waiting", out.files_waiting, ""),
    )
    told = [
        Fact(f"Left out: {label.lower()}", f"{count(number)}{more}", warning=True)
        for label, number, more in found
        if number
    ]
    if seen.below_zero:
        named = _below_zero(seen.below_zero, money)
        told.append(Fact("Left out: below zero, before tax", named, warning=True))
    return told or [Fact("Left out", "nothing")]


def _below_zero(found: Sequence[BelowZero], money: Money) -> str:
    """Return who is left out for a discount, as 1 customer: 17 (-$3.20)."""
    named = [f"{each.custid} ({money.exact(each.net_micros)})" for each in found]
    return f"{counted(len(found), 'customer')}: {first_few(named, MOST_NAMED)}"


def _doubtful(found: Sequence[Doubt]) -> list[Fact]:
    facts = [Fact(doubt.about, doubt.what, warning=True) for doubt in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        more = f"{len(found) - MOST_NAMED:,}; 'python -m data invoices preflight' names them"
        facts.append(Fact("More such warnings", more, warning=True))
    return facts


def _outdated(drafts: Sequence[Invoice]) -> tuple[Fact, ...]:
    """Return what is said of drafts that hold what the run would bill anew, if there are any."""
    if not drafts:
        return ()
    return (Fact("Out of date: delete, then draft again", _named(drafts), warning=True),)


def _named(drafts: Sequence[Invoice]) -> str:
    return first_few([each.name for each in drafts], MOST_NAMED)


def _done(store: Store, wish: Wish) -> str:
    run = _run(wish)
    made = drafted(store, run, wish.by)
    with store.snapshot() as conn:
        money = money_of(conn)
        outdated, below_zero = outdated_beside(conn, run), left_below_zero(conn, run)
    total = money.exact(sum(each.total_micros for each in made))
    said = [f"{counted(len(made), 'draft')} made, {total}" if made else NOTHING]
    if below_zero:
        said.append(f"Below zero before tax, so no draft: {_below_zero(below_zero, money)}.")
    if outdated:
        said.append(f"Out of date: {_named(outdated)}; delete them and make drafts again.")
    return said[0] if len(said) == 1 else " ".join([said[0].removesuffix(".") + ".", *said[1:]])


BILL_RUN = Deed(_asked, _done, reckons=True)
