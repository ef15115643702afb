"""Dead letters over HTTP: what is listed, counted and decided, and what is refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.dashboards.service import Answer, WebServer, ask
from tests.streams.dead_world import offer, page

JSON = {"Content-Type": "application/json"}
BAD = b'{"platform":"taobao","listing_id":"7"}'


def decide(server: WebServer, document: Any, **headers: str) -> Answer:
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    return ask(server, "/api/v1/dead", method="POST", body=body, headers={**JSON, **headers})


def test_letters_are_listed_page_by_page_and_looked_at(server: WebServer) -> None:
    first, second = server.dead.seen(page(offer(1), BAD, b"no <b>json</b>"))
    listed = ask(server, "/api/v1/dead?state=open&limit=1").json
    assert [one["letter_id"] for one in listed["dead_letters"]] == [second]
    assert listed["next"] == {"before_id": second}
    rest = ask(server, f"/api/v1/dead?limit=1&before_id={second}").json
    assert [one["letter_id"] for one in rest["dead_letters"]] == [first]
    detail = ask(server, f"/api/v1/dead/{second}").json
    assert (detail["text"], detail["whole"]["source"], detail["reason"]) == ("no <b>json</b>", "head", "not_json")
    assert detail["trace_id"] == detail["page"][:32]
    assert (
        ask(server, "/api/v1/dead?reason=no_title&topic=listings&after=2026-11-21&before=2026-11-22").json[
            "dead_letters"
        ]
        == rest["dead_letters"]
    )


def test_letters_are_sent_again_discarded_and_counted(server: WebServer) -> None:
    first, second = server.dead.seen(page(offer(1), BAD, b"no json"))
    answer = decide(server, {"letters": [first], "decision": "retry"})
    assert answer.json == {"results": [{"letter_id": first, "status": "retried", "detail": "head"}]}
    assert decide(server, {"letters": [first], "decision": "retry"}).json["results"][0]["status"] == "already"
    assert decide(server, {"letters": [second], "decision": "discard", "note": "noise"}).status == 200
    assert [message.value for message in server.dead.publisher.messages] == [b"\n" + BAD]
    counts = {(one["reason"], one["state"]): one["count"] for one in ask(server, "/api/v1/dead/counts").json["counts"]}
    assert counts == {("no_title", "retried"): 1, ("not_json", "discarded"): 1}
    kept = ask(server, f"/api/v1/dead/{second}").json["decision"]
    assert (kept["by"], kept["note"]) == ("local", "noise")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "keep"}, "decision"),
        ({"decision": None}, "decision"),
        ({"letters": []}, "letters"),
        ({"letters": "all"}, "letters"),
        ({"letters": ["7"]}, "letters"),
        ({"letters": [7]}, "letters"),
        ({"letters": ["1.0.0.0.0123456789abcdef.x"] * 501}, "letters"),
        ({"note": 3}, "note"),
        ({"note": "x" * 501}, "note"),
        ({"decision": "discard", "note": " "}, "note"),
        ({"by": "somebody else"}, "by"),
    ],
)
def test_a_decision_with_a_fault_is_refused_by_name_and_changes_nothing(
    server: WebServer, changes: dict[str, Any], field: str
) -> None:
    (letter_id,) = server.dead.seen(page(offer(1), BAD))
    answer = decide(server, {"letters": [letter_id], "decision": "retry", **changes})
    assert (answer.status, answer.json["field"]) == (400, field)
    assert server.dead.letter(letter_id)["state"] == "open"
    assert server.dead.publisher.messages == []


def test_a_form_of_another_site_decides_nothing(server: WebServer) -> None:
    (letter_id,) = server.dead.seen(page(offer(1), BAD))
    document = {"letters": [letter_id], "decision": "retry"}
    assert decide(server, document, Origin="http://evil.example").status == 403
    assert decide(server, document, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert decide(server, document, **{"Content-Type": "text/plain"}).status == 415
    assert server.dead.publisher.messages == []


def test_a_broker_that_is_away_is_said_and_the_letter_stays_open(server: WebServer) -> None:
    (letter_id,) = server.dead.seen(page(offer(1), BAD))
    server.dead.publisher.takes = 0
    answer = decide(server, {"letters": [letter_id], "decision": "retry"})
    assert (answer.status, answer.json["code"]) == (503, "broker_unavailable")
    assert server.dead.letter(letter_id)["state"] == "open"


@pytest.mark.parametrize(("path", "status"), [
    ("/api/v1/dead?state=held", 400), ("/api/v1/dead?other=1", 400), ("/api/v1/dead?before_id=7", 400),
    ("/api/v1/dead?after=then", 400), ("/api/v1/dead?limit=0", 400), ("/api/v1/dead/7", 400),
    ("/api/v1/dead/1.0.0.0.0123456789abcdef.listings", 404),
])  # fmt: skip
def test_what_cannot_be_answered_says_so(shared_server: WebServer, path: str, status: int) -> None:
    assert ask(shared_server, path).status == status
