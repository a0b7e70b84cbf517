import pytest

from callbacks import release
from callbacks.gate import CALLBACKS
from callbacks.release import HEADER, page_release
from data.domain.records import Role
from tests.attacking import OURS, Target, furnished


@pytest.fixture
def target(settings, store, now):
    furnished(store, now)
    return Target(settings, store, now)


def test_any_change_of_what_the_page_is_made_of_is_another_release(tmp_path, monkeypatch):
    monkeypatch.setattr(release, "ROOT", tmp_path)
    script = tmp_path / "layouts" / "assets" / "live.js"
    script.parent.mkdir(parents=True)
    script.write_text("a")
    first = page_release()
    compiled = tmp_path / "layouts" / "live.pyc"
    compiled.write_text("of another Python")
    same = page_release()
    script.write_text("b")
    edited = page_release()
    script.rename(script.with_name("other.js"))

    assert same == first
    assert len({first, edited, page_release()}) == 3


def test_a_page_whose_callbacks_are_gone_is_refused_and_told_which_page_there_is(target):
    client = target.entered(Role.VIEWER)
    tick = next(key for key in target.app.callback_map if key.startswith("..read.data"))
    known, unknown = target.body(tick), target.body(tick) | {"output": "..gone.data.."}

    answers = [client.post(CALLBACKS, json=body, headers=OURS) for body in (known, unknown)]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert {answer.headers[HEADER] for answer in answers} == {target.app.release}
    assert f'data-release="{target.app.release}"' in client.get("/").text
