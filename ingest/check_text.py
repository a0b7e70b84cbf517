"""What a check found, as text for a person and as JSON for a program."""

from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo

from data.domain.line_reasons import IGNORED, WHY
from data.domain.money import decimal_units
from data.domain.records import Disposition, RejectionReason
from data.domain.retention import EXPIRED
from ingest.checked import Check, CheckedCall, Facts
from ingest.notes import remarks_told
from ingest.proof import EVERY_LINE
from ingest.report import FileReport, Outcome, RunReport

SHOWN_CALLS = 10
SHOWN_REJECTIONS = 3
SHOWN_GAPS = 5
FEW = 20
MS_PER_S = 1000


def warnings(check: Check) -> Iterator[str]:
    """Yield what looks wrong although each line could be read."""
    if not check.profile.confirmed:
        yield "the layout is unconfirmed: no real file of it was at hand; compare the calls below"
    yield from _of_times(check.facts)
    yield from _of_answers(check.facts)
    yield from _of_gaps(check)
    yield from remarks_told(check.remarks)
    if check.zone.assumed:
        yield f"times are taken as {check.zone.zone}: {check.zone.reason}; give the source a zone"
    damaged = check.reasons.get(RejectionReason.NUMBER_DAMAGED, 0)
    if damaged:
        yield f"{damaged} numbers were damaged by a spreadsheet (4.41E+11): export the file again"
    if check.counts.rejected and not check.counts.loaded:
        yield "no line could be loaded"
    if check.ignored.get(EXPIRED) and not check.counts.loaded:
        yield (
            "every call is of a day before the first that retention keeps, and none would be "
            "loaded; if they are new, ask 'python -m data doctor'"
        )
    lines = check.counts.lines
    if check.declared is not None and check.declared != lines:
        yield f"the trailer says {check.declared} lines, the file has {lines}: it may be cut off"


def _of_gaps(check: Check) -> Iterator[str]:
    """Yield what is missing of the counter."""
    if not check.gaps or check.profile.counter is None:
        return
    numbers = sum(gap.numbers for gap in check.gaps)
    told = ", ".join(gap.told() for gap in check.gaps[:SHOWN_GAPS])
    more = f" and {len(check.gaps) - SHOWN_GAPS} more" if len(check.gaps) > SHOWN_GAPS else ""
    usual = "; this product leaves some out" if check.profile.counter.natural_gaps else ""
    yield f"{numbers} numbers of {check.profile.counter.column} are missing: {told}{more}{usual}"


def _of_times(facts: Facts) -> Iterator[str]:
    if facts.calls and facts.future == facts.calls:
        yield "every call lies in the future: the zone or the order of day and month is wrong"
    elif facts.future:
        yield f"{facts.future} calls lie in the future"
    if facts.calls > FEW and facts.whole_minutes == facts.calls:
        yield "every call starts on a full minute: the seconds may have been lost"
    if facts.ambiguous:
        yield f"{facts.ambiguous} calls lie in an hour that the zone repeats; the first was taken"


def _of_answers(facts: Facts) -> Iterator[str]:
    if facts.timed and not facts.agreeing:
        yield "the talk time is never the end less the answer: is it the right column and unit?"
    if facts.unanswered_talk:
        yield (
            f"{facts.unanswered_talk} lines have talk time and are not answered by the format's "
            "rule: nothing is charged for them"
        )
    if facts.calls > FEW and not facts.answered:
        yield "no call was answered: is the rule for answered calls the right one?"


def as_text(check: Check, name: str, tenant_zone: tzinfo, custids: Mapping[int, str]) -> str:
    """Return everything that a person wants to know of a checked file."""
    return "\n".join(_lines(check, name, tenant_zone, custids))


