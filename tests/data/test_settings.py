import os
import stat
from contextlib import contextmanager

import pytest

from data.domain.errors import SettingsError, StoreError, StoreMissing, SystemRefused
from data.opening import founded, opened_or_founded
from data.settings import Settings
from tests.disks import files_as_large_as


@pytest.fixture
def environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def set_to(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"TOLLBOARD_{name.upper()}", value)

    return set_to


def test_every_wrong_setting_is_told_at_once(environment):
    environment(port="0", timezone="Mars/Olympus", currency="dollars", secret_key="short")

    with pytest.raises(SettingsError) as told:
        Settings.read()

    assert {problem.split(":")[0] for problem in told.value.problems} == {
        "TOLLBOARD_PORT",
        "TOLLBOARD_TIMEZONE",
        "TOLLBOARD_CURRENCY",
        "TOLLBOARD_SECRET_KEY",
    }


@pytest.mark.parametrize(
    ("name", "given", "takes"),
    [
        ("currency", "usd", "the three capital letters of a currency (ISO 4217), as EUR"),
        ("port", "0", "a whole number from 1 to 65535, as 8050"),
        ("workers", "two", "a whole number from 1 to 64, as 2"),
        ("settle_s", "-1", "a number of 0 or more, as 10"),
        ("smtp_starttls", "maybe", "true or false, as true"),
        ("mask_numbers_for", "all", "one of viewer, billing, or nothing"),
        ("log_level", "LOUD", "one of DEBUG, INFO, WARNING, ERROR, as INFO"),
    ],
)
def test_a_wrong_setting_is_told_what_it_takes_with_an_example(environment, name, given, takes):
    environment(**{name: given})

    with pytest.raises(SettingsError) as told:
        Settings.read()

    said = f"TOLLBOARD_{name.upper()}: {given!r} is not taken; it takes {takes}."
    assert told.value.problems == (said,)


def test_a_level_of_logs_is_taken_in_any_case(environment):
    environment(log_level="debug")

    assert Settings.read().log_level == "DEBUG"


def test_an_empty_setting_is_as_if_it_were_not_there(environment):
    environment(inbox="", profiles="", port="")

    settings = Settings.read()

    assert (settings.inbox_dir, settings.profiles, settings.port) == (
        settings.var / "inbox",
        None,
        8050,
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [("timezon", "TIMEZONE"), ("time_zone", "TIMEZONE"), ("curency", "CURRENCY")],
)
def test_no_store_is_founded_while_a_setting_is_misspelt(environment, tmp_path, now, name, meant):
    (tmp_path / ".env").write_text(f"TOLLBOARD_{name.upper()}=Australia/Sydney\n")
    settings = Settings.read()

    with pytest.raises(SettingsError, match=f"did you mean TOLLBOARD_{meant}\\?"):
        opened_or_founded(settings, now)
    assert not settings.var.exists()

    environment(**{name: "Australia/Sydney"})
    assert len(Settings.read().misspelt) == 1
    (tmp_path / ".env").unlink()
    founded(settings, now).close()
    opened_or_founded(settings, now).close()


def test_names_that_are_somebody_elses_found_a_store_and_are_told(environment, now, caplog):
    environment(dashboard_login="x", test_store="postgresql")
    settings = Settings.read()

    opened_or_founded(settings, now).close()

    said = "TOLLBOARD_DASHBOARD_LOGIN is no setting, so it does nothing."
    assert settings.unknown == (said,)
    assert caplog.messages == [said]
    Settings.read()
    assert caplog.messages == [said]


def test_the_environment_wins_over_the_env_file(environment, tmp_path):
    (tmp_path / ".env").write_text("TOLLBOARD_PORT=9001\nTOLLBOARD_CURRENCY=EUR\n")
    environment(port="9002")

    settings = Settings.read()

    assert (settings.port, settings.currency) == (9002, "EUR")


def test_beyond_loopback_a_secret_must_be_set(environment):
    environment(host="0.0.0.0")  # noqa: S104

    with pytest.raises(SettingsError, match="TOLLBOARD_SECRET_KEY must be set"):
        Settings.read()


