"""What in a bill run looks like a slip: told before it is done, and done all the same if meant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from data.domain.books import Billed, BillRun, Books
from data.domain.counting import counted, first_few
from data.domain.coverage import ONE_DAY
from data.domain.periods import Period, months_after, without
from data.domain.plan_months import months_due


@dataclass(frozen=True)
class Doubt:
    """Something to look at before a bill run.

    Attributes:
        about: What it is about.
        what: What is the matter, and what to do.
    """

    about: str
    what: str


def doubts(run: BillRun, books: Books, today: date) -> list[Doubt]:
    """Return what looks like a slip in a bill run that is made today."""
    return [
        *_odd_dates(run, today),
        *_never_billed(run, books),
        *_cut_short(run, books),
        *_billed_before(run, books),
    ]


def _odd_dates(run: BillRun, today: date) -> list[Doubt]:
    dated, period = run.invoice_date, run.period
    found: list[Doubt] = []
    if dated < period.first:
        found.append(Doubt("Invoice date", f"{dated} is before the period ({period.first})."))
    if dated > months_after(today, 1):
        away = counted((dated - today).days, "day")
        found.append(Doubt("Invoice date", f"{dated} is {away} from today ({today})."))
    if period.last > today:
        begun = period.first <= today
        when = f"ends {period.last}" if begun else f"begins {period.first}"
        found.append(
            Doubt(
                "Period",
                f"It {when}, after today ({today}). Fees and charges of days to come are "
                "billed now, and their calls come later as late ones.",
            )
        )
    return found


def _never_billed(run: BillRun, books: Books) -> list[Doubt]:
    return [
        Doubt(
            f"Never billed: {days.first} to {days.last}",
            f"{who}. Bill those days first: calls of them are billed here as late "
            "ones, without the minutes that their plan month includes.",
        )
        for days, who in _told_by_days(run, books, days_never_billed)
    ]


def days_never_billed(run: BillRun, books: Books, customer: Billed) -> list[Period]:
    """Return the days before a period that no invoice bills to a customer whose plan has a fee.

    They are counted from the first plan month on an invoice, or the first late call with a price.
    A plan without a fee has its minutes in every month, billed or not.
    """
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None or not plan.monthly_fee_micros:
        return []
    months = [month.days for month in books.plan_months.get(customer.id, ())]
    late = [
        part.first_day
        for part in books.usage.get(customer.id, ())
        if part.late and part.usage.charge_micros
    ]
    start = customer.billing_start or books.tenant.billing_start or date.min
    first = max(start, min([month.first for month in months] + late, default=date.max))
    if first >= run.period.first:
        return []
    billed = [*months, *books.invoiced.get(customer.id, ())]
    return without(Period(first, run.period.first - ONE_DAY), billed)


def _cut_short(run: BillRun, books: Books) -> list[Doubt]:
    return [
        Doubt(
            f"Charged as a whole month: {days.first} to {days.last}",
            f"{who}. The plan month ends after "
            f"{counted((days.last - days.first).days + 1, 'day')}, as the days that follow are "
            "billed already; its fee and its minutes are those of a whole one.",
        )
        for days, who in _told_by_days(run, books, _short_months)
    ]


def _short_months(run: BillRun, books: Books, customer: Billed) -> list[Period]:
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None or not (plan.monthly_fee_micros or plan.included_s):
        return []
    due = months_due(run.period, books, customer)
    return [month for month in due if month.last + ONE_DAY < months_after(month.first, 1)]


def _billed_before(run: BillRun, books: Books) -> list[Doubt]:
    return [
        Doubt(
            f"Billed before without its fee: {days.first} to {days.last}",
            f"{who}. Calls of days of this plan month are on an invoice already, "
            "and its minutes cover them no more. Undo that invoice and bill these days first, or "
            "credit what the minutes would have covered.",
        )
        for days, who in _told_by_days(run, books, _months_with_calls_billed)
    ]


def _months_with_calls_billed(run: BillRun, books: Books, customer: Billed) -> list[Period]:
    plan = books.plans.get(customer.plan_id or 0)
    if plan is None or not plan.included_s:
        return []
    taken = [Period(each.from_day, each.to_day) for each in books.coverage.get(customer.id, ())]
    due = months_due(run.period, books, customer)
    return [month for month in due if any(month.meets(days) for days in taken)]


def _told_by_days(
    run: BillRun, books: Books, days_of: Callable[[BillRun, Books, Billed], list[Period]]
) -> list[tuple[Period, str]]:
    """Return days with whom they are about, in words, the earliest days first."""
    custids: dict[Period, list[str]] = {}
    for customer in books.customers:
        for days in days_of(run, books, customer):
            custids.setdefault(days, []).append(customer.custid)
    return [
        (days, f"{counted(len(found), 'customer')} on a plan: {first_few(found)}")
        for days, found in sorted(custids.items(), key=lambda each: (each[0].first, each[0].last))
    ]
