"""What the page shows of a store that a test fills."""

import pytest

from data.store.queries.dashboard import DashboardQuestion, dashboard


@pytest.fixture
def shown(conn, now):
    def read(period=None, **asked):
        return dashboard(conn, now, DashboardQuestion(period=period, **asked))

    return read
