"""What gunicorn is told of a worker while it starts."""

import time
from contextlib import closing

from gunicorn.config import Config
from gunicorn.workers.sync import SyncWorker

from app import STARTS_WITHIN_S, heard_of


def test_a_worker_that_never_starts_is_given_up_after_a_time():
    """Gunicorn gives one up that was not heard of for so long by the monotonic clock."""
    worker = SyncWorker(1, 0, [], None, 10, Config(), None)
    with closing(worker.tmp):
        before = time.monotonic()
        assert worker.tmp.last_update() > before + 1_000_000_000  # as gunicorn leaves it: never

        heard_of(worker)

        assert before < worker.tmp.last_update() - STARTS_WITHIN_S <= time.monotonic()
