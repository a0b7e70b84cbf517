"""Explaining one call: whose it is, how it is priced, and which invoice has it."""

import re

from sqlalchemy import Connection

from data.domain.call_ids import call_id
from data.domain.errors import Refused
from data.domain.explanation import Step, TalkedCall, WorkedPrice, worked_price
from data.domain.masked import masked_price
from data.domain.money import decimal_units
from data.domain.numbers import SHORT
from data.domain.rating import needs_rate
from data.domain.records import Direction, MatchState, RateState
from data.domain.tenant import Tenant
from data.no_call import why_no_call
from data.store.queries.call_facts import (
    CallFacts,
    RateFacts,
    call_by_id,
    call_by_line,
    invoice_of_call,
    party,
    rate_facts,
)
from data.store.queries.included import included_seconds
from data.store.queries.invoices import invoice_by_id
from data.store.queries.tenant import the_tenant

UNPRICED = {
    RateState.NOT_NEEDED: "needs none: it was not answered, or stayed inside or came in",
    RateState.UNRATED: "none: no rate prices it; process its file again after mending that",
    RateState.BLOCKED: "none: calls there are blocked",
}
SHORT_UNPRICED = (
    "none: {} is a short number of the source's country, not one abroad, and has a rate only where "
    "a pattern is the whole of it, or begins with 0, 10 or 11 as no country does"
)

_PLACE = re.compile(r"(\d{1,15}):(\d{1,15})", re.ASCII)


def names_a_call(name: str) -> bool:
    """Tell whether a text is the name of a call, be there one or not."""
    try:
        return bool(_PLACE.fullmatch(name) or call_id(name))
    except ValueError:
        return False


def named_call(conn: Connection, name: str) -> CallFacts:
    """Return the call of a name: as the page gives it, or FILE:LINE.

    Raises:
        Refused: It names no call.
    """
    place = _PLACE.fullmatch(name)
    if place:
        found = call_by_line(conn, int(place[1]), int(place[2]))
        if found is None:
            raise Refused(why_no_call(conn, int(place[1]), int(place[2])))
    else:
        try:
            found = call_by_id(conn, call_id(name))
        except ValueError:
            raise Refused(
                f"{name!r} names no call; give FILE:LINE, or the name that the page shows."
            ) from None
    if found is None:
        raise Refused(f"There is no call {name}; its rows may have expired.")
    return found


def explained(conn: Connection, call: CallFacts, *, masked: bool = False) -> WorkedPrice:
    """Return how a call got its customer, its price and its invoice, step by step.

    Phone numbers are masked for who may not see them.

    The price is reckoned again by the scalar rules from the rate that was stamped on the call; a
    last step says so if the two differ.
    """
    tenant = the_tenant(conn)
    steps = [_call_step(call, tenant), _customer_step(conn, call)]
    worked = _price(conn, call, tenant)
    steps += worked.steps
    if worked.amount_micros is not None and worked.amount_micros != call.charge_micros:
        stored = decimal_units(call.charge_micros or 0)
        steps.append(Step("stored", f"{stored}, which differs: processing again would correct it"))
    steps += [*_cost_steps(conn, call, tenant), _invoice_step(conn, call, tenant)]
    worked = WorkedPrice(tuple(steps), call.charge_micros)
    if masked:
        return masked_price(
            worked, call.calling_number, call.called_number, call.called_digits.removeprefix(SHORT)
        )
    return worked


def _call_step(call: CallFacts, tenant: Tenant) -> Step:
    local = call.id.started_at.astimezone(tenant.zone)
    return Step(
        "call",
        f"{call.calling_number} to {call.called_number}, {local:%Y-%m-%d %H:%M:%S} "
        f"{tenant.timezone}, {call.direction.name.lower()}, {call.disposition.name.lower()}; "
        f"line {call.line} of {call.file}, source {call.source}",
    )


def _customer_step(conn: Connection, call: CallFacts) -> Step:
    if call.customer_id is None:
        two = call.match_state == MatchState.CONTESTED
        return Step("customer", "two claim it: nobody's" if two else "nobody claims it")
    found = party(conn, call.customer_id)
    return Step("customer", f"{found.custid} {found.company}")


def _price(conn: Connection, call: CallFacts, tenant: Tenant) -> WorkedPrice:
    found = None if call.rate_id is None else rate_facts(conn, call.rate_id)
    if call.rate_state == RateState.NOT_NEEDED or found is None:
        return WorkedPrice((Step("price", _unpriced(call)),), None)
    table = Step("table", _table_text(found, call))
    worked = worked_price(found.rate, _talked(call, tenant))
    return WorkedPrice((table, *worked.steps), worked.amount_micros)


def _unpriced(call: CallFacts) -> str:
    if call.rate_state == RateState.UNRATED and call.called_digits.startswith(SHORT):
        return SHORT_UNPRICED.format(call.called_number)
    return UNPRICED.get(call.rate_state, "its rate is gone")


def _table_text(found: RateFacts, call: CallFacts) -> str:
    group = found.rate.group_value
    for_value = f", its rates for override value {group}" if group else ""
    retired = "" if found.retired_at is None else f", replaced {found.retired_at:%Y-%m-%d}"
    return f"{found.table}{for_value}{retired}; rated as {call.called_digits.removeprefix(SHORT)}"


def _talked(call: CallFacts, tenant: Tenant) -> TalkedCall:
    local = call.id.started_at.astimezone(tenant.zone)
    return TalkedCall(call.talk_ms, local, call.cost_micros)


def _cost_steps(conn: Connection, call: CallFacts, tenant: Tenant) -> list[Step]:
    """Return how a call got its cost, from the provider's rate that was stamped on it."""
    if call.cost_micros is None:
        known = not needs_rate(Direction(call.direction), call.disposition)
        return [Step("cost", "none" if known else "not known, so the margin is not known either")]
    amount = decimal_units(call.cost_micros)
    if not needs_rate(Direction(call.direction), call.disposition):
        return [Step("cost", "none: it needs no rate")]
    found = None if call.cost_rate_id is None else rate_facts(conn, call.cost_rate_id)
    if call.provider_id is None or found is None:
        return [Step("cost", f"{amount}, as the file says")]
    provider = party(conn, call.provider_id)
    worked = worked_price(found.rate, _talked(call, tenant))
    steps = [
        Step("cost", f"{amount} to {provider.custid} {provider.company}"),
        Step("cost table", _table_text(found, call)),
        *(Step(f"cost {step.what}", step.text) for step in worked.steps),
    ]
    if worked.amount_micros != call.cost_micros:
        again = "which differs: processing again would correct it"
        steps.append(Step("cost stored", f"{amount}, {again}"))
    return steps


def _invoice_step(conn: Connection, call: CallFacts, tenant: Tenant) -> Step:
    billable = call.rate_state in {RateState.RATED, RateState.NOT_NEEDED}
    if call.customer_id is None or not billable:
        return Step("invoice", "on none")
    day = call.id.started_at.astimezone(tenant.zone).date()
    number = invoice_of_call(conn, call.customer_id, day, call.load_version)
    invoice = None if number is None else invoice_by_id(conn, number)
    if invoice is None:
        return Step("invoice", "on none yet")
    covered = included_seconds(conn, call.id, invoice.id, tenant)
    minutes = f"; included minutes cover {covered} s of it" if covered else ""
    return Step("invoice", f"{invoice.name}, {invoice.status}{minutes}")
