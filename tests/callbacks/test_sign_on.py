"""Single sign-on, against a provider that runs beside the test."""

import time
from datetime import UTC, datetime
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import select

from app import Outside, create_app
from data.domain.authorship import By
from data.domain.errors import SettingsError
from data.domain.records import Role
from data.settings import Settings
from data.store.queries.people import people
from data.store.schema import audit_log
from data.store.writes.identities import identity_linked
from data.store.writes.users import role_changed, user_added, user_disabled
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, Behaviour, serving

OURS = {"Origin": "http://localhost"}
SUBJECT = "248289761001"
GROUPS = {"oidc_role_claim": "realm.groups", "oidc_roles": "admin=ops, billing=accounts"}
PASSWORD = "seven quiet herons"


@pytest.fixture(scope="module")
def served():
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(served):
    served.behaviour = Behaviour()
    served.asked.clear()
    return served


@pytest.fixture
def make_client(settings, store, provider):
    numbers = count()

    def make(**chosen):
        ours = {
            "oidc_issuer": provider.url,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "Our house",
        }
        told = Settings(var=settings.var, _env_file=None, **(ours | chosen))
        outside = Outside(lambda: datetime.now(UTC), lambda: f"s{next(numbers)}{'x' * 30}")
        return create_app(told, store, outside).server.test_client()

    return make


@pytest.fixture
def anna(store, now, provider):
    """Somebody with a password, linked to the provider's subject."""
    by = By("t", now)
    with store.writing() as conn:
        user_added(conn, by, email="root@example.com", role=Role.ADMIN, password=PASSWORD)
        user_added(conn, by, email="anna@example.com", role=Role.BILLING, password=PASSWORD)
        identity_linked(conn, by, email="anna@example.com", issuer=provider.url, subject=SUBJECT)


def sent(client, address="/login?with=provider"):
    """Go to the provider and return the address that it sends us back to."""
    begun = client.get(address)
    assert begun.status_code == 302, begun.text
    return requests.get(begun.location, allow_redirects=False, timeout=10).headers["Location"]


def signed_on(client, address="/login?with=provider"):
    back = urlsplit(sent(client, address))
    return client.get(f"{back.path}?{back.query}")


def everybody(store):
    with store.snapshot() as conn:
        return {one.email: one.role for one in people(conn)}


def test_without_settings_nothing_is_offered(settings, store, now):
    client = create_app(
        settings, store, Outside(lambda: now, lambda: "x" * 40)
    ).server.test_client()

    assert "Sign in with" not in client.get("/login").text
    assert client.get("/login?with=provider").status_code == 200
    assert client.get("/login?code=1&state=2").status_code == 200


@pytest.mark.usefixtures("anna")
def test_a_linked_person_comes_in_by_code_with_pkce_state_and_nonce(make_client, provider):
    client = make_client()
    assert "Sign in with Our house" in client.get("/login").text

    answer = signed_on(client, "/login?with=provider&next=/%3Fperiod%3Dthis-month")

    assert (answer.status_code, answer.location) == (303, "/?period=this-month")
    assert client.get("/").status_code == 200
    asked = provider.asked[0]
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["state"]
    assert asked["nonce"]


def test_an_address_alone_makes_nobody_somebody(make_client, store, now):
    with store.writing() as conn:
        user_added(conn, By("t", now), email="anna@example.com", role=Role.ADMIN, password=PASSWORD)

    for chosen in ({}, GROUPS):
        answer = signed_on(make_client(**chosen))
        assert answer.status_code == 401
    assert everybody(store) == {"anna@example.com": Role.ADMIN}


def test_a_person_who_is_not_linked_is_told_what_to_ask_for(make_client):
    answer = signed_on(make_client())

    assert answer.status_code == 401
    assert f"python -m data user link YOUR-ADDRESS --subject {SUBJECT}" in answer.text


def test_a_claim_gives_the_role_and_makes_the_login(make_client, store, provider):
    provider.behaviour.claims = {"realm": {"groups": ["accounts", "ops", "chess"]}}
    assert signed_on(make_client(**GROUPS)).status_code == 303
    assert everybody(store) == {"anna@example.com": Role.ADMIN}


@pytest.mark.usefixtures("anna")
def test_another_claim_at_the_next_login_changes_the_role(make_client, store, provider):
    provider.behaviour.claims = {"realm": {"groups": ["ops"]}}
    signed_on(make_client(**GROUPS))
    assert everybody(store)["anna@example.com"] is Role.ADMIN

    provider.behaviour.claims = {"realm": {"groups": "accounts"}}
    signed_on(make_client(**GROUPS))

    assert everybody(store)["anna@example.com"] is Role.BILLING
    with store.snapshot() as conn:
        actions = conn.execute(select(audit_log.c.action).order_by(audit_log.c.id)).scalars().all()
    assert actions.count("role_changed") == 2


def test_who_is_in_no_group_of_ours_stays_out(make_client, store, provider):
    provider.behaviour.claims = {"realm": {"groups": ["chess"]}}
    answer = signed_on(make_client(**GROUPS))

    assert answer.status_code == 401
    assert "gives you no role here (realm.groups)" in answer.text
    assert everybody(store) == {}


