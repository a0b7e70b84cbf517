"""Calls written in a profile's own layout, after a line of its golden file: what reading undoes."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from data.domain.periods import EPOCH
from data.domain.records import Direction
from ingest.head import head_of
from ingest.layout import Layout, cells_of, fitted
from ingest.profile import FormatProfile
from ingest.profile_parts import PAIR_COLUMNS, PartyField, TimeField
from ingest.profile_values import DurationUnit, NumberForm, Quoting
from ingest.split import Splitter
from tests.mangling import GOLDEN
from tests.reading import profile_named, read_file

TELLING_DAY = 20  # no month has that number
MS = {DurationUnit.S: 1000, DurationUnit.MS: 1, DurationUnit.CENTI: 10, DurationUnit.DECI: 100}


@dataclass(frozen=True)
class WrittenCall:
    """What one generated line says.

    Attributes:
        later_s: How much later than the template's call it begins.
        longer_s: How much longer it talks.
        calling: Who called.
        called: Whom.
        remark: What stands in the columns that nobody reads.
    """

    later_s: int
    longer_s: int
    calling: str
    called: str
    remark: str


@dataclass(frozen=True)
class Template:
    """An answered call of a profile's golden file, as its cells.

    Attributes:
        profile: The profile.
        layout: Of the golden file.
        head: The golden file's header lines.
        records: The cells of the call's line; of a call of several records, of each.
        facts: The call as it is read, a row of the frame.
    """

    profile: FormatProfile
    layout: Layout
    head: str
    records: tuple[tuple[str, ...], ...]
    facts: dict[str, int | str]

    def file(self, calls: list[WrittenCall]) -> str:
        """Return a file of calls."""
        return self.head + "".join(
            self._line(cells)
            for number, call in enumerate(calls)
            for cells in self._cells(call, number)
        )

    def telling(self) -> list[WrittenCall]:
        """Return a call by whose date a file tells day and month apart, where that is needed."""
        if not self.profile.times.started.either:
            return []
        day = (EPOCH + timedelta(milliseconds=int(self.facts["started_ms"]))).day
        days_later = (TELLING_DAY - day) % 28
        return [WrittenCall(days_later * 86_400, 0, "2000000", "2000000", "")]

    def read_back(self, call: WrittenCall) -> tuple[int, int, str, str]:
        """Return start, talk time and numbers that a call must be read as."""
        started, talk = int(self.facts["started_ms"]), int(self.facts["talk_ms"])
        parties = (call.calling, call.called)
        way = Direction(int(self.facts["direction"])).name.lower()
        if way in self.profile.parties.swapped_when:
            parties = parties[::-1]
        return (started + call.later_s * 1000, talk + call.longer_s * 1000, *parties)

    def _cells(self, call: WrittenCall, number: int) -> list[list[str]]:
        found = []
        for at, cells in enumerate(self.records):
            order = self.layout.order_for(len(cells)) or ()
            named = dict(zip(order, cells, strict=True))
            if self.profile.pair is None:
                named |= self._changed(named, call)
            else:
                named |= self._record(named, call, number, is_last=at == len(self.records) - 1)
            named |= self._remarks(call)
            found.append(
                [named[name] if name else cell for name, cell in zip(order, cells, strict=True)]
            )
        return found

    def _record(
        self, named: dict[str, str], call: WrittenCall, number: int, *, is_last: bool
    ) -> dict[str, str]:
        """Return the changed cells of one record of a call of several."""
        pair, parties = self.profile.pair, self.profile.parties
        assert pair is not None
        shift = call.later_s + (call.longer_s if is_last else 0)
        moment = replace(self.profile.times.started, columns=(pair.moment,))
        keys = {name: f"{named[name]}{number}" for name in pair.columns}
        return {
            **keys,
            **_shifted(moment, named, shift),
            parties.calling.column: call.calling,
            parties.called.column: call.called,
        }

    def _changed(self, named: dict[str, str], call: WrittenCall) -> dict[str, str]:
        profile, times = self.profile, self.profile.times
        changed = _shifted(times.started, named, call.later_s)
        for moment, more in ((times.answered, 0), (times.ended, call.longer_s)):
            if moment is not None and moment.columns[0] not in PAIR_COLUMNS:
                changed |= _shifted(moment, named, call.later_s + more)
        if profile.duration is not None:
            column = profile.duration.column
            declared_ms = int(self.facts["talk_ms"])
            if profile.duration.means == "ring_and_talk":
                declared_ms += int(self.facts["answered_ms"]) - int(self.facts["started_ms"])
            unit = profile.duration.unit_words.get(
                named.get(profile.duration.unit_column or "", "")
            )
            changed[column] = _long(
                declared_ms + call.longer_s * 1000, unit or profile.duration.unit, named[column]
            )
        for party, digits in (
            (profile.parties.calling, call.calling),
            (profile.parties.called, call.called),
        ):
            changed[party.column] = _party(party, named[party.column], digits)
        return changed

    def _remarks(self, call: WrittenCall) -> dict[str, str]:
        profile = self.profile
        columns = self.layout.orders[-1]
        told = profile.used_columns | set(profile.columns.shapes) | {columns[0], ""}
        return {name: call.remark for name in columns if name not in told}

    def _line(self, cells: list[str]) -> str:
        framing, delimiter = self.profile.framing, self.layout.delimiter
        between = delimiter + " " * framing.space_after_delimiter
        written = between.join(_quoted(cell, framing.quoting, delimiter) for cell in cells)
        return f"{framing.prefix}{written}{framing.suffix}\n"


def _quoted(cell: str, quoting: Quoting, delimiter: str) -> str:
    if quoting is Quoting.BACKSLASH:
        return cell.replace("\\", "\\\\").replace(delimiter, f"\\{delimiter}")
    if quoting is Quoting.UNESCAPED:
        return f'"{cell}"'
    if quoting is Quoting.DOUBLED and (delimiter in cell or '"' in cell or cell != cell.strip()):
        return '"{}"'.format(cell.replace('"', '""'))
    return cell


def writable(remark: str, template: Template) -> str:
    """Return a remark without what a format has no way to write."""
    quoting, delimiter = template.profile.framing.quoting, template.layout.delimiter
    if quoting is Quoting.NONE:
        return remark.replace(delimiter, "")
    if quoting is Quoting.UNESCAPED:
        return remark.replace('"', "")
    return remark


def _shifted(moment: TimeField, named: dict[str, str], seconds: int) -> dict[str, str]:
    """Return the cells of a moment, so many seconds later; nothing where it stands empty."""
    if any(name not in named for name in moment.columns):
        return {}
    text = " ".join(named[name] for name in moment.columns)
    if text in moment.empty:
        return {}
    later = _later(moment, text, seconds)
    return dict(zip(moment.columns, later.split(" ", len(moment.columns) - 1), strict=True))


def _later(moment: TimeField, text: str, seconds: int) -> str:
    for form in (*moment.formats, *(one for pair in moment.either for one in pair)):
        if form.startswith("epoch"):
            scale = {"epoch_s": 1, "epoch_ms": 1000, "epoch_us": 1_000_000}[form]
            if text.isdigit():
                return str(int(text) + seconds * scale)
            continue
        plain = re.sub(r"%\d?f", "%f", form.replace("%-", "%"))
        try:
            at = datetime.strptime(_plain(text), plain) + timedelta(seconds=seconds)
        except ValueError:
            continue
        return at.strftime(_as_written(form, text, at))
    raise AssertionError(f"{text!r} is in none of the formats of {moment}")


def _plain(text: str) -> str:
    """Return a moment as Python's strptime can read it: microseconds, minutes in the offset."""
    return re.sub(r"([+-]\d\d)$", r"\g<1>00", re.sub(r"(\.\d{6})\d+", r"\1", text))


