"""The files of deploy/ are right as far as this machine's own tools can tell."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from data.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("tollboard*.*") if path.suffix != ".env")
SERVICES = [name for name in UNITS if name.endswith(".service")]
EXPOSURE_LIMIT = 3.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt-get install systemd"
)
needs_nginx = pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="needs nginx and openssl: apt-get install nginx-light openssl",
)


def ran(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_every_timer_has_its_service():
    timers = [name for name in UNITS if name.endswith(".timer")]

    assert timers
    assert [name for name in timers if name.replace(".timer", ".service") not in UNITS] == []


@needs_systemd
def test_systemd_accepts_every_unit(tmp_path):
    for name in UNITS:  # as installed here: the programs that they name must exist
        text = (DEPLOY / name).read_text().replace("/opt/tollboard", str(ROOT))
        (tmp_path / name).write_text(text)

    done = ran("systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS))

    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_well_shut_in(name):
    done = ran("systemd-analyze", "security", "--offline=true", "--no-pager", str(DEPLOY / name))

    exposure = float(re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)[0])
    print(f"{name}: exposure {exposure} of 10, at most {EXPOSURE_LIMIT}")  # noqa: T201
    assert exposure <= EXPOSURE_LIMIT


@pytest.mark.parametrize("name", SERVICES)
def test_the_product_runs_as_its_own_user_and_what_reads_files_has_no_network(name):
    text = (DEPLOY / name).read_text()

    assert "User=tollboard\n" in text
    assert "UMask=0027\n" in text
    assert ("PrivateNetwork=yes\n" in text) == (name != "tollboard.service")


def test_the_environment_example_names_only_settings_that_there_are():
    names = re.findall(r"^#?TOLLBOARD_(\w+)=", (DEPLOY / "tollboard.env").read_text(), re.MULTILINE)

    assert names
    assert {name.lower() for name in names} <= set(Settings.model_fields)


def test_the_environment_example_can_be_used_as_it_is(monkeypatch):
    for line in (DEPLOY / "tollboard.env").read_text().splitlines():
        if line and not line.startswith("#"):
            monkeypatch.setenv(*line.split("=", 1))

    assert Settings.read().timezone == "Europe/London"


@needs_nginx
def test_nginx_accepts_its_example(tmp_path):
    subject = ("-subj", "/CN=tollboard.example", "-days", "1", "-nodes")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = ran(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", *subject),
        *("-keyout", str(key), "-out", str(certificate)),
    )
    assert made.returncode == 0, made.stderr
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/tollboard", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"events {{}}\npid {tmp_path}/pid;\nerror_log stderr;\n"
        f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )

    done = ran("nginx", "-t", "-c", str(tmp_path / "nginx.conf"))

    assert done.returncode == 0, done.stderr


def test_the_image_takes_only_what_the_product_needs_and_nothing_secret():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
    names = {name for words in copied for name in words.split()}

    assert allowed[0] == "*"
    assert names == {line[1:] for line in allowed if line.startswith("!")}
    assert [name for name in names if not (ROOT / name).exists()] in ([], ["app.py"])
    assert "--require-hashes" in dockerfile
    assert dockerfile.index("USER tollboard") < dockerfile.index('CMD ["python", "app.py"]')
