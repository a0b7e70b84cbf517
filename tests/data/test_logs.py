import io
import json
import logging

import pytest
import structlog

from data.late_logs import heeding, logs_to_stderr_when_there_are_any
from data.logs import logs_to_stderr
from data.settings import Settings

NUMBER = "+12125550123"
SECRET = "hunter2hunter2"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture(params=[io.StringIO, Terminal], ids=["file", "terminal"])
def stream(request):
    stream = request.param()
    logs_to_stderr("DEBUG", stream)
    return stream


def failing():
    raise ValueError(f"{NUMBER} token={SECRET}")


def test_no_number_and_no_secret_reaches_a_line_whatever_way_it_is_logged(stream):
    event = structlog.get_logger("tollboard")
    library = logging.getLogger("library")

    event.info("call refused", calling_number=NUMBER, called_number="5550123", password=SECRET)
    event.warning("refused %s", NUMBER, session_cookie=SECRET, rows=[{"called_number": NUMBER}])
    library.error("connecting to postgresql://bill:%s@db/x for %s", SECRET, NUMBER)
    try:
        failing()
    except ValueError:
        library.exception("failed")
        event.exception("failed too")

    text = stream.getvalue()
    assert text.count("\n") == 5
    assert "2125550" not in text
    assert "5550123" not in text
    assert SECRET not in text
    assert "ValueError" in text


def test_at_debug_a_number_is_whole_and_a_secret_is_not(stream):
    structlog.get_logger("tollboard").debug("matched", calling_number=NUMBER, api_token=SECRET)

    assert NUMBER in stream.getvalue()
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize(
    "forged", ["a\nat=2026 level=info event=paid", "a\rb", "a\x1b[2Jb", "a\u202eb"]
)
def test_a_name_from_outside_cannot_make_a_second_line_or_steer_a_terminal(stream, forged):
    structlog.get_logger("tollboard").info("file failed", file=forged)
    logging.getLogger("library").info("file %s failed", forged)

    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)


def test_a_program_reads_json():
    stream = io.StringIO()
    logs_to_stderr("INFO", stream)

    structlog.get_logger("tollboard").info("file done", file="a.csv", calls=12)

    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "tollboard",
        "event": "file done",
        "file": "a.csv",
        "calls": 12,
    }


def test_a_person_reads_pairs():
    stream = Terminal()
    logs_to_stderr("INFO", stream)

    logging.getLogger("library").info("file done")

    assert stream.getvalue().endswith('Z level=info event="file done" logger=library\n')


def test_logs_that_load_late_are_written_as_those_that_load_at_once(monkeypatch):
    late, at_once = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", late)
    logs_to_stderr_when_there_are_any("WARNING")
    logging.getLogger("library").info("not told")
    logging.getLogger("library").warning("for %s", NUMBER)
    logs_to_stderr("WARNING", at_once)
    logging.getLogger("library").warning("for %s", NUMBER)

    [told], [expected] = late.getvalue().splitlines(), at_once.getvalue().splitlines()
    told, expected = json.loads(told), json.loads(expected)
    assert told.pop("at") >= expected.pop("at")[:10]
    assert told == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [({}, ["a warning", "an error"]), ({"log_level": "ERROR"}, ["an error"])],
    ids=["unsaid", "said"],
)
def test_a_commands_log_is_as_severe_as_the_setting_says_where_it_says(monkeypatch, given, told):
    late = io.StringIO()
    monkeypatch.setattr("sys.stderr", late)
    logs_to_stderr_when_there_are_any("WARNING")

    heeding(Settings(**given, _env_file=None))
    for level, event in (("INFO", "news"), ("WARNING", "a warning"), ("ERROR", "an error")):
        logging.getLogger("library").log(logging.getLevelName(level), event)

    assert [json.loads(line)["event"] for line in late.getvalue().splitlines()] == told
