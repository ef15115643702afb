"""A server with accounts: who is let in, what a session and a key may do, and what an administrator decides."""

from __future__ import annotations

import http.client
import logging
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from dashboards.access.settings import AccessSettings
from dashboards.settings import WebSettings
from sinks.operational.account_store import AccountStore, Grants
from tests.dashboards.conftest import make_stores
from tests.dashboards.service import Stores, WebServer, ask, quick_accounts
from tests.dashboards.visitor import PASSWORD, Visitor

NAME = "rights.example.com"
SETTINGS = WebSettings(port=0, accounts=True, behind_proxy=True, names=(NAME,))
LIMITS = AccessSettings(requests_per_second=50, requests_at_once=60, recheck_seconds=0.2)
PROXIED = {"Host": NAME, "X_Forwarded_Proto": "https"}


@pytest.fixture(scope="module")
def own_stores(stack: Any, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return make_stores(stack, tmp_path_factory.mktemp("accounts"))


@pytest.fixture(scope="module")
def server(own_stores: Stores) -> Iterator[WebServer]:
    """Behind a proxy on this machine: so a test says itself which address somebody comes from."""
    server = WebServer(own_stores, SETTINGS, access=LIMITS)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def people(own_stores: Stores) -> Iterator[AccountStore]:
    with closing(quick_accounts(own_stores.operational)) as store:
        yield store


def make(people: AccountStore, *roles: str, **limits: Any) -> str:
    """The name of a new account."""
    name = f"{roles[0]}-{uuid.uuid4().hex[:8]}"
    people.create(name, Grants(roles=roles, **limits), now=datetime.now(UTC), password=PASSWORD)
    return name


def visitor(server: WebServer, key: str | None = None, address: str = "") -> Visitor:
    """From an address of its own unless told."""
    number = uuid.uuid4().int
    return Visitor(
        server, key=key, **PROXIED, X_Forwarded_For=address or f"10.{number % 251}.{number // 251 % 251}.{number % 241}"
    )


def signed_in(server: WebServer, people: AccountStore, *roles: str, **limits: Any) -> Visitor:
    one = visitor(server)
    assert one.sign_in(make(people, *roles, **limits)).status == 200
    return one


def test_without_signing_in_the_api_refuses_and_pages_lead_to_the_sign_in_page(server: WebServer) -> None:
    refused = visitor(server).ask("/api/v1/alerts?tier=high")
    assert (refused.status, refused.json["code"]) == (401, "not_signed_in")
    led = visitor(server).ask("/dead?reason=no_title")
    assert (led.status, led.headers["Location"]) == (303, "/sign-in?next=/dead?reason%3Dno_title")
    for path in ("/livez", "/readyz", "/api/v1/openapi.json"):
        assert visitor(server).ask(path).status == 200


def test_whoever_signs_in_is_told_who_that_is_and_sees_what_the_roles_give(
    server: WebServer, people: AccountStore
) -> None:
    name, one = make(people, "rights_holder", holders=("h1",)), visitor(server)
    assert one.sign_in(name).status == 200
    who = one.ask("/api/v1/session").json
    assert (who["name"], who["roles"], who["holders"], who["accounts"]) == (name, ["rights_holder"], ["h1"], True)
    assert one.ask("/api/v1/alerts").status == 200
    assert one.ask("/api/v1/dead").json["needs"] == "dead.read"
    assert one.ask("/api/v1/accounts").status == 403


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_the_network(
    server: WebServer, people: AccountStore
) -> None:
    answer = visitor(server).sign_in(make(people, "operator"))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-rw_session=")
    for part in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_signing_out_ends_the_session_on_the_server_too(server: WebServer, people: AccountStore) -> None:
    one = signed_in(server, people, "operator")
    kept = dict(one.cookies)
    assert one.ask("/api/v1/session", "DELETE").status == 200
    assert one.cookies == {}
    one.cookies = kept
    assert one.ask("/api/v1/alerts").status == 401


def test_signing_in_again_ends_the_session_before(server: WebServer, people: AccountStore) -> None:
    one = signed_in(server, people, "operator")
    thief = visitor(server)
    thief.cookies = dict(one.cookies)
    one.sign_in(make(people, "operator"))
    assert thief.ask("/api/v1/alerts").status == 401
    assert one.ask("/api/v1/alerts").status == 200


@pytest.mark.parametrize("word", ["", "0" * 64, "é"])
def test_a_change_without_the_sessions_word_is_refused(server: WebServer, people: AccountStore, word: str) -> None:
    one, other = signed_in(server, people, "administrator"), signed_in(server, people, "administrator")
    for wrong in (word, other.csrf or ""):
        one.csrf = wrong.encode().decode("latin-1")
        refused = one.ask("/api/v1/allow", "POST", {"pdq": "0f" * 32, "state": "allowed"})
        assert (refused.status, refused.json["code"]) == (403, "csrf")
    one.csrf = None
    assert one.ask("/api/v1/session", "DELETE").json["code"] == "csrf"


def test_other_sites_cannot_sign_somebody_in(server: WebServer, people: AccountStore) -> None:
    name = make(people, "operator")
    assert visitor(server).sign_in(name, Origin="https://evil.example").status == 403
    assert visitor(server).sign_in(name, Origin=f"http://{NAME}").status == 403
    assert visitor(server).sign_in(name, Origin=f"https://{NAME}").status == 200


def test_nobody_can_send_much_before_signing_in(server: WebServer) -> None:
    refused = visitor(server).sign_in("mei", "x" * 20_000)
    assert (refused.status, refused.json["code"]) == (413, "body_too_large")


def test_a_wrong_password_and_a_name_that_nobody_has_are_answered_alike(
    server: WebServer, people: AccountStore
) -> None:
    wrong = visitor(server).sign_in(make(people, "operator"), "not the password")
    nobody = visitor(server).sign_in("nobody", "not the password")
    assert wrong.status == nobody.status == 401
    assert wrong.json == nobody.json


def test_guessing_is_stopped_and_said_plainly_from_every_address(server: WebServer, people: AccountStore) -> None:
    name = make(people, "operator")
    answers = [visitor(server).sign_in(name, f"guess number {number}") for number in range(8)]
    assert [answer.status for answer in answers] == [401] * 4 + [429] * 4
    assert answers[-1].json["code"] == "locked"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 30
    assert visitor(server).sign_in(name).status == 429, "the right one must not be told apart meanwhile"
    administrator = signed_in(server, people, "administrator")
    account = next(one for one in administrator.ask("/api/v1/accounts").json["accounts"] if one["name"] == name)
    assert account["failures"] == 5
    unlocked = administrator.ask(f"/api/v1/accounts/{account['account_id']}/unlock", "POST")
    assert unlocked.json["account"]["locked_until"] is None
    assert visitor(server).sign_in(name).status == 200


def test_one_address_cannot_try_many_names(server: WebServer, people: AccountStore) -> None:
    name = make(people, "operator")
    outcomes = [visitor(server, address="198.51.100.9").sign_in(f"n{number}", "guess").status for number in range(31)]
    assert outcomes == [401] * 29 + [429] * 2
    assert visitor(server, address="198.51.100.9").sign_in(name).status == 429
    assert visitor(server).sign_in(name).status == 200


def test_what_a_client_writes_before_the_proxys_word_is_not_believed(server: WebServer, people: AccountStore) -> None:
    for number in range(31):
        forged = Visitor(server, **PROXIED, X_Forwarded_For=f"192.0.2.{number}, 198.51.100.10")
        answer = forged.sign_in(f"m{number}", "guess")
    assert answer.status == 429


def test_past_the_proxy_nothing_but_health_is_told(server: WebServer) -> None:
    for headers in ({}, {"X_Forwarded_Proto": "http"}, {"X_Forwarded_Proto": "https, http"}):
        direct = Visitor(server, Host=NAME, **headers)
        assert direct.ask("/").json["code"] == "needs_tls"
        assert direct.ask("/api/v1/session", "POST", {"name": "a", "password": "b"}).status == 403
        assert direct.ask("/livez").status == 200
    assert ask(server, "/", headers={"Host": "other.example", "X-Forwarded-Proto": "https"}).status == 421


def test_a_key_does_what_its_scopes_say_and_needs_no_word(server: WebServer, people: AccountStore) -> None:
    owner = signed_in(server, people, "administrator")
    mine = owner.ask("/api/v1/session").json["account_id"]
    made = owner.ask(f"/api/v1/accounts/{mine}/keys", "POST", {"label": "desk", "scopes": ["allowed.change", "check"]})
    assert made.status == 200
    key = visitor(server, key=made.json["key"])
    assert key.ask("/api/v1/allow", "POST", {"pdq": "0e" * 32, "state": "allowed"}).status == 200
    assert key.ask("/api/v1/allow").json["needs"] == "allowed.read"
    assert key.ask("/api/v1/session").json["permissions"] == ["allowed.change", "check"]
    listed = owner.ask(f"/api/v1/accounts/{mine}/keys").json["keys"]
    assert made.json["key"].rsplit("_", 1)[1] not in str(listed)
    assert listed[0]["used"] is not None
    assert owner.ask(f"/api/v1/accounts/{mine}/keys/{made.json['record']['key_id']}", "DELETE").status == 200
    assert key.ask("/api/v1/check").json["code"] == "bad_key"


def test_a_key_that_may_only_read_takes_no_verdict_back(server: WebServer, people: AccountStore) -> None:
    owner = signed_in(server, people, "operator")
    mine = owner.ask("/api/v1/session").json["account_id"]
    made = owner.ask(f"/api/v1/accounts/{mine}/keys", "POST", {"label": "report", "scopes": ["alerts.read"]})
    undo = f"/api/v1/groups/{uuid.uuid4()}/undo"
    assert owner.ask(undo, "POST", {"version": 1}).status == 404
    assert visitor(server, key=made.json["key"]).ask(undo, "POST", {"version": 1}).json["code"] == "forbidden"


def test_an_account_of_many_holders_is_made_and_written_down(server: WebServer, people: AccountStore) -> None:
    administrator, name = signed_in(server, people, "administrator"), f"many-{uuid.uuid4().hex[:8]}"
    holders = [f"{'权' * 190}{number}" for number in range(60)]
    made = administrator.ask("/api/v1/accounts", "POST", {"name": name, "roles": ["rights_holder"], "holders": holders})
    assert (made.status, made.json["account"]["holders"]) == (200, sorted(holders))
    (entry,) = administrator.ask(f"/api/v1/audit?subject={made.json['account']['account_id']}").json["entries"]
    assert (entry["action"], entry["detail"]["holders_count"]) == ("account.create", 60)


def test_how_many_rights_are_watched_is_not_told_to_whoever_has_not_signed_in(
    server: WebServer, people: AccountStore
) -> None:
    assert "rights" not in visitor(server).ask("/readyz").json
    assert "rights" not in signed_in(server, people, "rights_holder", holders=["h1"]).ask("/readyz").json
    assert signed_in(server, people, "administrator").ask("/readyz").json["rights"] > 0


def test_a_name_or_password_that_no_store_can_hold_is_refused_as_such(server: WebServer) -> None:
    for typed in ({"name": "a\0", "password": "x"}, {"name": "a", "password": "x\0"}):
        assert visitor(server).ask("/api/v1/session", "POST", typed).status == 400


def test_a_key_can_neither_make_keys_nor_change_the_password(server: WebServer, people: AccountStore) -> None:
    found = people.named(make(people, "administrator"), datetime.now(UTC))
    assert found is not None
    text, record = people.keys.issue(
        found.account_id, label="all", scopes=("accounts.manage", "alerts.read"), now=datetime.now(UTC)
    )
    key = visitor(server, key=text)
    keys = f"/api/v1/accounts/{found.account_id}/keys"
    assert key.ask(keys, "POST", {"label": "more", "scopes": ["check"]}).json["code"] == "needs_session"
    assert key.ask(f"{keys}/{record.key_id}", "DELETE").json["code"] == "needs_session"
    change = {"present": PASSWORD, "new": "eight grey herons"}
    assert key.ask("/api/v1/session/password", "PUT", change).json["code"] == "needs_session"


def test_a_key_gives_no_more_than_its_account_may_do(server: WebServer, people: AccountStore) -> None:
    owner = signed_in(server, people, "fair_team")
    mine = owner.ask("/api/v1/session").json["account_id"]
    refused = owner.ask(f"/api/v1/accounts/{mine}/keys", "POST", {"label": "x", "scopes": ["accounts.manage"]})
    assert (refused.status, refused.json["field"]) == (400, "scopes")


def test_another_accounts_keys_are_not_there_for_whoever_does_not_manage_accounts(
    server: WebServer, people: AccountStore
) -> None:
    one, other = signed_in(server, people, "operator"), signed_in(server, people, "operator")
    theirs = other.ask("/api/v1/session").json["account_id"]
    assert one.ask(f"/api/v1/accounts/{theirs}/keys").status == 404
    assert one.ask(f"/api/v1/accounts/{theirs}/keys", "POST", {"label": "x", "scopes": ["check"]}).status == 404
    assert signed_in(server, people, "administrator").ask(f"/api/v1/accounts/{theirs}/keys").status == 200


def test_ones_own_password_is_changed_with_the_present_one_and_ends_other_sessions(
    server: WebServer, people: AccountStore
) -> None:
    name, here, elsewhere = make(people, "operator"), visitor(server), visitor(server)
    here.sign_in(name)
    elsewhere.sign_in(name)
    wrong = here.ask("/api/v1/session/password", "PUT", {"present": "wrong", "new": "eight grey herons"})
    assert (wrong.status, wrong.json["field"]) == (400, "present")
    short = here.ask("/api/v1/session/password", "PUT", {"present": PASSWORD, "new": "short"})
    assert (short.status, short.json["code"]) == (400, "refused")
    done = here.ask("/api/v1/session/password", "PUT", {"present": PASSWORD, "new": "eight grey herons"})
    assert done.status == 200
    assert here.ask("/api/v1/alerts").status == 200
    assert elsewhere.ask("/api/v1/alerts").status == 401
    assert visitor(server).sign_in(name, "eight grey herons").status == 200


def test_an_administrator_makes_an_account_whose_owner_must_choose_a_password_first(
    server: WebServer, people: AccountStore
) -> None:
    administrator, name = signed_in(server, people, "administrator"), f"new-{uuid.uuid4().hex[:8]}"
    made = administrator.ask("/api/v1/accounts", "POST", {"name": name, "roles": ["operator"], "language": "zh"})
    assert (made.status, made.json["account"]["roles"]) == (200, ["operator"])
    owner = visitor(server)
    assert owner.sign_in(name, made.json["one_time_password"]).json["must_change"] is True
    assert owner.ask("/api/v1/alerts").json["code"] == "password_must_change"
    assert owner.ask("/").headers["Location"] == "/account"
    change = {"present": made.json["one_time_password"], "new": "eight grey herons"}
    assert owner.ask("/api/v1/session/password", "PUT", change).status == 200
    assert owner.ask("/api/v1/alerts").status == 200


def test_an_account_is_narrowed_and_disabled_at_once(server: WebServer, people: AccountStore) -> None:
    administrator, one = signed_in(server, people, "administrator"), signed_in(server, people, "reviewer")
    account = f"/api/v1/accounts/{one.ask('/api/v1/session').json['account_id']}"
    narrowed = administrator.ask(account, "PUT", {"roles": ["rights_holder"], "holders": ["h9"]})
    assert narrowed.json["account"]["holders"] == ["h9"]
    assert one.ask("/api/v1/dead").status == 403
    assert one.ask("/api/v1/session").json["holders"] == ["h9"]
    assert administrator.ask(account, "PUT", {"disabled": True}).status == 200
    assert one.ask("/api/v1/session").status == 401


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": "operator"}, "roles"),
        ({"roles": ["rights_holder"]}, "holders"),
        ({"holders": [""], "roles": ["rights_holder"]}, "holders"),
        ({"regions": [1]}, "regions"),
        ({"disabled": "yes"}, "disabled"),
        ({"language": "xx"}, "language"),
        ({"password": "x"}, "password"),
    ],
)
def test_what_an_account_cannot_be_given_is_refused_by_name(
    server: WebServer, people: AccountStore, document: dict[str, Any], field: str
) -> None:
    administrator, one = signed_in(server, people, "administrator"), signed_in(server, people, "operator")
    account = f"/api/v1/accounts/{one.ask('/api/v1/session').json['account_id']}"
    refused = administrator.ask(account, "PUT", document)
    assert (refused.status, refused.json["field"]) == (400, field)


