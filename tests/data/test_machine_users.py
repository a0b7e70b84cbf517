import os
import pwd
import sys
from types import SimpleNamespace

import pytest

from data.__main__ import main
from data.machine_users import hindrance, owner_of, this_user


@pytest.fixture
def nameless(monkeypatch):
    """Be a user whom this machine has no name for, as in a container that is given a number."""

    def unknown(uid):
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.usefixtures("nameless")
def test_a_user_without_a_name_can_run_commands(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tollboard", "--help"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert "Usage: " in capsys.readouterr().out


@pytest.mark.usefixtures("nameless")
def test_who_has_no_name_is_told_by_number(tmp_path):
    assert this_user() == owner_of(tmp_path) == f"uid {os.getuid()}"


def test_a_disk_that_is_mounted_read_only_is_not_a_matter_of_owners(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_flag=os.ST_RDONLY))

    found = hindrance(tmp_path)

    assert (found.why, found.action) == ("its disk is mounted read-only", "mount that for writing")
