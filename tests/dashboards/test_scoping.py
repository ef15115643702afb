"""Every route with every role: who may do what, and that nobody finds another's data by any URL or API call."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import web
from aiohttp.web_urldispatcher import ResourceRoute

from dashboards.access.principal import PRINCIPAL, Principal
from dashboards.access.roles import CONCERN_ALL, CONCERN_ALL_REGIONS, PERMISSIONS, Permission, Role
from dashboards.access.routes import Needs
from dashboards.guard import Handler
from dashboards.settings import WebSettings
from sinks.settings import OperationalSettings
from tests.dashboards.every_route import Try, sending, tries
from tests.dashboards.principals import principal
from tests.dashboards.service import Answer, Stores, WebServer, ask
from tests.dashboards.two_holders import OWN_OFFER, PUTIAN, SECRET, THEIR_OFFER, World, two_holders

AS = "X-Test-As"
HOLDERS, REGIONS = frozenset({"h1"}), (PUTIAN[:4],)
EVERYBODY: dict[str, Principal] = {role.value: principal(role) for role in Role}
NARROW: dict[str, Principal] = {
    **{f"{role} of h1": principal(role, holders=HOLDERS) for role in Role},
    **{f"{role} of Putian": principal(role, regions=REGIONS) for role in Role},
    "operator of nobody": principal(Role.OPERATOR, holders=frozenset()),
    "operator of nowhere": principal(Role.OPERATOR, regions=()),
}


@web.middleware
async def as_the_header_says(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[PRINCIPAL] = (EVERYBODY | NARROW)[request.headers[AS]]
    return await handler(request)


@pytest.fixture(scope="module")
def world(kept_stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("two_holders")
    return two_holders(
        replace(kept_stores.emptied(), operational=OperationalSettings.sqlite(folder / "operational.db"))
    )


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[WebServer]:
    server = WebServer(world.stores, WebSettings(port=0, pulse_seconds=0.3, accounts=True), identify=as_the_header_says)
    server.start()
    yield server
    server.stop()


def routes_of(server: WebServer) -> dict[tuple[str, str], Needs]:
    """By method and canonical path, what each needs; HEAD is GET without a body."""
    found = {}
    for route in server.app.router.routes():
        assert isinstance(route, ResourceRoute)
        if route.method != "HEAD":
            resource = route.resource
            assert resource is not None
            found[route.method, resource.canonical] = getattr(route.handler, "needs", None)
    return found


def asked(server: WebServer, method: str, one: Try, name: str) -> Answer:
    return ask(server, one.path, method=method, body=one.body, headers={**one.headers, AS: name})


def without_echo(answer: Answer, one: Try) -> bytes:
    """What is told beyond what was asked: an id is named again by what refuses it, any word by an error."""
    told, asked_for = answer.body, one.path.encode() + (one.body or b"")
    echoed = re.findall(rb"[0-9a-f]{8}-[0-9a-f-]{27}", asked_for)
    for word in echoed if answer.status < 400 else (*echoed, *re.findall(rb"[\w:-]+", asked_for)):
        told = told.replace(word, b"")
    return told


def is_forbidden(answer: Answer) -> bool:
    return answer.status == 403 and answer.json["code"] == "forbidden"


def test_the_table_has_every_route(server: WebServer, world: World) -> None:
    missing = sorted(set(routes_of(server)) - set(tries(world)))
    assert missing == [], "add yours to every_route.py, and how another's data could be asked of it"
    assert set(tries(world)) == set(routes_of(server))


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_role_may_do_what_the_table_of_roles_says(server: WebServer, world: World, name: str) -> None:
    for (method, path), needs in routes_of(server).items():
        allowed = not isinstance(needs, Permission) or needs in PERMISSIONS[Role(name)]
        if allowed and method in ("PUT", "DELETE", "POST"):
            continue  # what it does then, its own tests say
        for one in tries(world)[method, path]:
            answer = asked(server, method, one, name)
            assert is_forbidden(answer) == (not allowed), (name, method, one.path, answer.status)
            assert answer.status < 500, (name, method, one.path)


@pytest.mark.parametrize("name", NARROW)
def test_who_sees_a_part_may_do_nothing_that_concerns_all(server: WebServer, world: World, name: str) -> None:
    narrowed = CONCERN_ALL | (CONCERN_ALL_REGIONS if NARROW[name].regions is not None else frozenset())
    for (method, path), needs in routes_of(server).items():
        if needs in narrowed:
            assert all(is_forbidden(asked(server, method, one, name)) for one in tries(world)[method, path])


@pytest.mark.parametrize("name", NARROW)
def test_nobody_finds_what_is_anothers(server: WebServer, world: World, name: str) -> None:
    for (method, _), every in tries(world).items():
        for one in every:
            answer = asked(server, method, one, name)
            assert answer.status < 500, (method, one.path)
            told = without_echo(answer, one)
            found = [secret for secret in world.secrets if secret in told]
            assert not found, (name, method, one.path, answer.status, found)


@pytest.mark.parametrize("name", NARROW)
def test_what_is_anothers_is_answered_as_if_it_had_never_been(server: WebServer, world: World, name: str) -> None:
    for (method, _), every in tries(world).items():
        for one in every:
            if one.missing is None:
                continue
            theirs = asked(server, method, one, name)
            never = asked(server, method, replace(one, path=one.missing), name)
            assert theirs.status == never.status, (name, method, one.path)
            assert theirs.status in (403, 404), (name, method, one.path)
            assert set(theirs.json) == set(never.json)


def test_nobody_changes_what_is_anothers(server: WebServer, world: World) -> None:
    def theirs() -> list[Any]:
        paths = (f"/api/v1/groups/{world.theirs.group_id}", "/api/v1/rights/vantabrume-9/history", "/api/v1/alerts")
        return [ask(server, path, headers={AS: "administrator"}).json for path in paths]

    before = theirs()
    for name in NARROW:
        for (method, _), every in tries(world).items():
            for one in every if method != "GET" else ():
                asked(server, method, one, name)
    assert theirs() == before


def test_whoever_sees_everything_finds_both(server: WebServer, world: World) -> None:
    """So that the tests above look for what is there."""
    for path in ("/api/v1/alerts", "/api/v1/screened", "/api/v1/rights"):
        body = ask(server, path, headers={AS: "administrator"}).body
        assert SECRET.encode() in body, path
        assert b"ZEPHYRA" in body or b"OWN-1" in body, path
    every = tries(world)
    for pattern in ("/api/v1/alerts/{alert_id}/pictures/{digest}", "/api/v1/rights/{right_id}"):
        assert asked(server, "GET", every["GET", pattern][0], "administrator").status == 200, pattern


@pytest.mark.parametrize("name", ["rights_holder of h1", "enforcement of Putian"])
def test_what_is_ones_own_is_found(server: WebServer, world: World, name: str) -> None:
    def found(path: str) -> Answer:
        return ask(server, path, headers={AS: name})

    assert [alert["alert_id"] for alert in found("/api/v1/alerts").json["alerts"]] == [world.own.alert_id]
    assert found(f"/api/v1/alerts/{world.own.alert_id}").json["right"]["right_id"] == "OWN-1"
    assert [right["right_id"] for right in found("/api/v1/rights").json["rights"]] == ["OWN-1"]


@pytest.mark.parametrize("name", ["operator of h1", "operator of Putian", "operator of nobody", "operator of nowhere"])
def test_what_is_not_seen_is_not_counted(server: WebServer, world: World, name: str) -> None:
    def counted(who: str) -> tuple[int, int, int, int]:
        queue = ask(server, "/api/v1/queue", headers={AS: who}).json
        causes = ask(server, "/api/v1/queue/causes?by=right", headers={AS: who}).json["causes"]
        return len(queue["items"]), sum(queue["counts"].values()), queue["flood"]["new_in_10_min"], len(causes)

    everything, seen = counted("administrator"), counted(name)
    own = 0 if "no" in name.split()[-1] else 1
    assert seen[0] == seen[3] == own
    assert all(part < whole for part, whole in zip(seen, everything, strict=True)), (seen, everything)


def test_a_check_answers_about_ones_own_rights_only(server: WebServer, world: World) -> None:
    both = {"title": "VANTABRUME and ZEPHYRA shoes", "seller": {"region": "440305"}}
    body = sending("/api/v1/check", both)
    answer = asked(server, "POST", body, "rights_holder of h1").json
    assert {alert["right_id"] for alert in answer["alerts"]} == {"OWN-1"}
    assert set(answer["rights"]) == {"OWN-1"}
    assert len(asked(server, "POST", body, "administrator").json["alerts"]) == 2


@pytest.mark.parametrize("name", ["rights_holder of h1", "enforcement of Putian"])
def test_the_live_stream_brings_ones_own_and_moves_on_past_the_rest(server: WebServer, world: World, name: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/api/v1/live", headers={AS: name})
    with closing(connection), connection.getresponse() as response:
        read_until(response, b"event: hello")
        world.stores.seen({**THEIR_OFFER, "listing_id": "live-1"})
        text = read_until(response, b"id: ")
        world.stores.seen({**OWN_OFFER, "listing_id": "live-2"})
        for start in (b"event: alerts", b"data: ", b"event: pulse", b"data: "):
            text += read_until(response, start)
    assert b"live-2" in text
    assert not [secret for secret in (*world.secrets, b"live-1") if secret in text]
    assert b'"alerts_per_minute":null' in text


def read_until(response: http.client.HTTPResponse, start: bytes) -> bytes:
    """Lines up to one that begins so, with it."""
    lines, end = b"", monotonic() + 10
    while line := response.readline():
        assert monotonic() < end, f"no {start!r} within 10 s, but {lines!r}"
        lines += line
        if line.startswith(start):
            return lines
    raise AssertionError(f"the stream ended before {start!r}")