def _as_written(form: str, text: str, at: datetime) -> str:
    """Return a format in which fractions, offset and missing zeros stand as in a text."""
    for word in "dmHI":
        form = form.replace(f"%-{word}", str(int(at.strftime(f"%{word}"))))
    fraction = re.search(r"\.(\d+)", text)
    if fraction:
        width = len(fraction[1])
        form = re.sub(r"%\d?f", at.strftime("%f")[:width].ljust(width, "0"), form)
    offset = re.search(r"(Z|[+-]\d\d:?(?:\d\d)?)", text[10:])
    return form.replace("%z", offset[0] if offset else "")


def _long(ms: int, unit: DurationUnit, template: str) -> str:
    seconds = ms // 1000
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if unit in MS:
        value = str(ms // MS[unit]) if ms % MS[unit] == 0 else str(ms / MS[unit])
        return value.zfill(len(template)) if template.startswith("0") else value
    if unit is DurationUnit.HMS:
        return f"{hours:02}:{minutes:02}:{rest:02}"
    if unit is DurationUnit.WORDS:
        return f"{hours}h{minutes}m{rest}s"
    if unit is DurationUnit.PRIME:
        return f"{hours:02}:{minutes:02}'{rest:02}"
    return f"{ms / 60_000:.6f}"


def _party(party: PartyField, template: str, digits: str) -> str:
    if party.form is NumberForm.ANGLE:
        return f'"Ann, of ""A""" <{digits}>'
    if party.form is NumberForm.SIP_URI:
        return re.sub(r"(sips?:)[^@;>]*", rf"\g<1>{digits}", template)
    return digits


def golden_files() -> dict[str, Path]:
    """Return a golden file for each delimited profile that comes with the product, by its name."""
    found: dict[str, Path] = {}
    for path in GOLDEN:
        profile = profile_named(path.parent.name)
        if profile.framing.kind == "delimited" and "hostile" not in path.name:
            found.setdefault(profile.name, path)
    return found


def template_of(path: Path) -> Template:
    """Return what a golden file's first answered call looks like."""
    profile = profile_named(path.parent.name)
    layout = fitted(profile, head_of(path))
    assert isinstance(layout, Layout)
    lines = path.read_text("utf-8-sig").splitlines()
    split = cells_of(profile, layout.delimiter)
    rows = read_file(path, profile).calls.to_dict("records")
    facts = next({str(name): row[name] for name in row} for row in rows if row["talk_ms"] > 0)
    cells = _split(lines[facts["line"] - 1], profile, split)
    records = [cells]
    if profile.pair is not None:
        key = layout.order_for(len(cells)) or ()
        call = cells[key.index(profile.pair.columns[0])]
        every = [_split(line, profile, split) for line in lines]
        records = [other for other in every if call in other]
    head = "".join(f"{line}\n" for line in lines[: layout.header_lines])
    return Template(profile, layout, head, tuple(map(tuple, records)), facts)


def _split(line: str, profile: FormatProfile, split: Splitter) -> list[str]:
    framing = profile.framing
    bare = line.removeprefix(framing.prefix).removesuffix(framing.suffix)
    cells = split(bare)
    assert cells is not None
    return [cell.removeprefix(" ") if framing.space_after_delimiter else cell for cell in cells]
