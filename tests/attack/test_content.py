"""What comes from outside stays text: in files that go out, files that come in, logs, the audit."""

import io
import json
import logging
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from sqlalchemy import select

from data.domain.formulas import harmless
from data.domain.records import Role
from data.logs import logs_to_stderr
from data.store.schema import audit_log, cdr_files
from data.store.writes.users import password_changed
from tests.attacking import OURS, PASSWORD, TOKEN, log_in

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|", "\uff1d")
FORMULAS = [
    f"{begin}{rest}"
    for begin in BEGINNINGS
    for rest in (
        "cmd|' /C calc'!A0",
        'HYPERLINK("http://evil")',
        "1+1",
        "SUM(A1:A9)",
        "IMPORTXML(1)",
    )
]


def exported(client, form, panel):
    asked = {"form": form, "panel": panel, "from": "2026-06-01", "to": "2026-06-30"}
    with client.get("/export", query_string=asked) as answer:
        assert answer.status_code == 200, answer.text
        return answer.data


@pytest.mark.parametrize("formula", [FORMULAS[0], FORMULAS[18]], ids=["equals", "at"])
def test_x4_no_cell_of_an_export_is_a_formula(tmp_path, figure, formula):
    through, tried = [], 0
    for target in a_target_with(tmp_path, formula):
        client = target.entered(Role.ADMIN)
        for panel in ("customers", "files", "calls", "unpaid-invoices", "tickets"):
            book = openpyxl.load_workbook(io.BytesIO(exported(client, "xlsx", panel)))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            text = exported(client, "csv", panel).decode("utf-8-sig")
            tried += len(cells)
            through += [cell.value for cell in cells if cell.data_type == "f"]
            through += re.findall(r'(?:^|,)"?[=+@\t](?=[A-Za-z])', text, re.MULTILINE)

    figure("X4", f"cells of exports, {formula[:8]!r}", tried, through)


def test_x4_a_spreadsheet_program_finds_no_formula_in_an_export(tmp_path, figure, full):
    """With LibreOffice, which takes long to install and to start."""
    office = shutil.which("soffice")
    if not full or office is None:
        pytest.skip("only at full length, where LibreOffice Calc is installed")
    through, tried = [], 0
    for formula in FORMULAS:
        folder = tmp_path / str(tried)
        folder.mkdir()
        for target in a_target_with(folder, formula.replace("\0", "\uff1d")):
            client = target.entered(Role.ADMIN)
            for form in ("xlsx", "csv"):
                file = folder / f"customers.{form}"
                file.write_bytes(exported(client, form, "customers"))
                tried += 1
                if "table:formula" in opened_by(office, file):
                    through.append((formula, form))

    figure("X4", "exports opened by LibreOffice", tried, through)


def opened_by(office, file):
    """What LibreOffice makes of a spreadsheet, as flat XML."""
    profile = f"-env:UserInstallation={(file.parent.parent / 'profile').as_uri()}"
    words = [
        "--headless",
        profile,
        "--convert-to",
        "fods",
        "--outdir",
        file.parent / file.suffix[1:],
    ]
    subprocess.run([office, *words, file], check=True, capture_output=True, timeout=120)
    return (file.parent / file.suffix[1:] / "customers.fods").read_text()


def test_x4_every_beginning_of_a_formula_is_disarmed(figure):
    armed = [
        text for text in FORMULAS if text[0] in "=+-@\t\r" and not harmless(text).startswith("'")
    ]

    assert len(FORMULAS) >= 50
    figure("X4", "beginnings of formulas", len(FORMULAS), armed)


def a_target_with(tmp_path, words):
    from data.settings import Settings  # noqa: PLC0415
    from tests.attacking import Target, furnished  # noqa: PLC0415
    from tests.conftest import NOW  # noqa: PLC0415
    from tests.founding import just_founded  # noqa: PLC0415

    settings = Settings(var=tmp_path / "var", settle_s=0, _env_file=None)
    store = just_founded(settings, NOW)
    furnished(store, NOW, words)
    yield Target(settings, store, NOW)
    store.close()


NAMES = [
    *("..;/evil", "./evil", "evil/..", "a\tb", "\x1b[31mred", "a%00b", "\\evil", "//evil"),
    *(
        "../../evil",
        "..\\..\\evil",
        "/etc/passwd",
        "C:\\evil",
        "a/b/c",
        "....//evil",
        "%2e%2e%2fevil",
    ),
    *(".", "..", "...", ".htaccess", "-rf", "--help", "CON", "nul.csv", "a\nb", "a\r\nb", "a\0b"),
    *("\u202egnp.exe", "<img src=x onerror=1>", "'; DROP TABLE calls;--", "x" * 300, " ", "a b"),
    *("\ud800", "\xff\xfe", "=cmd()", "name.csv.part", "\u00e9.csv", "~", "$HOME", "`id`", "$(id)"),
    *("a;b", "a|b", "a&b", "*", "?", "a:b", "*.csv", "{}", "\\\\host\\share", "CON.csv", "aux"),
]


