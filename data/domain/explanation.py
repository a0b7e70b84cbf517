"""The worked price: why a call costs what it costs, step by step, from the scalar rules."""

from dataclasses import dataclass
from datetime import datetime

from data.domain.money import MOST_MICROS, PPM, decimal_units
from data.domain.rating import (
    ALWAYS,
    S_PER_MINUTE,
    Band,
    Rate,
    band,
    band_charges,
    billed_seconds,
    charge_micros,
    marked_up_micros,
    rated_seconds,
)


@dataclass(frozen=True)
class Step:
    """One step of a worked price.

    Attributes:
        what: Its name: call, customer, table, pattern, band, increments, price, invoice.
        text: What was found or reckoned, numbers included.
    """

    what: str
    text: str


@dataclass(frozen=True)
class WorkedPrice:
    """A price with its steps.

    Attributes:
        steps: In the order of reckoning.
        amount_micros: What they come to; none: there is no price, and the last step says why.
    """

    steps: tuple[Step, ...]
    amount_micros: int | None


@dataclass(frozen=True)
class TalkedCall:
    """What a price is reckoned from.

    Attributes:
        talk_ms: Talk time.
        started_local: The start in the tenant's zone.
        cost_micros: What the provider takes, for rates with a markup; none: not known.
    """

    talk_ms: int
    started_local: datetime
    cost_micros: int | None = None


def worked_price(rate: Rate, call: TalkedCall) -> WorkedPrice:
    """Return how a rate prices an answered call."""
    first = (_pattern_step(rate),)
    if rate.blocked:
        return WorkedPrice((*first, Step("blocked", "calls there are blocked: no price")), None)
    if not rate.has_price:
        return WorkedPrice((*first, Step("price", "the rate gives no price")), None)
    if not rate.has_own_price:
        return _marked_up(rate, call, first)
    steps = (*first, _length_step(rate, call), *_price_steps(rate, call))
    amount = charge_micros(rate, call.talk_ms, call.started_local)
    return _summed((*steps, *_cap_steps(rate, amount)), amount)


def _pattern_step(rate: Rate) -> Step:
    place = f" ({rate.destination})" if rate.destination else ""
    since = "always" if rate.effective_from == ALWAYS else f"since {rate.effective_from}"
    return Step("pattern", f"{rate.pattern}{place}, the longest that matches, in force {since}")


def _length_step(rate: Rate, call: TalkedCall) -> Step:
    talked = rated_seconds(call.talk_ms)
    billed = billed_seconds(talked, initial_s=rate.initial_s, increment_s=rate.increment_s)
    initial = f"{rate.initial_s} s at first, then " if rate.initial_s else ""
    return Step(
        "increments",
        f"{decimal_units(call.talk_ms * 1_000, minor_digits=0)} s of talk, rounded up to "
        f"{talked} s; {initial}{rate.increment_s} s at a time: {billed} s billed",
    )


def _price_steps(rate: Rate, call: TalkedCall) -> list[Step]:
    talked = rated_seconds(call.talk_ms)
    connection = Step("connection", f"{decimal_units(rate.connection_micros)} for the connection")
    steps = [connection] if rate.connection_micros else []
    if rate.per_minute_micros is not None:
        billed = billed_seconds(talked, initial_s=rate.initial_s, increment_s=rate.increment_s)
        exact = billed * rate.per_minute_micros
        rounding = ", rounded half-up to a millionth" if exact % S_PER_MINUTE else ""
        text = f"{billed} s x {decimal_units(rate.per_minute_micros)} / 60{rounding}"
        return [*steps, Step("price per minute", text)]
    which = band(rate, call.started_local)
    charges = band_charges(rate, which)
    billed = billed_seconds(talked, initial_s=rate.initial_s, increment_s=rate.increment_s)
    increments = (billed - rate.initial_s) // rate.increment_s if talked else 0
    return [
        _band_step(rate, which, call.started_local),
        *steps,
        Step(
            "band charges",
            f"{decimal_units(charges.initial_micros)} + {increments} x "
            f"{decimal_units(charges.increment_micros)}",
        ),
    ]


def _band_step(rate: Rate, which: Band, started_local: datetime) -> Step:
    starts = (
        ("day", rate.day_start_min),
        ("evening", rate.evening_start_min),
        ("night", rate.night_start_min),
    )
    begins = ", ".join(
        f"{name} from {_clock(start)}" for name, start in starts if start is not None
    )
    when = f"started {started_local:%A %Y-%m-%d %H:%M:%S}, tenant's time"
    return Step("band", f"{which}: {when}" + (f" ({begins})" if begins else ""))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _cap_steps(rate: Rate, amount_micros: int) -> list[Step]:
    if not rate.maximum_micros or amount_micros < rate.maximum_micros:
        return []
    return [Step("maximum", f"at most {decimal_units(rate.maximum_micros)}, connection included")]


def _summed(steps: tuple[Step, ...], amount_micros: int) -> WorkedPrice:
    if amount_micros > MOST_MICROS:
        beyond = f"{decimal_units(amount_micros)} is beyond what a call may cost: no price"
        return WorkedPrice((*steps, Step("sum", beyond)), None)
    return WorkedPrice((*steps, Step("sum", decimal_units(amount_micros))), amount_micros)


def _marked_up(rate: Rate, call: TalkedCall, first: tuple[Step, ...]) -> WorkedPrice:
    percent = decimal_units((rate.markup_ppm or 0) * 100, minor_digits=0)
    if call.cost_micros is None:
        text = f"the provider's cost and {percent} %, but that cost is not known: no price"
        return WorkedPrice((*first, Step("markup", text)), None)
    amount = marked_up_micros(rate, call.cost_micros)
    text = f"the provider's cost of {decimal_units(call.cost_micros)} and {percent} % on top"
    exact = call.cost_micros * (PPM + (rate.markup_ppm or 0))
    text += ", rounded half-up to a millionth" if exact % PPM else ""
    return _summed((*first, Step("markup", text), *_cap_steps(rate, amount)), amount)