@pytest.mark.usefixtures("anna")
def test_who_was_disabled_stays_out(make_client, store, now):
    with store.writing() as conn:
        user_disabled(conn, By("t", now), "anna@example.com")

    answer = signed_on(make_client())

    assert answer.status_code == 401
    assert "taken away" in answer.text


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(claims={"nonce": "another"}),
        Behaviour(dropped=("nonce",)),
        Behaviour(claims={"aud": "another client"}),
        Behaviour(claims={"iss": "https://evil.example"}),
        Behaviour(claims={"exp": int(time.time()) - 3600}),
        Behaviour(dropped=("exp",)),
        Behaviour(dropped=("sub",)),
        Behaviour(forged=True),
    ],
    ids=["nonce", "no nonce", "audience", "issuer", "expired", "no expiry", "no subject", "key"],
)
@pytest.mark.usefixtures("anna")
def test_a_token_that_cannot_be_trusted_lets_nobody_in(make_client, provider, behaviour):
    provider.behaviour = behaviour
    client = make_client()

    answer = signed_on(client)

    assert answer.status_code == 401
    assert "<form" in answer.text
    assert client.get("/").status_code == 401


@pytest.mark.usefixtures("anna")
def test_a_state_of_another_browser_a_repeated_code_and_a_lost_state_let_nobody_in(make_client):
    client, other = make_client(), make_client()
    back = urlsplit(sent(client))
    address = f"{back.path}?{back.query}"
    code = parse_qs(back.query)["code"][0]

    assert other.get(address).status_code == 401
    assert client.get(f"/login?code={code}&state=made-up").status_code == 401
    assert client.get(address).status_code == 303
    client.post("/logout", headers=OURS)
    assert client.get(address).status_code == 401
    assert client.get("/").status_code == 401


@pytest.mark.usefixtures("anna")
def test_a_code_of_somebody_else_is_worth_nothing_without_their_verifier(make_client):
    """PKCE: a code that was listened to cannot be used in another browser's sign-on."""
    victim, attacker = make_client(), make_client()
    stolen = parse_qs(urlsplit(sent(victim)).query)["code"][0]
    own_state = parse_qs(urlsplit(sent(attacker)).query)["state"][0]

    answer = attacker.get(f"/login?code={stolen}&state={own_state}")

    assert answer.status_code == 401
    assert attacker.get("/").status_code == 401


@pytest.mark.usefixtures("anna")
def test_a_provider_that_refuses_or_is_away_says_so_and_passwords_still_work(make_client, provider):
    provider.behaviour.error = "access_denied"
    client = make_client()
    refused = signed_on(client)
    assert refused.status_code == 401
    assert "did not let you in" in refused.text
    provider.behaviour = Behaviour(issuer="https://other.example")
    assert "TOLLBOARD_OIDC_ISSUER" in make_client().get("/login?with=provider").text

    away = make_client(oidc_issuer="http://127.0.0.1:9")
    answer = away.get("/login?with=provider")
    assert answer.status_code == 502
    assert "does not answer" in answer.text
    form = {"email": "anna@example.com", "password": PASSWORD}
    assert away.post("/login", data=form, headers=OURS).status_code == 303


@pytest.mark.usefixtures("anna")
def test_signing_out_leaves_by_the_provider_too(make_client, provider):
    client = make_client()
    signed_on(client)

    answer = client.post("/logout", headers=OURS)

    assert answer.status_code == 303
    assert answer.location.startswith(f"{provider.url}/leave?client_id=tollboard&post_logout")
    assert provider.url in client.get("/login").headers["Content-Security-Policy"]
    assert client.get("/").status_code == 401


@pytest.mark.usefixtures("anna")
def test_signing_out_stays_with_us_who_came_by_a_password(make_client):
    client = make_client()
    form = {"email": "anna@example.com", "password": PASSWORD}
    client.post("/login", data=form, headers=OURS)

    assert client.post("/logout", headers=OURS).location == "/login"


def test_a_provider_sends_back_to_the_address_that_the_settings_name(make_client):
    """Behind a proxy the server is asked by another name than the one that people type."""
    public = "https://tollboard.example"
    client = make_client(page_url=public)

    begun = client.get("/login?with=provider", base_url="https://127.0.0.1")

    assert parse_qs(urlsplit(begun.location).query)["redirect_uri"] == [f"{public}/login"]


@pytest.mark.usefixtures("anna")
def test_a_change_asks_a_proof_that_is_new_at_the_provider_too(make_client, provider):
    client = make_client()
    provider.behaviour.claims = {"auth_time": int(time.time()) - 7200}
    signed_on(client)
    assert client.put("/upload?name=a.csv", data=b"x", headers=OURS).status_code == 403

    provider.behaviour = Behaviour()
    signed_on(client)
    assert "prompt" not in provider.asked[-1]
    signed_on(client, "/login?with=again")

    assert provider.asked[-1]["prompt"] == "login"
    assert provider.asked[-1]["max_age"] == "0"
    assert client.put("/upload?name=a.csv", data=b"x", headers=OURS).status_code == 200


@pytest.mark.usefixtures("anna")
def test_another_role_ends_the_session(make_client, store, now):
    client = make_client()
    signed_on(client)
    with store.writing() as conn:
        role_changed(conn, By("t", now), "anna@example.com", Role.VIEWER)

    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"oidc_issuer": "http://id.example"}, "https"),
        ({"oidc_issuer": "https://id.example"}, "OIDC_CLIENT_ID"),
        ({"oidc_role_claim": "groups"}, "need each other"),
        ({"oidc_role_claim": "groups", "oidc_roles": "owner=x"}, "owner=x"),
    ],
)
def test_half_a_sign_on_is_refused_at_the_start(monkeypatch, tmp_path, chosen, told):
    monkeypatch.chdir(tmp_path)
    for name, value in chosen.items():
        monkeypatch.setenv(f"TOLLBOARD_{name.upper()}", value)

    with pytest.raises(SettingsError, match=told):
        Settings.read()
