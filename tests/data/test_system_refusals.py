import errno
import logging
import sys

import pytest

import app
import data.__main__
import ingest.program
from data.commands.documents import written
from data.domain.errors import SystemRefused
from data.system_refusals import system_heard

FULL = OSError(errno.ENOSPC, "No space left on device", "/mnt/x")


@pytest.fixture
def on_another_programs_file(monkeypatch, tmp_path):
    """Be where the archive would be made in what is no folder."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))  # programs set their own
    monkeypatch.setattr(root, "level", root.level)
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLLBOARD_ARCHIVE", str(tmp_path / "file" / "archive"))


@pytest.mark.sqlite
@pytest.mark.usefixtures("on_another_programs_file")
@pytest.mark.parametrize(
    ("main", "words"), [(data.__main__.main, ["migrate", "--new"]), (ingest.program.main, ["run"])]
)
def test_a_program_that_the_system_refuses_ends_with_2_and_what_to_do(
    main, words, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["tollboard", *words])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert "cannot be used: Not a directory. Look at how it is written" in capsys.readouterr().err


@pytest.mark.sqlite
@pytest.mark.usefixtures("on_another_programs_file")
def test_so_does_the_page_which_is_not_started_again(caplog, capsys):
    assert app.main() == 2
    assert "cannot be used: Not a directory" in capsys.readouterr().err + caplog.text


def test_a_file_where_a_folder_would_be_made_is_a_matter_of_the_place(tmp_path):
    (tmp_path / "file").touch()
    told = pytest.raises(SystemRefused, match=r"File exists\. Look at how it is written")

    with told, system_heard():
        (tmp_path / "file").mkdir(exist_ok=True)


def test_a_full_disk_is_told_as_one_and_a_reader_that_went_away_is_no_refusal():
    full = pytest.raises(SystemRefused, match=r"^/mnt/x cannot be used: No space.*Make room")
    with full, system_heard():
        raise FULL
    with pytest.raises(BrokenPipeError), system_heard():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_a_file_that_cannot_be_written_is_told_by_its_own_name_and_nothing_stays(tmp_path):
    with pytest.raises(SystemRefused, match=r"/nowhere/i\.pdf cannot be used: No such file"):
        written(tmp_path / "nowhere" / "i.pdf", [b"x"])

    def runs_full():
        yield b"x"
        raise FULL

    with pytest.raises(SystemRefused, match="Make room"):
        written(tmp_path / "i.pdf", runs_full())
    assert list(tmp_path.iterdir()) == []
