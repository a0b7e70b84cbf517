"""The whole page on a fresh store: its clock, and browsers with and without a login."""

from itertools import count

import pytest

from app import Outside, create_app
from data.domain.authorship import By
from data.domain.records import Role
from data.store.writes.users import user_added
from tests.posting import EMAIL, PASSWORD, log_in


class Clock:
    """The page's present, which a test sets forward."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def make_app(settings, store, clock):
    numbers = count()
    return lambda: create_app(
        settings, store, Outside(clock, lambda: f"secret-{next(numbers)}-{'x' * 20}")
    )


@pytest.fixture
def app(make_app, store, now):
    with store.writing() as conn:
        user_added(conn, By("t", now), email=EMAIL, role=Role.VIEWER, password=PASSWORD)
    return make_app()


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture
def inside(client):
    assert log_in(client).status_code == 303
    return client


@pytest.fixture
def biller(store, now, app):
    with store.writing() as conn:
        user_added(
            conn, By("t", now), email="bill@example.com", role=Role.BILLING, password=PASSWORD
        )
    client = app.server.test_client()
    log_in(client, email="bill@example.com")
    return client