def test_what_was_done_to_accounts_stands_in_the_audit_log_without_secrets(
    server: WebServer, people: AccountStore
) -> None:
    administrator, name = signed_in(server, people, "administrator"), f"new-{uuid.uuid4().hex[:8]}"
    made = administrator.ask("/api/v1/accounts", "POST", {"name": name, "roles": ["operator"]}).json
    account_id = made["account"]["account_id"]
    key = administrator.ask(f"/api/v1/accounts/{account_id}/keys", "POST", {"label": "x", "scopes": ["check"]}).json
    for number in range(5):
        visitor(server).sign_in(name, f"hunter{number}")
    log = administrator.ask("/api/v1/audit?limit=20")
    actions = [(entry["action"], entry["subject"]) for entry in log.json["entries"]]
    assert ("account.create", account_id) in actions
    assert ("key.issue", key["record"]["key_id"]) in actions
    assert ("session.locked", account_id) in actions
    for secret in (made["one_time_password"], key["key"], "hunter", PASSWORD):
        assert secret not in log.body.decode()


def test_no_secret_gets_into_the_log(server: WebServer, people: AccountStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    one = signed_in(server, people, "administrator")
    mine = one.ask("/api/v1/session").json["account_id"]
    key = one.ask(f"/api/v1/accounts/{mine}/keys", "POST", {"label": "x", "scopes": ["check"]}).json["key"]
    visitor(server, key=key).ask("/api/v1/session")
    visitor(server, key=f"{key[:-4]}0000").ask("/api/v1/session")
    visitor(server).sign_in("typed-by-mistake", "hunter2 hunter2")
    one.ask("/api/v1/session/password", "PUT", {"present": PASSWORD, "new": "x" * 12})
    for secret in (PASSWORD, "hunter2", "typed-by-mistake", key.rsplit("_", 1)[1][:16], *one.cookies.values()):
        assert secret not in caplog.text


def test_more_requests_than_one_may_send_are_told_when_to_go_on(server: WebServer, people: AccountStore) -> None:
    one, other = signed_in(server, people, "operator"), signed_in(server, people, "operator")
    answers = [one.ask("/api/v1/session") for _ in range(150)]
    limited = [answer for answer in answers if answer.status == 429]
    assert limited
    assert limited[0].json["code"] == "too_many_requests"
    assert int(limited[0].headers["Retry-After"]) >= 1
    assert other.ask("/api/v1/session").status == 200


def test_metrics_are_for_keys_with_that_scope(server: WebServer, people: AccountStore) -> None:
    found = people.named(make(people, "administrator"), datetime.now(UTC))
    assert found is not None
    text, _ = people.keys.issue(found.account_id, label="prometheus", scopes=("metrics.read",), now=datetime.now(UTC))
    assert Visitor(server, Host=NAME).ask("/metrics").status == 401
    answer = Visitor(server, key=text, Host=NAME).ask("/metrics")
    assert answer.status == 200
    assert b'rightswatch_web_sign_ins_total{outcome="signed_in"}' in answer.body


def test_a_session_that_was_not_used_for_half_an_hour_is_over(server: WebServer, people: AccountStore) -> None:
    found = people.named(make(people, "operator"), datetime.now(UTC))
    assert found is not None
    one = visitor(server)
    for minutes, status in ((29, 200), (31, 401)):
        begun = datetime.now(UTC) - timedelta(minutes=minutes)
        token = people.sessions.begin(found.account_id, address="x", now=begun, lifetime=timedelta(hours=12))
        one.cookies = {"__Host-rw_session": token}
        assert one.ask("/api/v1/session").status == status


@pytest.mark.parametrize(
    ("path", "headers", "keeps"),
    [("/api/v1/session", {}, True), ("/api/v1/session", {"X_RW_Unattended": "1"}, False), ("/api/v1/live", {}, False)],
)
def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(
    server: WebServer, people: AccountStore, path: str, headers: dict[str, str], keeps: bool
) -> None:
    found, now, idle = (
        people.named(make(people, "operator"), datetime.now(UTC)),
        datetime.now(UTC),
        timedelta(minutes=30),
    )
    assert found is not None
    begun = now - timedelta(minutes=29)
    token = people.sessions.begin(found.account_id, address="x", now=begun, lifetime=timedelta(hours=12))
    one = visitor(server)
    sent = {name.replace("_", "-"): value for name, value in (one.headers | headers).items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path, headers={**sent, "Cookie": f"__Host-rw_session={token}"})
    assert connection.getresponse().status == 200
    connection.close()
    later = people.sessions.holder(token, now=now + timedelta(minutes=2), idle=idle)
    assert (later is not None) == keeps


@pytest.mark.parametrize("change", ["sign out", "narrow"])
def test_an_open_live_stream_ends_soon_after_its_account_may_see_no_more_or_something_else(
    server: WebServer, people: AccountStore, change: str
) -> None:
    one, administrator = signed_in(server, people, "operator"), signed_in(server, people, "administrator")
    account_id = one.ask("/api/v1/session").json["account_id"]
    cookie = "; ".join(f"{name}={value}" for name, value in one.cookies.items())
    headers = {name.replace("_", "-"): value for name, value in PROXIED.items()} | {"Cookie": cookie}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/api/v1/live", headers=headers)
    stream = connection.getresponse()
    try:
        assert stream.status == 200
        assert any(line.startswith(b"event: hello") for line in iter(stream.readline, b""))
        if change == "sign out":
            assert one.ask("/api/v1/session", "DELETE").status == 200
        else:
            grants = {"roles": ["rights_holder"], "holders": ["h9"]}
            assert administrator.ask(f"/api/v1/accounts/{account_id}", "PUT", grants).status == 200
        changed = monotonic()
        while stream.readline():
            assert monotonic() < changed + 8, "the stream went on"
    finally:
        connection.close()
