"""What outside scanners find on the page, its routes and its JSON: wapiti and sqlmap, from Debian.

Serves a demo store as `make run` does, logs in, and lets each scanner ask every address with
parameters, with the session's cookie. What is found and explained below is listed; anything else
is a finding. Usage: python -m bench.scan [--minutes N]
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from bench.aims import Aim, told
from bench.screenshots import served
from bench.stores import demo, surroundings
from bench.viewers import Viewer

SCANNERS = ("wapiti", "sqlmap")
MODULES = "common,crlf,exec,file,sql,blindsql,xss,permanentxss,redirect,ssrf,csrf,http_headers"
EMPTY = f"filter={quote('{}')}&sort={quote('[]')}"
ADDRESSES = (
    "/?panel=calls&customer=1001&measure=calls",
    "/find?q=44",
    "/find/customers?q=ab",
    "/api/v1/dashboard?from=2026-11-01&to=2026-11-20",
    f"/export?panel=customers&form=csv&{EMPTY}",
    "/login?next=/",
    "/account?with=again",
)
"""Every address that takes parameters."""
EXPLAINED = {
    "X-Frame-Options is not set": "frame-ancestors 'none' of the policy says it, newer",
    "X-XSS-Protection is not set": "browsers have dropped it; the policy forbids inline scripts",
    "Strict-Transport-Security is not set": "deploy/nginx.conf sets it, where TLS ends",
    "Secure flag is not set in the cookie": "it is where the page is served by https",
}
"""By how a finding begins."""
FOUND_BY_SQLMAP = re.compile(r"^Parameter: .*|.*\b5\d\d \([A-Z].*", re.MULTILINE)
"""Where something can be injected, and answers that say the server failed."""


UNFINISHED = "not scanned to its end; give it more --minutes"


def main() -> int:
    """Scan, tell what was found; 1 for a finding that is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10, help="for each scanner, about")
    minutes = parser.parse_args().minutes
    if missing := [name for name in SCANNERS if shutil.which(name) is None]:
        print(f"Not here: {', '.join(missing)}. Install: apt-get install {' '.join(SCANNERS)}")
        return 2
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with served(surroundings(demo(folder / "demo"))) as url:
            viewer = Viewer(url)
            asked = {"sqlmap": _by_sqlmap, "wapiti": _by_wapiti}
            found = {
                name: list(scan(folder, url, viewer.cookie, minutes * 60))
                for name, scan in asked.items()
            }
            alive = viewer.get("/healthz").status
            viewer.close()
    return 0 if _told(found, alive) else 1


def _told(found: Mapping[str, list[str]], alive: int) -> bool:
    unexplained = []
    for name, findings in found.items():
        for finding in sorted(set(findings)):
            why = next((why for start, why in EXPLAINED.items() if finding.startswith(start)), None)
            print(f"{name}: {finding}" + (f" (explained: {why})" if why else ""))
            unexplained += [] if why else [finding]
    aims = [
        Aim("findings that nothing explains", len(unexplained), 0),
        Aim("the server's answer at the end, beyond 200", alive - 200, 0),
    ]
    return told(f"{len(ADDRESSES)} addresses with parameters, by {' and '.join(SCANNERS)}", aims)


def _by_sqlmap(folder: Path, url: str, cookie: str, seconds: int) -> Iterator[str]:
    """Yield what can be injected, and answers that say the server failed."""
    for address in ADDRESSES:
        words = ["--batch", "--level=2", "--risk=2", "--skip=tollboard*", "--flush-session"]
        words += [f"--cookie={cookie}", "--time-sec=2", f"--output-dir={folder / 'sqlmap'}"]
        found = _run(["sqlmap", "-u", url + address, *words], seconds // len(ADDRESSES))
        if found.endswith(UNFINISHED):
            yield f"{address}: {UNFINISHED}"
        for line in FOUND_BY_SQLMAP.findall(found):
            yield f"{address}: {line.strip()}"


def _by_wapiti(folder: Path, url: str, cookie: str, seconds: int) -> Iterator[str]:
    """Yield what its report calls a vulnerability or an anomaly."""
    jar, report = folder / "cookies.json", folder / "wapiti.json"
    host = url.removeprefix("http://").partition(":")[0]
    given = dict(each.split("=", 1) for each in cookie.split("; "))
    common = {"version": 0, "expires": None, "secure": False, "port": None}
    jar.write_text(json.dumps({host: {"/": {n: common | {"value": v} for n, v in given.items()}}}))
    starts = [word for address in ADDRESSES[1:] for word in ("-s", url + address)]
    words = ["-c", str(jar), "-m", MODULES, "-d", "2", "--max-scan-time", str(seconds)]
    words += ["--flush-session", "--flush-attacks", "--scope", "folder", "--no-bugreport"]
    words += ["-f", "json", "-o", str(report)]
    _run(["wapiti", "-u", url + ADDRESSES[0], *starts, *words], seconds + 120)
    every = json.loads(report.read_text())
    for kind in (every["vulnerabilities"], every["anomalies"]):
        for findings in kind.values():
            yield from (each["info"] for each in findings)


def _run(command: list[str], seconds: int) -> str:
    """Return what a scanner says; it is ended when its time is over."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace") + UNFINISHED
    return done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
