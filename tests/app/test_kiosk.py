"""A screen on a wall, which reads by a token of its own."""

from datetime import timedelta

from data.domain.authorship import By
from data.domain.records import Role
from data.store.writes.tokens import token_added, token_revoked
from tests.posting import OURS, press, tick


def test_a_screen_reads_by_its_token_until_that_is_revoked(client, app, store, now, clock):
    with store.writing() as conn:
        token_added(conn, By("t", now), name="wall", role=Role.ADMIN, secret="s3cret")

    assert client.post("/login", data={"screen": "other"}, headers=OURS).status_code == 401
    entered = client.post("/login", data={"screen": "s3cret"}, headers=OURS)
    assert (entered.status_code, entered.location) == (303, "/?kiosk=1")
    clock.now += timedelta(days=30)
    assert tick(client, app, token=None).status_code == 200
    assert press(client, app, "record", []).status_code == 403

    with store.writing() as conn:
        token_revoked(conn, By("t", now), "wall")
    assert tick(client, app, token=None).status_code == 401
