"""A run tells what failed, once, and never fails because nobody listens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web_receivers import Receiver, receiving

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    def invoke(url: str) -> int:
        given = {
            "TOLLBOARD_VAR": str(tmp_path / "var"),
            "TOLLBOARD_SETTLE_S": "0",
            "TOLLBOARD_ALERT_WEBHOOK_URL": url,
            "TOLLBOARD_ALERT_WEBHOOK_SECRET": "0123456789abcdefghijklmn",
            "no_proxy": "127.0.0.1",
        }
        command = [sys.executable, "-m", "ingest", "run"]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | given, check=False, timeout=60)
        return done.returncode

    return invoke


def test_a_run_tells_a_failed_file_once_and_again_where_nobody_took_it(run, tmp_path):
    inbox = tmp_path / "var" / "inbox"
    with receiving(Receiver(answer=503)) as receiver:
        assert run(receiver.url) == 0
        (inbox / "strange.csv").write_text("this is,not a CDR file\n")

        refused = run(receiver.url)
        receiver.answer = 204
        after = [run(receiver.url), run(receiver.url)]

    assert (refused, after) == (1, [0, 0])
    assert [told["alerts"][0]["file"] for told in receiver.told] == ["strange.csv"] * 2
