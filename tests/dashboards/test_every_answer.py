"""Every route of the app: its security headers, the marks of its cookies, and what it asks of who changes something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.access.credentials import CSRF_HEADER
from dashboards.access.granting import granted
from dashboards.access.settings import AccessSettings
from dashboards.guard import SECURITY_HEADERS
from dashboards.settings import WebSettings
from sinks.settings import OperationalSettings
from tests.dashboards.every_route import Try, sending, tries
from tests.dashboards.service import Answer, Stores, WebServer, ask, quick_accounts
from tests.dashboards.two_holders import NOW, World, two_holders

NAME, PASSWORD = "root", "correct horse battery 9 staple"
OPEN = {"/livez", "/readyz", "/sign-in", "/static/{version}/{path}", "/api/v1/openapi.json", "/unsubscribe/{token}"}
SIGN_IN = ("POST", "/api/v1/session")


@pytest.fixture(scope="module")
def world(kept_stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("every_answer")
    return two_holders(replace(kept_stores.emptied(), operational=OperationalSettings.sqlite(folder / "db")))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[WebServer]:
    with closing(quick_accounts(world.stores.operational)) as accounts:
        accounts.create(NAME, granted(roles=["administrator"]), now=NOW, password=PASSWORD)
    limits = AccessSettings(requests_per_second=10_000, requests_at_once=10_000, address_failures=10_000)
    server = WebServer(world.stores, WebSettings(port=0, accounts=True), access=limits)
    server.start()
    yield server
    server.stop()


def asked(server: WebServer, method: str, one: Try, **headers: str) -> Answer:
    return ask(server, one.path, method=method, body=one.body, headers={**one.headers, **headers})


def signed_in(server: WebServer) -> Answer:
    answer = asked(server, "POST", sending("/api/v1/session", {"name": NAME, "password": PASSWORD}))
    assert answer.status == 200, answer.body
    return answer


def cookie_of(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].split(";")[0]


def test_every_answer_carries_the_security_headers(server: WebServer, world: World) -> None:
    cookie = cookie_of(signed_in(server))
    for (method, path), every in tries(world).items():
        if (method, path) == ("DELETE", "/api/v1/session"):
            continue  # it would end this session
        for answer in (asked(server, method, one, Cookie=given) for one in every for given in ("", cookie)):
            for name, value in SECURITY_HEADERS.items():
                assert answer.headers[name] == value, (method, path, name)
            kept = path.startswith("/static/") or "/pictures/{digest}" in path
            if not (kept and answer.status == 200):
                assert answer.headers["Cache-Control"] == "no-store", (method, path)
            assert "Server" not in answer.headers, (method, path)


def test_every_cookie_is_for_this_site_alone_and_the_sessions_is_no_scripts(server: WebServer, world: World) -> None:
    session = signed_in(server)
    given = session.headers.get_all("Set-Cookie") or []
    for (method, path), every in tries(world).items():
        if method == "GET":
            for one in every:
                asked_in = f"{one.path}{'&' if '?' in one.path else '?'}lang=zh"
                answer = ask(server, asked_in, headers={"Cookie": cookie_of(session)})
                given += answer.headers.get_all("Set-Cookie") or []
                assert answer.status < 500, (method, path)
    names = {cookie.split("=")[0] for cookie in given}
    assert names == {"rw_session", "rw_lang"}
    for cookie in given:
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "HttpOnly" in cookie or not cookie.startswith("rw_session")


def test_who_has_not_signed_in_gets_nothing_but_what_is_open(server: WebServer, world: World) -> None:
    for (method, path), every in tries(world).items():
        if path in OPEN or (method, path) == SIGN_IN or path == "/metrics":
            continue
        for answer in (asked(server, method, one) for one in every):
            if path.startswith("/api/"):
                assert (answer.status, answer.json["code"]) == (401, "not_signed_in"), (method, path)
            else:
                assert answer.status == 303, (method, path)
                assert answer.headers["Location"].startswith("/sign-in"), (method, path)


def test_nothing_is_changed_by_a_cookie_alone(server: WebServer, world: World) -> None:
    """What another site can make a browser send: the cookie, and nothing that only our pages know."""
    cookie = cookie_of(signed_in(server))
    for (method, path), every in tries(world).items():
        if method in ("GET", "HEAD") or (method, path) in (SIGN_IN, ("POST", "/unsubscribe/{token}")):
            continue  # for the latter its token is asked, and no cookie
        for one in every:
            for word in ({}, {CSRF_HEADER: "0" * 64}):
                answer = asked(server, method, one, Cookie=cookie, **word)
                assert (answer.status, answer.json["code"]) == (403, "csrf"), (method, path)
