"""What gunicorn is told of a worker while it starts."""

import io
import json
import logging
import time
from contextlib import closing

from gunicorn.config import Config
from gunicorn.workers.sync import SyncWorker

from app import STARTS_WITHIN_S, Said, heard_of
from data.logs import logs_to_stderr


def test_a_worker_that_never_starts_is_given_up_after_a_time():
    """Gunicorn gives one up that was not heard of for so long by the monotonic clock."""
    worker = SyncWorker(1, 0, [], None, 10, Config(), None)
    with closing(worker.tmp):
        before = time.monotonic()
        assert worker.tmp.last_update() > before + 1_000_000_000  # as gunicorn leaves it: never

        heard_of(worker)

        assert before < worker.tmp.last_update() - STARTS_WITHIN_S <= time.monotonic()


def test_what_gunicorn_says_is_a_line_of_json_like_every_other():
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    logs_to_stderr(stream=stream)
    try:
        Said(Config()).error("Worker (pid:%s) was sent SIGKILL!", 7)
    finally:
        root.handlers[:], root.level = before

    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"]) == ("Worker (pid:7) was sent SIGKILL!", "error")
