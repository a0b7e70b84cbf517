"""Guessing, stealing, keeping and forging a login gets nobody anywhere."""

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from app import first_login
from data.domain.authorship import By
from data.domain.errors import Refused
from data.domain.records import Role
from data.passwords import password_problem
from data.store.queries.people import people
from data.store.schema import sessions
from data.store.writes.users import password_changed, role_changed, user_disabled
from tests.attacking import OURS, PASSWORD, log_in

VIEWER = "viewer@example.com"
HOUR = timedelta(hours=1)


def guesses_in_an_hour(target, address_of, name_of):
    """How many passwords somebody gets to try in an hour, trying again as soon as they may."""
    tried = 0
    begin = target.now
    while target.now < begin + HOUR:
        stranger = target.stranger()
        address = {"REMOTE_ADDR": address_of(tried)}
        form = {"email": name_of(tried), "password": f"guess {tried}"}
        answer = stranger.post("/login", data=form, headers=OURS, environ_base=address)
        if answer.status_code == 429:
            target.now += timedelta(minutes=1)
        else:
            assert answer.status_code == 401
            tried += 1
        if tried > 100:
            break
    return tried


@pytest.mark.parametrize(
    ("address_of", "name_of"),
    [
        (lambda _: "192.0.2.1", lambda _: VIEWER),
        (lambda n: f"2001:db8::{n:x}", lambda _: VIEWER),
        (lambda _: "192.0.2.1", lambda n: f"n{n}@example.com"),
    ],
    ids=["one address", "many addresses", "many names"],
)
def test_w7_guessing_is_slow_and_the_owner_comes_in(fresh, figure, address_of, name_of):
    owner = fresh.entered(Role.VIEWER)
    owner.post("/logout", headers=OURS)

    tried = guesses_in_an_hour(fresh, address_of, name_of)
    kept_out = log_in(owner, VIEWER, PASSWORD).status_code != 303
    fresh.now += timedelta(minutes=15)
    kept_out_later = log_in(fresh.stranger(), VIEWER, PASSWORD).status_code != 303

    through = [tried] * (tried > 100) + ["owner"] * kept_out + ["later"] * kept_out_later
    figure("W7", f"guesses in an hour ({100} allowed)", tried, through)


@pytest.mark.usefixtures("dear_passwords")
def test_w8_a_known_name_answers_as_an_unknown_one(fresh, full, figure, monkeypatch):
    """The same text and status; the same time, which the dummy hash gives."""
    from callbacks import proof  # noqa: PLC0415

    monkeypatch.setattr(proof, "TOO_MANY_FAILURES", 10**9)
    samples = 200 if full else 8
    stranger = fresh.stranger()
    times: dict[str, list[float]] = {VIEWER: [], "nobody@example.com": []}
    texts = {}
    for _ in range(samples):
        for name, taken in times.items():
            begun = perf_counter()
            answer = log_in(stranger, name, "wrong, but long enough")
            taken.append(perf_counter() - begun)
            texts[name] = (answer.status_code, answer.text.replace(name, ""))

    assert len(set(texts.values())) == 1
    known, unknown = (median(taken) for taken in times.values())
    apart = abs(known - unknown) / max(known, unknown)
    allowed = 0.10 if full else 0.50
    figure(
        "W8",
        f"median time of a known and an unknown name: {apart:.1%} apart",
        2 * samples,
        [apart] * (apart > allowed),
    )


@pytest.mark.parametrize(
    ("what", "act"),
    [
        ("a new password", lambda conn, by: password_changed(conn, by, VIEWER, "another good one")),
        ("another role", lambda conn, by: role_changed(conn, by, VIEWER, Role.BILLING)),
        ("the end of the account", lambda conn, by: user_disabled(conn, by, VIEWER)),
    ],
)
def test_w9_a_session_ends_at_once_by(fresh, figure, what, act):
    client = fresh.entered(Role.VIEWER)
    assert client.get("/").status_code == 200
    with fresh.store.writing() as conn:
        act(conn, By("t", fresh.now))

    figure("W9", f"sessions after {what}", 1, [1] * (client.get("/").status_code != 401))


