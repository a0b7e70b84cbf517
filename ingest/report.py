"""What an ingest says about what it did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from data.domain.differences import InvoicedDifference
from data.domain.money import decimal_units
from data.domain.records import LineCounts

MOST_DIFFERENCES = 100
MOST_TOLD = 10


class Outcome(StrEnum):
    """How a file ended in this run."""

    SUCCESS = "success"
    ERROR = "error"
    REPEATED = "repeated"
    WAITING = "waiting"


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    Attributes:
        id: Its number; of a repeated delivery, the number of the file that has its content.
        name: As delivered.
        source: Whose it is; none until a profile recognised it.
        profile: What recognised it.
        status: How it ended.
        counts: How its lines ended.
        error: Why it failed or waits, and what to do.
        note: What else a person should know.
        differences: Calls on recorded invoices that it would give another customer or price now,
            the first `MOST_DIFFERENCES` of them.
        differing: How many there are in all.
    """

    id: int
    name: str
    status: Outcome
    source: str | None = None
    profile: str | None = None
    counts: LineCounts = field(default_factory=LineCounts)
    error: str | None = None
    note: str | None = None
    differences: tuple[InvoicedDifference, ...] = ()
    differing: int = 0

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints of it; differences only where there are some."""
        differing = {
            "differing": self.differing,
            "differences": [_difference_json(each) for each in self.differences],
        }
        return {
            "id": self.id,
            "name": self.name,
            "source": self.source,
            "profile": self.profile,
            "status": self.status.value,
            "lines": self.counts.lines,
            "loaded": self.counts.loaded,
            "rejected": self.counts.rejected,
            "duplicate": self.counts.duplicate,
            "ignored": self.counts.ignored,
            "error": self.error,
            **(differing if self.differing else {}),
        }

    def as_line(self) -> str:
        """Return it in one line, for a log; of a long error its first line."""
        counts = self.counts
        said = f"{self.status.value}: {shown(self.name)}"
        if self.status is Outcome.SUCCESS:
            said += (
                f" (file {self.id}, {self.profile}): {counts.lines} lines = {counts.loaded} loaded"
                f" + {counts.rejected} rejected + {counts.duplicate} duplicate"
                f" + {counts.ignored} ignored"
            )
        if self.error and self.error.startswith(f"{self.name} "):
            said = f"{self.status.value}: {shown(self.error.splitlines()[0])}"
        elif self.error:
            said += f". {shown(self.error.splitlines()[0])}"
        return f"{said}. {shown(self.note.splitlines()[0])}" if self.note else said

    def difference_lines(self) -> list[str]:
        """Return the calls that differ from their invoices, a line each, for people."""
        told = [_difference_line(each) for each in self.differences[:MOST_TOLD]]
        if self.differing > len(told):
            told.append(
                f"  and {self.differing - len(told)} more: "
                f"python -m data invoices differences --file {self.id}"
            )
        return told


def _difference_line(each: InvoicedDifference) -> str:
    now = each.charge_now_micros
    price = each.no_price_text if now is None else decimal_units(now)
    later = ", ".join(text for text in (each.customer_now_text, price) if text)
    return shown(
        f"  {each.file_id}:{each.line} on invoice {each.invoice or 'none'}: "
        f"{each.customer.custid} was charged {decimal_units(each.charge_micros)}; "
        f"now it would be {later}"
    )


def _difference_json(each: InvoicedDifference) -> dict[str, object]:
    now = each.charge_now_micros
    return {
        "call": str(each.call),
        "line": each.line,
        "invoice": each.invoice,
        "custid": each.customer.custid,
        "charge": decimal_units(each.charge_micros),
        "custid_now": each.customer_now.custid if each.customer_now else None,
        "charge_now": None if now is None else decimal_units(now),
        "line_now": each.line_now or None,
    }


def shown(text: str) -> str:
    """Return text as one line without control characters: a name must not forge a log line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class RunReport:
    """What one run did.

    Attributes:
        files: Every file that it met, in the order it was done with them.
        refused: What in the inbox was not taken, and why.
        seconds: How long it took.
        disk_trouble: Files wait because the disk is too full, or did not take what was written.
    """

    files: Sequence[FileReport]
    refused: Sequence[str]
    seconds: float
    disk_trouble: bool = False

    @property
    def exit_code(self) -> int:
        """0 all well, 1 a file ended in error, 2 could not run."""
        if self.disk_trouble:
            return 2
        return int(any(each.status is Outcome.ERROR for each in self.files))

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints."""
        of = [each.status for each in self.files]
        totals = {
            "files": len(self.files),
            "success": of.count(Outcome.SUCCESS),
            "error": of.count(Outcome.ERROR),
            "lines": sum(each.counts.lines for each in self.files),
            "loaded": sum(each.counts.loaded for each in self.files),
            "rejected": sum(each.counts.rejected for each in self.files),
            "duplicate": sum(each.counts.duplicate for each in self.files),
            "ignored": sum(each.counts.ignored for each in self.files),
        }
        files = [each.as_json() for each in self.files]
        return {"files": files, "totals": totals, "seconds": round(self.seconds, 3)}
