"""What commands say of words that make no sense, of names, of themselves, and how they end."""

import subprocess
import sys

import pytest
import typer
from typer.main import get_command

from data.__main__ import app
from data.domain.errors import Refused


@pytest.mark.parametrize(
    "words",
    [
        ("invoices", "draft", "--date", "July", "--from", "2026-06-01", "--to", "2026-06-30"),
        ("invoices", "draft", "--date", "2026-07-01", "--from", "2026-06-30", "--to", "2026-06-01"),
        ("invoices", "record"),
        ("payments", "add", "--customer", "1", "--amount", "ten"),
        ("payments", "add", "--customer", "1", "--amount", "1e3"),
        ("payments", "add", "--customer", "1", "--amount", "1,250"),
        ("payments", "add", "--amount", "10"),
        ("taxes", "set", "Q", "five"),
        ("source", "add", "a", "--expect-every", "often"),
        ("source", "add", "a", "--timezone", "Mars"),
        ("source", "add", "a", "--country-code", "+44"),
    ],
)
def test_words_that_make_no_sense_are_a_usage_error(run, words):
    code, output = run(*words)

    assert code == 2
    assert "Invalid value" in output


BEYOND = "99999999999999999999"


@pytest.mark.parametrize(
    "words",
    [
        ("plans", "set", "P", "--fee", "10", "--minutes", BEYOND),
        ("charges", "add", "C", "--amount", "1", "--every-months", BEYOND),
        ("charges", "withdraw", "C", "1", "--entry", BEYOND),
        ("payments", "reverse", BEYOND),
        ("ticket", "resolve", BEYOND),
        ("invoices", "differences", "--file", BEYOND),
        ("retention", "--calls-days", BEYOND, "--dry-run"),
        ("retention", "--archive-days", "99999999", "--dry-run"),
        ("source", "add", "a", "--expect-every", "99999999d"),
    ],
)
def test_a_number_beyond_what_its_column_holds_is_a_usage_error(run, words):
    code, output = run(*words)

    assert code == 2
    assert "Invalid value" in output


@pytest.mark.parametrize(
    "words",
    [("invoices", "delete", f"D{BEYOND}"), ("explain", f"{BEYOND}:1"), ("explain", f"1:{BEYOND}")],
)
def test_a_name_with_a_number_that_no_row_has_is_found_nowhere(run, words):
    with pytest.raises(Refused, match=r"no invoice|names no call"):
        run(*words)


def test_a_plan_has_no_fee_below_0(run):
    with pytest.raises(Refused, match=r"cannot be below 0 \(-1\.00\).*discount is a charge"):
        run("plans", "set", "P", "--fee", "-1")


@pytest.mark.parametrize("name", ["", "  ", "\u00a0\u200b"])
@pytest.mark.parametrize(
    "words",
    [
        ("plans", "set", "NAME", "--fee", "10"),
        ("charges", "add", "NAME", "--amount", "10"),
        ("taxes", "set", "NAME", "GST=5%"),
        ("taxes", "set", "Quebec", "\u200bNAME=5%"),
        ("token", "add", "NAME"),
        ("source", "add", "NAME"),
        ("payments", "add", "--customer", "1", "--amount", "10", "--once", "NAME"),
    ],
)
def test_nothing_is_without_a_name(kit, run, words, name):
    kit.customer("1")

    with pytest.raises(Refused, match=r"needs a name|cannot name"):
        run(*(word.replace("NAME", name) for word in words))


@pytest.mark.parametrize("name", ["x" * 201, "Line\nrental"])
def test_a_name_is_one_line_of_a_list(run, name):
    with pytest.raises(Refused, match="A plan cannot have this name: it has"):
        run("plans", "set", name, "--fee", "10")


def every_command(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, (*path, name))
        else:
            yield pytest.param(command, (*path, name), id=" ".join((*path, name)))


OURS = {
    "tenant",
    "source",
    "customers",
    "auth-codes",
    "rates",
    "taxes",
    "plans",
    "charges",
    "invoices",
    "payments",
    "ticket",
    "explain",
}


@pytest.mark.parametrize(("command", "path"), list(every_command(get_command(app))))
def test_every_commands_help_has_an_example(command, path):
    if path[0] not in OURS:
        pytest.skip("another part's")

    text = command.get_help(typer.Context(command))

    assert f"Example: python -m data {path[0]}" in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("plans", "set"), "--fee AMOUNT"),
        (("charges", "add"), "--amount AMOUNT"),
        (("payments", "refund"), "--amount AMOUNT"),
        (("source", "edit"), "--expect-every LENGTH"),
    ],
)
def test_help_shows_how_a_value_is_written(says, words, shown):
    assert shown in says(*words, "--help")


def test_refusals_end_with_1_and_a_missing_store_with_2(settings, store, csv_file, tmp_path):
    store.close()

    def ended(var, *words, **more):
        environment = {"TOLLBOARD_VAR": str(var), "PATH": "/usr/bin:/bin", **more}
        done = subprocess.run(
            [sys.executable, "-m", "data", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    path, url = str(csv_file("custid,cname", ",One")), settings.store_url
    refused = ended(settings.var, "customers", "import", path, TOLLBOARD_DATABASE_URL=url)
    missing = ended(tmp_path / "nowhere", "customers", "list")

    assert (refused[0], missing[0]) == (1, 2)
    assert "line 2: custid" in refused[1]
    assert "There is no store" in missing[1]