def test_no_problem_tells_the_secret(environment):
    environment(secret_key="hunter2")

    with pytest.raises(SettingsError) as told:
        Settings.read()

    assert "hunter2" not in str(told.value)


def test_a_first_use_makes_the_store_and_a_private_key(tmp_path, now):
    settings = Settings(var=tmp_path / "var", _env_file=None)

    opened_or_founded(settings, now).close()

    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert len(settings.session_secret()) >= 32
    opened_or_founded(settings, now).close()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("most_bytes", "error"), [(0, SystemRefused), (100, StoreError), (300_000, StoreError)]
)
def test_a_store_that_does_not_fit_leaves_nothing_and_is_founded_once_there_is_room(
    tmp_path, now, most_bytes, error
):
    settings = Settings(var=tmp_path / "new" / "var", _env_file=None)

    with files_as_large_as(most_bytes), pytest.raises(error):
        opened_or_founded(settings, now)
    assert list(tmp_path.iterdir()) == []

    opened_or_founded(settings, now).close()


@pytest.mark.sqlite
def test_what_was_there_before_a_store_that_does_not_fit_stays(tmp_path, now):
    settings = Settings(var=tmp_path / "var", _env_file=None)
    settings.inbox_dir.mkdir(parents=True)
    settings.key_made()

    with files_as_large_as(100), pytest.raises(StoreError):
        opened_or_founded(settings, now)

    assert sorted(path.name for path in settings.var.iterdir()) == ["inbox", "secret.key"]


def test_a_lost_store_beside_an_archive_is_never_replaced_by_an_empty_one(tmp_path, now):
    settings = Settings(var=tmp_path / "var", _env_file=None)
    founded(settings, now).close()
    (settings.var / "tollboard.db").unlink()

    with pytest.raises(StoreMissing):
        opened_or_founded(settings, now)


def test_a_lost_key_beside_a_store_is_never_replaced_in_silence(tmp_path, now):
    settings = Settings(var=tmp_path / "var", _env_file=None)
    founded(settings, now).close()
    settings.key_file.unlink()

    opened_or_founded(settings, now).close()

    with pytest.raises(SettingsError, match=r"secret\.key is missing.*'python -m data new-key'"):
        settings.session_secret()
    assert not settings.key_file.exists()


@pytest.mark.usefixtures("store")
def test_the_first_use_of_a_store_elsewhere_makes_a_key(settings, tmp_path, now):
    elsewhere = Settings(var=tmp_path / "fresh", database_url=settings.store_url, _env_file=None)

    opened_or_founded(elsewhere, now).close()

    assert stat.S_IMODE(elsewhere.key_file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "key", ["a" * 40, "0123456701234567" * 3, "change-me-to-something-long-and-random-x1"]
)
def test_a_sample_or_a_written_key_is_refused(environment, key):
    environment(secret_key=key)

    with pytest.raises(SettingsError, match="looks like a sample"):
        Settings.read()


def test_a_key_file_that_others_can_read_is_refused(tmp_path, now):
    settings = Settings(var=tmp_path / "var", _env_file=None)
    opened_or_founded(settings, now).close()
    settings.session_secret()
    settings.key_file.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        settings.session_secret()


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda path: path.write_bytes(b"TOLLBOARD_PORT=\xff\xfe\n"), "is not UTF-8 text"),
        (lambda path: path.touch(mode=0o000), "cannot be read: Permission denied"),
    ],
)
def test_an_env_file_that_cannot_be_read_is_told(environment, reachable, monkeypatch, made, why):
    environment()
    monkeypatch.chdir(reachable)
    made(reachable / ".env")

    with as_another_user(), pytest.raises(SettingsError, match=rf"^\.env {why}"):
        Settings.read()


def test_a_key_file_that_cannot_be_read_is_told(reachable):
    settings = Settings(var=reachable / "var", _env_file=None)
    settings.key_made()

    with as_another_user(), pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        settings.session_secret()


@contextmanager
def as_another_user():
    """Be another user than root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
