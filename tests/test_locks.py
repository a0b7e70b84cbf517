"""The locks are complete, come from nowhere special, and hold the one version pair that is safe."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def pinned(lock: str) -> dict[str, str]:
    lines = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {name.lower(): version for name, version in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_path(lock):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert not re.search(r"^\s*-|@ file", text.replace("    --hash", ""), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes(lock):
    blocks = re.split(r"^(?=\S+==)", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]

    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_the_tools_run_on_the_versions_that_are_shipped():
    shipped, tools = pinned("requirements.txt"), pinned("requirements-dev.txt")

    differ = {name for name, version in shipped.items() if tools.get(name) != version}

    assert differ <= {"urllib3"}  # selenium 4.2 of the browser tests needs 1.26


def test_the_browser_tests_get_the_selenium_that_dash_allows():
    tools = pinned("requirements-dev.txt")

    assert tools["selenium"].startswith("4.")
    assert tools["urllib3"].startswith("1.26.")


def test_the_locks_hold_every_dependency_that_pyproject_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[^\w-]", line)[0].lower() for line in project["dependencies"]]
    missing = [name for name in names if name not in pinned("requirements.txt")]

    assert names
    assert missing == []