def test_x5_an_upload_lands_in_the_inbox_whatever_it_is_called(fresh, figure):
    client = fresh.entered(Role.BILLING)
    before = {path for path in fresh.settings.var.parent.rglob("*") if path.is_file()}
    tried, through = 0, []
    for number, name in enumerate(NAMES):
        tried += 1
        told = name.encode("utf-8", "surrogatepass")
        answer = client.put(
            "/upload", query_string={"name": told}, data=f"file {number}".encode(), headers=OURS
        )
        if answer.status_code not in {200, 400}:
            through.append((name, answer.status_code))
    new = {path for path in fresh.settings.var.parent.rglob("*") if path.is_file()} - before
    inbox = fresh.settings.inbox_dir
    through += [
        path for path in new if path.parent != inbox and not path.name.startswith("tollboard.db")
    ]
    through += [path for path in inbox.iterdir() if not re.fullmatch(r"[\w .()+=,@-]+", path.name)]
    through += [path for path in inbox.iterdir() if path.name.startswith(".")]

    assert len(NAMES) >= 50
    figure("X5", "names of uploads that led elsewhere", tried, through)


def test_x5_no_upload_fills_the_disk_or_is_kept_by_halves(fresh, figure, monkeypatch):
    from callbacks import upload  # noqa: PLC0415

    client = fresh.entered(Role.BILLING)
    monkeypatch.setattr(upload, "LARGEST_BYTES", 1 << 20)
    through = []
    for what, content, length in (
        ("too large", b"x" * (2 << 20), None),
        ("broken off", b"x" * 100, 200),
        ("empty", b"", None),
    ):
        announced = {"CONTENT_LENGTH": str(length)} if length else {}
        answer = client.put(
            "/upload?name=a.csv", data=content, headers=OURS, environ_overrides=announced
        )
        if answer.status_code not in {400, 413}:
            through.append((what, answer.status_code))
    through += list(fresh.settings.inbox_dir.glob("*")) + list(fresh.settings.work_dir.glob("*"))

    figure("X5", "oversize, broken and empty uploads", 3, through)


def test_x5_an_archive_that_leads_out_or_explodes_is_taken_for_what_it_is(fresh, figure):
    """It lies in the inbox as one file; unpacking it is the ingest's, which has its own bounds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.csv", "a")
        archive.writestr("bomb.csv", b"0" * (1 << 20))
    client = fresh.entered(Role.BILLING)
    client.put("/upload?name=a.zip", data=out.getvalue(), headers=OURS)
    lying = [path.name for path in fresh.settings.inbox_dir.iterdir()]
    strayed = list(fresh.settings.var.parent.rglob("evil.csv"))

    assert lying == ["a.zip"]
    figure("X5", "archives that led out", 1, strayed)


CANARIES = (PASSWORD, TOKEN, "canary-cookie", "2025550187", "canary-query")


def test_x8_no_log_line_is_forged_and_none_tells_a_secret_or_a_number(fresh, figure, capfd):
    logs_to_stderr("INFO")
    try:
        client = fresh.entered(Role.ADMIN)
        forged = "a@example.com\n2026-06-15 level=error event=forged"
        log_in(fresh.stranger(), forged, PASSWORD)
        client.set_cookie("other", "canary-cookie")
        client.get("/api/v1/dashboard", headers={"Authorization": f"Bearer {TOKEN}x"})
        client.get("/export?panel=customers&filter=canary-query")
        client.put("/upload?name=calls of 2025550187%0alevel=error.csv", data=b"x", headers=OURS)
        logging.getLogger("callbacks").warning("a call of %s failed\nlevel=error", "2025550187")
        for _ in range(11):
            log_in(fresh.stranger(), "viewer@example.com", PASSWORD + "x")
    finally:
        written = capfd.readouterr().err
        logging.getLogger().handlers.clear()
    through = [word for word in CANARIES if word in written]
    through += [line for line in written.splitlines() if line.startswith(("2026-06-15", "level="))]

    assert "failed" in written
    figure("X8", "secrets, numbers and forged lines in logs", len(written.splitlines()), through)


def test_x10_what_is_done_on_the_page_is_in_the_audit_log(fresh, figure):
    """Who, when, what; the actions of panels are each held to it by their own tests."""
    client = fresh.entered(Role.BILLING)
    client.put("/upload?name=a.csv", data=b"x", headers=OURS)
    fresh.entered(Role.VIEWER).put("/upload?name=b.csv", data=b"y", headers=OURS)
    client.post("/logout", headers=OURS)
    with fresh.store.snapshot() as conn:
        rows = [
            (row.actor, row.action, row.at)
            for row in conn.execute(select(audit_log).order_by(audit_log.c.id))
            if row.action in {"logged_in", "file_uploaded", "refused", "logged_out"}
        ]
        assert len(conn.execute(select(cdr_files).where(cdr_files.c.name == "a.csv")).all()) == 1

    billing, viewer = "billing@example.com", "viewer@example.com"
    wanted = [
        (billing, "logged_in", fresh.now),
        (billing, "file_uploaded", fresh.now),
        (viewer, "logged_in", fresh.now),
        (viewer, "refused", fresh.now),
        (billing, "logged_out", fresh.now),
    ]
    figure(
        "X10", "deeds without a line in the audit log", len(wanted), [] if rows == wanted else rows
    )


def test_x10_every_write_of_the_store_that_a_person_causes_is_audited(figure):
    """A write that takes an author writes the log itself, or calls one that does."""
    from pathlib import Path  # noqa: PLC0415

    folder = Path(__file__).parent.parent.parent / "data" / "store" / "writes"
    silent, tried = [], 0
    for path in sorted(folder.glob("*.py")):
        source = path.read_text()
        if "by: By" not in source:
            continue
        tried += 1
        if "audited(" not in source:
            silent.append(path.name)

    assert password_changed.__module__.endswith("users")
    assert json.dumps(silent) == "[]"
    figure("X10", "rooms of writes that keep no log", tried, silent)