def test_w9_a_session_is_new_at_login_and_worth_nothing_after_logout(fresh, figure):
    client = fresh.stranger()
    client.set_cookie("tollboard", "fixed-by-an-attacker")
    log_in(client, VIEWER, PASSWORD)
    first = client.get_cookie("tollboard").value
    log_in(client, VIEWER, PASSWORD)
    second = client.get_cookie("tollboard").value
    client.post("/logout", headers=OURS)
    through = [value for value in ("fixed-by-an-attacker", second) if shown(fresh, value)]
    through += [first] * (first == second)

    figure("W9", "fixed and replayed sessions", 3, through)


def test_w9_a_session_ends_after_its_hours_whatever_asks_meanwhile(fresh, figure):
    client = fresh.entered(Role.VIEWER)
    tick = next(key for key in fresh.app.callback_map if key.startswith("..read.data"))
    statuses = []
    for _ in range(fresh.settings.session_hours * 2):
        statuses.append(fresh.called(client, tick).status_code)
        fresh.now += timedelta(minutes=30)
    assert set(statuses) == {200}

    figure(
        "W9", "ticks that prolonged a session", len(statuses), [1] * shown(fresh, cookie(client))
    )


def cookie(client):
    return client.get_cookie("tollboard").value


def shown(target, value):
    client = target.stranger()
    client.set_cookie("tollboard", value)
    return client.get("/").status_code == 200


def test_w10_no_changed_or_forged_cookie_is_taken(target, full, figure):
    good = cookie(target.entered(Role.ADMIN))
    assert shown(target, good)
    step = 1 if full else 7
    tries = [
        good[:at] + chr(ord(good[at]) ^ flip) + good[at + 1 :]
        for at in [*range(0, len(good) - 1, step), len(good) - 1]
        for flip in ((1, 2, 4) if full or at == len(good) - 1 else (1,))
        if (chr(ord(good[at]) ^ flip)).isalnum() or chr(ord(good[at]) ^ flip) in "-_."
    ]
    with target.store.snapshot() as conn:
        stored = list(conn.execute(select(sessions.c.id_hash)).scalars())
    signers = {
        secret: SecureCookieSessionInterface().get_signing_serializer(_keyed(secret))
        for secret in ("", "secret", "dev", "x" * 48)
    }
    tries += [
        str(signer.dumps({"_user_id": user, "_fresh": True}))
        for secret, signer in signers.items()
        if secret
        for user in (*stored[:3], "1", "screen:", "admin@example.com")
    ]
    tries += ["", ".", "..", good.split(".")[0], f"{good}.", f".{good}", "null", "e30.e30.e30"]

    figure("W10", "changed and forged cookies", len(tries), [t for t in tries if shown(target, t)])


def _keyed(secret):
    server = Flask("another")
    server.secret_key = secret
    return server


def test_w10_who_reads_the_store_cannot_come_in_by_what_lies_there(target, figure):
    with target.store.snapshot() as conn:
        stored = list(conn.execute(select(sessions.c.id_hash)).scalars())
    signer = SecureCookieSessionInterface().get_signing_serializer(target.server)
    through = [one for one in stored if shown(target, str(signer.dumps({"_user_id": one})))]

    figure("W10", "hashes of sessions used as sessions", len(stored) or 1, through)


@pytest.mark.parametrize(
    ("chosen", "secure"),
    [({"page_url": "https://localhost"}, True), ({}, False)],
    ids=["behind TLS", "on loopback"],
)
def test_w11_cookies_bear_every_flag(tmp_path, figure, chosen, secure):
    from tests.attack.conftest import a_target  # noqa: PLC0415

    for target in a_target(tmp_path, **chosen):
        scheme = "https" if secure else "http"
        headers = {"Origin": f"{scheme}://localhost"}
        form = {"email": VIEWER, "password": PASSWORD}
        answer = target.stranger().post(
            "/login", data=form, headers=headers, base_url=f"{scheme}://localhost"
        )
        set_ = answer.headers.getlist("Set-Cookie")
        wanted = ["HttpOnly", "SameSite=Lax", "Path=/", *(["Secure"] if secure else [])]
        through = [one for one in set_ for flag in wanted if flag not in one]
        through += [one for one in set_ if one.startswith("__Host-") is not secure]
        through += [one for one in set_ if "Domain=" in one]
        figure(
            "W11", f"cookies without a flag, {'TLS' if secure else 'loopback'}", len(set_), through
        )


