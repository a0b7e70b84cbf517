"""The operator's command runs as the services do: their settings to the letter, their code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TB = Path(__file__).parents[2] / "deploy" / "tb"
TELLS = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"


@pytest.fixture
def tb(tmp_path):
    """Return a function that calls it from a folder that has a module of the product's name too."""
    home, settings, elsewhere = (tmp_path / name for name in ("home", "tollboard.env", "elsewhere"))
    for folder in (home / ".venv" / "bin", elsewhere):
        folder.mkdir(parents=True)
    (home / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (home / "told.py").write_text(TELLS)
    (elsewhere / "told.py").write_text("print('[]')")
    script = TB.read_text().replace("/opt/tollboard", str(home))
    script = script.replace("/etc/tollboard/tollboard.env", str(settings))
    script = script.replace('runuser -u "$user" -- ', "")

    def called(text, *words):
        settings.write_text(text)
        command = ["sh", "-c", script, "tb", "told", *words]
        done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return called


def test_a_value_is_all_that_follows_the_sign(tb):
    _, environ = tb(
        "# a remark, and an empty line\n\n"
        "TOLLBOARD_OIDC_NAME=Company Login\n"
        "TOLLBOARD_SMTP_PASSWORD=it's = $HOME\n"
        "TOLLBOARD_CURRENCY=GBP"
    )

    assert environ["TOLLBOARD_OIDC_NAME"] == "Company Login"
    assert environ["TOLLBOARD_SMTP_PASSWORD"] == "it's = $HOME"
    assert environ["TOLLBOARD_CURRENCY"] == "GBP"
    assert environ["TOLLBOARD_VAR"] == "/var/lib/tollboard"


def test_the_words_arrive_as_they_were_typed(tb):
    words, _ = tb("", "--name", "two words", "*")

    assert words == ["--name", "two words", "*"]
