"""No secret is in the repository, and none gets out through a log, an error or a command."""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORMS = re.compile(
    r"-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bxox[abpr]-[A-Za-z0-9-]{10,}"
    r"|\bsk_(?:live|test)_[A-Za-z0-9]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}"
    r"|\$argon2id\$v=\d+\$[^\s\"']*\$[A-Za-z0-9+/]{20,}\$[A-Za-z0-9+/]{20,}"
)
NAMED = re.compile(
    r"(?i)(?:password|secret|token|api_?key)\w*[\"']?\s*[:=]\s*[\"']([A-Za-z0-9_+/=-]{24,})[\"']"
)
RANDOM_BITS = 4.0
"""Bits a character from which a value looks drawn rather than written: words have fewer."""
SKIPPED = re.compile(
    r"(^layouts/assets/|^requirements.*\.txt$|\.(png|ttf|woff2?|xlsx|gz|zip|bz2|xz)$)"
)
CANARY = "canary0pass0word0key0never0in0a0log0"
NUMBER = "12125550187"


def bits_a_character(value):
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def counted_up(value):
    """A run of eight characters in the order of the alphabet: written by a person, for a test."""
    steps = "".join("1" if ord(b) - ord(a) == 1 else "0" for a, b in pairwise(value))
    return "1" * 7 in steps


def drawn(value):
    return bits_a_character(value) >= RANDOM_BITS and not counted_up(value)


def secrets_in(text):
    return [*FORMS.findall(text), *(value for value in NAMED.findall(text) if drawn(value))]


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name and not SKIPPED.search(name)]


def test_no_file_of_the_repository_holds_a_secret():
    found = {}
    for name in tracked():
        path = ROOT / name
        secrets = secrets_in(path.read_text(errors="replace")) if path.is_file() else []
        if secrets:
            found[name] = secrets

    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "AKIA" + "Q3EGRIJ7XAWVZ2TN",
        "secret_key" + ' = "vK8s0Qz7Lr2_Wd9Xn4Tb6Yj1Hc3Mf5Pa"',
        "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8",
    ],
)
def test_the_scan_finds_what_it_looks_for(text):
    assert secrets_in(text)


def test_no_env_file_or_key_is_tracked():
    names = [name for name in tracked() if re.search(r"(^|/)(\.env|.*\.key|.*\.pem)$", name)]

    assert names == []


HOSTILE = f"\n2026 level=error event=forged,{NUMBER}"


@pytest.mark.parametrize(
    "words",
    [
        ["data", "doctor", "--deep"],
        ["data", "backup", "/proc/nowhere/x.db"],
        ["ingest", "run"],
    ],
    ids=" ".join,
)
def test_no_line_of_a_command_carries_a_password_a_key_or_a_whole_number(tmp_path, words):
    env = {
        **os.environ,
        "TOLLBOARD_VAR": str(tmp_path / "var"),
        "TOLLBOARD_SETTLE_S": "0",
        "TOLLBOARD_SECRET_KEY": CANARY,
        "TOLLBOARD_SMTP_PASSWORD": CANARY,
        "TOLLBOARD_LOG_LEVEL": "INFO",
        "PYTHONPATH": str(ROOT),
    }
    if words[0] == "ingest":
        inbox = tmp_path / "var" / "inbox"
        inbox.mkdir(parents=True)
        (inbox / f"calls of {NUMBER}\n.csv").write_text(f"who,{NUMBER}\n{HOSTILE}\n")

    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert CANARY not in done.stdout + done.stderr
    for line in done.stderr.splitlines():
        assert not line.startswith("2026 level=error event=forged")
        assert not (line.startswith("{") and NUMBER in line), line


def test_a_database_password_is_in_no_message(tmp_path):
    env = {
        **os.environ,
        "TOLLBOARD_VAR": str(tmp_path),
        "TOLLBOARD_DATABASE_URL": f"postgresql://bill:{CANARY}@127.0.0.1:1/none?connect_timeout=1",
        "PYTHONPATH": str(ROOT),
    }
    for words in (["data", "doctor"], ["ingest", "run"]):
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert CANARY not in done.stdout + done.stderr
