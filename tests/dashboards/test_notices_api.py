"""Destinations and notices over HTTP: who manages whose, what is refused, and the link that ends letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from dashboards.access.principal import Principal
from dashboards.access.roles import Role
from sinks.notices.outgoing import Answer as Told
from sinks.notices.outgoing import Fate
from sinks.operational.notice_records import HOLDER, Destination, Owner
from sinks.operational.notice_store import NoticeStore
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Answer, Stores, WebServer, ask
from tests.sinks.notice_world import draft, event, tell

HOLDER_1 = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))
HOLDER_2 = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h2"}))
OPERATOR = principal(Role.OPERATOR)
ADMIN = principal(Role.ADMINISTRATOR)
HOOK = {"kind": "webhook", "name": "ours", "address": "https://hooks.example/in?key=s3cret"}
REFUSED = Told(fate=Fate.REFUSED, reason="HTTP 422")
Ask = Callable[..., Answer]


@pytest.fixture
def asking(own_rights: Stores) -> Iterator[Callable[[Principal], Ask]]:
    """For each principal a way to ask, of servers over the same stores."""
    with ExitStack() as stack:

        def start(who: Principal) -> Ask:
            server = WebServer(own_rights, identify=acting_as(who))
            server.start()
            stack.callback(server.stop)

            def send(method: str, path: str, document: Any = None) -> Answer:
                body = None if document is None else orjson.dumps(document)
                headers = {} if document is None else {"Content-Type": "application/json"}
                return ask(server, path, method=method, body=body, headers=headers)

            return send

        yield start


@pytest.fixture
def outbox(own_rights: Stores) -> Iterator[NoticeStore]:
    with closing(NoticeStore(own_rights.operational)) as store:
        yield store


def made(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return str(answer.json["destination"]["destination_id"])


def dead_notice(outbox: NoticeStore, to: Destination) -> str:
    now = datetime.now(UTC)
    tell(outbox, event(at=now, right_id="CN-TM-1001"))
    taken = outbox.take(to.destination_id, now)
    assert taken is not None
    outbox.settle(taken, REFUSED, now, 0.0)
    return taken.notice_id


def of_holder_1(outbox: NoticeStore) -> Destination:
    return outbox.destinations.add(draft(owner=Owner(HOLDER, "h1")), "x", datetime.now(UTC) - timedelta(seconds=1))


def test_a_holders_accounts_share_its_destinations_and_nobody_else_finds_them(
    asking: Callable[[Principal], Ask],
) -> None:
    mine = asking(HOLDER_1)
    destination_id = made(mine("POST", "/api/v1/destinations", HOOK))
    colleague, other, operator, admin = (
        asking(who) for who in (replace(HOLDER_1, account_id="b"), HOLDER_2, OPERATOR, ADMIN)
    )
    path = f"/api/v1/destinations/{destination_id}"
    for there in (colleague, admin):
        assert [one["name"] for one in there("GET", "/api/v1/destinations").json["destinations"]] == ["ours"]
    for stranger in (other, operator):
        assert stranger("GET", "/api/v1/destinations").json["destinations"] == []
        assert stranger("PUT", path, {"version": 1, "name": "x"}).status == 404
        assert stranger("POST", f"{path}/test").status == 404
        assert stranger("DELETE", path).status == 404


def test_the_secret_and_the_address_are_told_once_and_never_again(asking: Callable[[Principal], Ask]) -> None:
    mine = asking(HOLDER_1)
    answer = mine("POST", "/api/v1/destinations", HOOK)
    secret = answer.json["secret"]
    assert secret.startswith("whsec_")
    listed = mine("GET", "/api/v1/destinations").body
    assert secret.encode() not in listed
    assert b"s3cret" not in listed
    assert b"https://hooks.example/" in listed
    changed = mine("PUT", f"/api/v1/destinations/{made(answer)}", {"version": 1, "new_secret": True})
    assert changed.json["secret"] not in (None, secret)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "https://127.0.0.1/in"}, "address"),
        ({"address": "https://inside.example/in"}, "address"),
        ({"address": "http://hooks.example/in"}, "address"),
        ({"kind": "pigeon"}, "kind"),
        ({"events": []}, "events"),
        ({"events": ["birthday"]}, "events"),
        ({"quiet": ["25:00", "07:00"]}, "quiet"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"digest_hour": 24}, "digest_hour"),
        ({"secret": "short"}, "secret"),
        ({"holder": "h2"}, "holder"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_is_named(
    asking: Callable[[Principal], Ask], change: dict[str, Any], field: str
) -> None:
    answer = asking(HOLDER_1)("POST", "/api/v1/destinations", {**HOOK, **change})
    assert (answer.status, answer.json["field"]) == (400, field)


def test_a_change_of_an_older_form_is_stale(asking: Callable[[Principal], Ask]) -> None:
    mine = asking(OPERATOR)
    path = f"/api/v1/destinations/{made(mine('POST', '/api/v1/destinations', HOOK))}"
    assert mine("PUT", path, {"version": 1, "name": "first"}).json["destination"]["name"] == "first"
    answer = mine("PUT", path, {"version": 1, "name": "second"})
    assert (answer.status, answer.json["code"]) == (409, "stale")


def test_the_test_button_makes_a_notice_whose_fate_is_seen(asking: Callable[[Principal], Ask]) -> None:
    mine = asking(OPERATOR)
    path = f"/api/v1/destinations/{made(mine('POST', '/api/v1/destinations', HOOK))}"
    notice_id = mine("POST", f"{path}/test").json["notice_id"]
    shown = mine("GET", f"/api/v1/notices/{notice_id}").json["notice"]
    assert (shown["event"], shown["state"], shown["log"]) == ("test", "waiting", [])
    mine("PUT", path, {"version": 1, "enabled": False})
    assert mine("POST", f"{path}/test").json["code"] == "disabled"


def test_a_dead_notice_is_seen_and_sent_again_by_its_owner_only(
    asking: Callable[[Principal], Ask], outbox: NoticeStore
) -> None:
    notice_id = dead_notice(outbox, of_holder_1(outbox))
    mine, other = asking(HOLDER_1), asking(HOLDER_2)
    path = f"/api/v1/notices/{notice_id}"
    assert [one["state"] for one in mine("GET", "/api/v1/notices?state=dead").json["notices"]] == ["dead"]
    assert other("GET", "/api/v1/notices").json["notices"] == []
    assert other("GET", path).status == other("POST", f"{path}/replay").status == 404
    assert mine("GET", path).json["notice"]["log"][0]["reason"] == "HTTP 422"
    assert mine("POST", f"{path}/replay").status == 200
    assert mine("POST", f"{path}/replay").json["code"] == "not_dead"


def test_opening_the_link_of_a_letter_changes_nothing_and_posting_to_it_ends_the_letters_without_a_cookie(
    asking: Callable[[Principal], Ask], outbox: NoticeStore
) -> None:
    to = of_holder_1(outbox)
    anybody = asking(ADMIN)
    assert anybody("GET", f"/unsubscribe/{to.token}").status == 200
    assert outbox.destinations.all(None, datetime.now(UTC))[0].is_enabled
    assert anybody("POST", "/unsubscribe/guessed").status == 404
    assert anybody("POST", f"/unsubscribe/{to.token}").status == 200
    [ended] = outbox.destinations.all(None, datetime.now(UTC))
    assert (ended.is_enabled, ended.disabled_because) == (False, "unsubscribed")
