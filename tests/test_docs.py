"""The documents name what the code has, and the code has what the documents name."""

import re
from pathlib import Path

import pytest

from data.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_readme_names_every_setting(name):
    assert f"`TOLLBOARD_{name.upper()}`" in README


def test_the_readme_names_no_setting_that_is_not_there():
    named = set(re.findall(r"TOLLBOARD_([A-Z_]+)", README))

    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_in_a_document_is_a_target(document):
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / document).read_text(), re.MULTILINE))

    assert named
    assert named <= TARGETS


def test_every_link_to_a_file_in_the_readme_leads_somewhere():
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
