"""What is written in a format's layout is read as it was meant, for every delimited format."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import read_file
from tests.writing import Template, WrittenCall, golden_files, template_of, writable

FILES = golden_files()
remarks = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
numbers = st.from_regex(r"\+?[2-9][0-9]{6,13}", fullmatch=True)
written = st.builds(
    WrittenCall,
    later_s=st.integers(0, 4 * 86_400),
    longer_s=st.integers(0, 7_200),
    calling=numbers,
    called=numbers,
    remark=remarks,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("written") / "calls"


@pytest.fixture(scope="module", params=FILES.values(), ids=list(FILES))
def template(request):
    return template_of(request.param)


@settings(max_examples=8)
@given(st.data())
def test_read_of_write_is_the_calls(template: Template, path, data):
    calls = [
        WrittenCall(**(vars(call) | {"remark": writable(call.remark, template)}))
        for call in data.draw(st.lists(written, min_size=1, max_size=6))
    ]
    calls += template.telling()
    path.write_text(template.file(calls), "utf-8")

    reading = read_file(path, template.profile)

    facts = ("started_ms", "talk_ms", "calling_number", "called_number")
    assert reading.rejections == []
    assert list(zip(*(reading.calls[name] for name in facts), strict=True)) == [
        template.read_back(call) for call in calls
    ]