ELSEWHERE = [
    *("//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\evil.example"),
    *("\\\\evil.example", "/\\/evil.example", "https://evil.example", "https:evil.example"),
    *("http:///evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x"),
    *(
        "//evil.example/%2f..",
        "/%0d%0aLocation:%20//evil",
        "/\r\nLocation: //evil",
        "\t//evil.example",
    ),
    *(" //evil.example", "//localhost@evil.example", "/\u0000/evil.example", "evil.example"),
    *("/\t/evil.example", "/%5cevil.example\\", "https://localhost.evil.example"),
]


def test_w15_a_login_leads_to_our_own_pages_alone(target, figure):
    through = []
    for after in ELSEWHERE:
        told = log_in(target.stranger(), VIEWER, PASSWORD, next=after).headers["Location"]
        inside = target.entered(Role.VIEWER)
        again = inside.get("/login", query_string={"next": after}).headers["Location"]
        through += [
            (after, led)
            for led in (told, again)
            if not led.startswith("/") or led.startswith(("//", "/\\")) or "\n" in led
        ]

    assert len(ELSEWHERE) >= 20
    figure("W15", "ways out through next", 2 * len(ELSEWHERE), through)


def test_w21_a_new_store_has_nobody_and_no_page_makes_anybody(store, now, figure):
    from app import Outside  # noqa: PLC0415

    with store.snapshot() as conn:
        through: list[object] = list(people(conn))
    one = Outside(lambda: now, lambda: "an unguessable text" * 2)
    other = Outside(lambda: now, lambda: "a different random" * 2)
    password = first_login(store, one)
    through += [1] * (password is None) + [2] * (first_login(store, other) is not None)

    figure("W21", "accounts that are there by default", 2, through)


COMMON = ("password", "123456789012", "qwertyuiop12", "letmein12345", "iloveyou1234")


def test_w23_common_passwords_are_refused_and_long_or_odd_ones_are_not(full, figure):
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    listed = FREQUENCY_LISTS["passwords"]
    tries = [word for word in listed[: 30_000 if full else 3_000] if len(word) >= 12]
    tries += [f"{word}{word}" for word in listed[: 3_000 if full else 60]]
    tries += [f"{word}2026"[:128] for word in listed[: 3_000 if full else 60] if len(word) > 7]
    tries += [*COMMON, "viewer@example.com", "tollboard1234", "a" * 16, "x" * 129]
    taken = [word for word in tries if password_problem(word, ["viewer@example.com"]) is None]
    good = [
        "seven quiet herons",
        "ein Fluß, drei Störche",
        "日本語の長い合言葉です本当",
        "q" + " o_9[Tz" * 18,
    ]
    refused = [word for word in good if password_problem(word) is not None]

    assert [len(word) <= 128 for word in good] == [True] * 4
    figure("W23", "common passwords, and good ones refused", len(tries) + 4, taken + refused)


def test_w23_nothing_of_a_password_is_cut_off(fresh, figure):
    long = "seven quiet herons " * 6 + "and one more."
    with fresh.store.writing() as conn:
        password_changed(conn, By("t", fresh.now), VIEWER, long)
        with pytest.raises(Refused):
            password_changed(conn, By("t", fresh.now), VIEWER, long * 2)
    through = [
        cut
        for cut in (long[:-1], long[:72], long[:64], long.strip("."), long.upper())
        if log_in(fresh.stranger(), VIEWER, cut).status_code == 303
    ]
    page = fresh.stranger().get("/login").text
    through += ["paste"] * ("onpaste" in page or 'autocomplete="off"' in page)
    assert log_in(fresh.stranger(), VIEWER, long).status_code == 303

    figure("W23", "parts of a password taken for it", 5, through)
