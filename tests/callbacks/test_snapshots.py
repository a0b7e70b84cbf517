from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from callbacks.snapshots import Snapshots
from data.domain.views import AskedView
from data.store.writes.versions import version_raised

VIEWERS = 16


def test_many_viewers_read_the_store_once_per_change(store, now):
    reads = []

    @contextmanager
    def read():
        reads.append(1)
        yield

    with store.writing() as conn:
        version_raised(conn, now)
    snapshots = Snapshots(store, lambda: now, timed=read)

    with ThreadPoolExecutor(VIEWERS) as viewers:
        for change in range(3):
            with store.writing() as conn:
                version_raised(conn, now + timedelta(seconds=change))
            asked = [AskedView()] * VIEWERS * 4
            tokens = {shown.token for shown in viewers.map(snapshots.shown, asked)}
            assert len(tokens) == 1

    assert len(reads) == 3