def _lines(
    check: Check, name: str, tenant_zone: tzinfo, custids: Mapping[int, str]
) -> Iterator[str]:
    counts = check.counts
    yield f"{name}: {check.profile.title} ({check.profile.name})"
    yield f"  recognised because {check.reason}"
    if check.zone.reason == EVERY_LINE:
        yield f"  times: {EVERY_LINE}"
    else:
        yield f"  times: {check.zone.zone}, because {check.zone.reason}"
    yield (
        f"  {counts.lines} lines = {counts.loaded} loaded + {counts.rejected} rejected"
        f" + {counts.duplicate} duplicate + {counts.ignored} ignored"
        f"; {check.physical_lines - counts.lines} headers, comments or blanks"
    )
    for warning in warnings(check):
        yield f"  warning: {warning}"
    yield from _calls(check, tenant_zone, custids)
    for reason, lines in sorted(check.reasons.items(), key=lambda item: (-item[1], item[0])):
        yield f"  rejected, {reason}: {lines} ({WHY[reason]})"
        examples = [item for item in check.rejections if item.reason is reason]
        yield from (
            f"    line {item.line}: {item.raw[:160]}" for item in examples[:SHOWN_REJECTIONS]
        )
    for rule, lines in sorted(check.ignored.items()):
        why = f" ({IGNORED[rule]})" if rule in IGNORED else ""
        yield f"  ignored, {rule}: {lines}{why}"
    yield "  nothing was stored"


def _calls(check: Check, tenant_zone: tzinfo, custids: Mapping[int, str]) -> Iterator[str]:
    if not check.calls:
        return
    shown = check.calls[:SHOWN_CALLS]
    zones = [UTC] if str(tenant_zone) == "UTC" else [UTC, tenant_zone]
    heads = [*(f"{zone!s:19}" for zone in zones), f"{'from':>16}", f"{'to':>16}", f"{'seconds':>9}"]
    yield f"  the first {len(shown)} calls:"
    yield "    " + "  ".join([*heads, f"{'outcome':10}", "direction"])
    for call in shown:
        charge = decimal_units(call.charge_micros) if call.charge_micros is not None else ""
        cells = [
            *(f"{call.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for zone in zones),
            f"{call.calling_number:>16}",
            f"{call.called_number:>16}",
            f"{_seconds(call):>9}",
            f"{call.disposition.name.lower():10}",
            f"{call.direction.name.lower():9}",
            custids.get(call.customer_id or 0, ""),
            charge,
        ]
        yield f"    {'  '.join(cells)}".rstrip()


def _seconds(call: CheckedCall) -> str:
    return f"{call.talk_ms / MS_PER_S:.3f}".rstrip("0").rstrip(".")


def as_json(
    check: Check, name: str, source: str | None, seconds: float, custids: Mapping[int, str]
) -> dict[str, object]:
    """Return the contract's object: one file, its totals, its rejections, its first calls."""
    report = FileReport(
        0,
        name,
        Outcome.SUCCESS,
        source=source or check.profile.name,
        profile=check.profile.name,
        counts=check.counts,
    )
    told = RunReport((report,), (), seconds).as_json()
    return {
        **_without_id(told),
        "rejections": [
            {"line": item.line, "reason": item.reason.value, "raw": item.raw}
            for item in check.rejections
        ],
        "calls": [_call(call, custids) for call in check.calls],
        "recognised": check.reason,
        "timezone": str(check.zone.zone),
        "warnings": list(warnings(check)),
    }


def refused_json(
    name: str, source: str | None, profile: str | None, error: str, seconds: float
) -> dict[str, object]:
    """Return the contract's object of a file that cannot be used."""
    report = FileReport(0, name, Outcome.ERROR, source, profile, error=error)
    return {
        **_without_id(RunReport((report,), (), seconds).as_json()),
        "rejections": [],
        "calls": [],
    }


def _without_id(told: dict[str, object]) -> dict[str, object]:
    files = told["files"]
    if isinstance(files, list):
        for each in files:
            each["id"] = None  # it is in no store
    return told


def _call(call: CheckedCall, custids: Mapping[int, str]) -> dict[str, object]:
    charge = call.charge_micros
    return {
        "line": call.line,
        "started_at": call.started_at.astimezone(UTC).isoformat(),
        "calling_number": call.calling_number,
        "called_number": call.called_number,
        "duration_s": call.talk_ms / MS_PER_S if call.talk_ms % MS_PER_S else call.talk_ms // 1000,
        "answered": call.disposition is Disposition.ANSWERED,
        "direction": call.direction.name.lower(),
        "customer": custids.get(call.customer_id) if call.customer_id else None,
        "charge": None if charge is None else decimal_units(charge),
    }
