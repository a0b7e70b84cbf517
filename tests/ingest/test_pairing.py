"""Records that are joined into calls: however they stand, and however the file is cut."""

from itertools import count

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import read
from ingest.read import blocks
from tests.reading import profile_named, read_file, whole

FLATSTORE = profile_named("kamailio-flatstore")
EPOCH = 1_780_000_000
NUMBERS = count()


def written(folder, records):
    """A file of records: method, call, moment, SIP code; half of the calls swap their tags."""
    path = folder / f"{next(NUMBERS)}.log"
    with path.open("w", encoding="ascii") as file:
        for row, (method, call, at, code) in enumerate(records):
            one, other = ("b", "a") if (row + call) % 2 else ("a", "b")
            file.write(f"{method}|{one}{call}|{other}{call}|call-{call}|{code}|OK|{EPOCH + at}")
            file.write(f"|*rated|+1555555{call:04}|+15555550199|acc1|1:{row}\n")
    return path


def expected(records):
    """Per call the line that stands for it, with its answer and its end; by hand, one by one."""
    of_call: dict[int, list[tuple[int, int, str]]] = {}
    calls: dict[int, tuple[str, str]] = {}
    for line, (method, call, at, code) in enumerate(records, 1):
        if method == "INVITE" and code != "200":
            calls[line] = ("", "")
        else:
            of_call.setdefault(call, []).append((EPOCH + at, line, method))
    for said in of_call.values():
        moments = {kind: [each for each in said if each[2] == kind] for kind in ("INVITE", "BYE")}
        if all(moments.values()):
            answers = [str(at) for at, _, method in said if method == "ACK"]
            calls[min(moments["INVITE"])[1]] = (
                min(answers, default=""),
                str(max(moments["BYE"])[0]),
            )
    return calls


records = st.lists(
    st.tuples(
        st.sampled_from(["INVITE", "INVITE", "ACK", "BYE", "BYE", "CANCEL"]),
        st.integers(0, 4),
        st.integers(0, 9),
        st.sampled_from(["200", "200", "200", "486"]),
    ),
    min_size=1,
    max_size=20,
)


@given(records, st.integers(60, 2_000))
def test_records_find_each_other_in_whatever_block_they_lie(tmp_path_factory, drawn, block_bytes):
    path = written(tmp_path_factory.getbasetemp(), drawn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "BLOCK_BYTES", block_bytes)
        found = list(blocks(whole(path, FLATSTORE)))

    calls = pd.concat([block.frame for block in found])
    told = zip(calls["answer_moment"].tolist(), calls["end_moment"].tolist(), strict=True)
    lines = calls["line"].tolist()
    ignored = [each.line for block in found for each in block.ignored]
    assert dict(zip(lines, told, strict=True)) == expected(drawn)
    assert sorted([*lines, *ignored]) == list(range(1, len(drawn) + 1))


def test_calls_that_are_open_across_many_blocks_are_whole(tmp_path):
    opened = [("INVITE", call, call, "200") for call in range(40_000)]
    closed = [("BYE", call, call + 60, "200") for call in range(40_000)]
    path = written(tmp_path, [*opened, *closed])

    found = read_file(path, FLATSTORE)

    assert len(list(blocks(whole(path, FLATSTORE)))) > 1
    assert found.calls["talk_ms"].tolist() == [60_000] * 40_000
    assert found.lines == 80_000
