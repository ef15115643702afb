"""The allow-list over HTTP: what is listed, decided and removed, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from sinks.operational.allow_store import AllowStore
from tests.dashboards.service import Answer, Stores, WebServer, ask, offer

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PDQ, OTHER = "0f" * 32, "f0" * 32
ALLOWED = {"pdq": PDQ, "state": "allowed", "note": "placeholder"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def allow(stores: Stores) -> Iterator[AllowStore]:
    store = AllowStore(stores.operational)
    for entry in store.entries():
        store.remove(entry["pdq"])
    yield store
    for entry in store.entries():
        store.remove(entry["pdq"])
    store.close()


def decide(server: WebServer, document: Any, **headers: str) -> Answer:
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    return ask(server, "/api/v1/allow", method="POST", body=body, headers={**JSON, **headers})


def remove(server: WebServer, pdq: str, **headers: str) -> Answer:
    return ask(server, f"/api/v1/allow/{pdq}", method="DELETE", headers=headers)


def flood(stores: Stores) -> dict[str, Any]:
    """A quarantine with one alert that fired."""
    (alert, *_) = stores.seen(offer(1, "replica ZEPHYRA bag"), live=False)
    fired = {"listings": 120, "sellers": 60, "holders": 1, "minutes": 60, "rights": ["CN-TM-1001"]}
    return {"pdq": PDQ, "distance": 10, "fired": {**fired, "alerts": [alert.alert_id]}}


def test_a_decision_is_listed_and_removed(server: WebServer, allow: AllowStore) -> None:
    answer = decide(server, ALLOWED)
    assert answer.status == 200
    entry = answer.json["allow"]
    assert (entry["state"], entry["by"], entry["note"], entry["distance"]) == ("allowed", "local", "placeholder", 10)
    assert ask(server, "/api/v1/allow").json == {"allow": [entry], "quarantined": 0}
    assert remove(server, PDQ).json["revision"] == answer.json["revision"] + 1
    assert ask(server, "/api/v1/allow").json["allow"] == []
    assert remove(server, PDQ).status == 404


def test_a_quarantine_shows_what_fired_and_can_be_released(
    server: WebServer, stores: Stores, allow: AllowStore
) -> None:
    quarantine = flood(stores)
    allow.quarantine([quarantine], NOW)
    allow.allow(OTHER, by="test", now=NOW)
    listed = ask(server, "/api/v1/allow?state=quarantined").json
    assert ([entry["pdq"] for entry in listed["allow"]], listed["quarantined"]) == ([PDQ], 1)
    detail = ask(server, f"/api/v1/allow/{PDQ.upper()}").json
    assert [alert["alert_id"] for alert in detail["alerts"]] == quarantine["fired"]["alerts"]
    assert decide(server, {"pdq": PDQ, "state": "released"}).json["allow"]["state"] == "released"
    assert ask(server, "/api/v1/allow").json["quarantined"] == 0


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"pdq": "0f", "state": "allowed"}, "pdq"),
        ({"state": "allowed"}, "pdq"),
        ({"pdq": PDQ, "state": "quarantined"}, "state"),
        ({"pdq": PDQ}, "state"),
        ({"pdq": PDQ, "state": "allowed", "distance": 32}, "distance"),
        ({"pdq": PDQ, "state": "allowed", "note": "x" * 501}, "note"),
        ({"pdq": PDQ, "state": "allowed", "note": 3}, "note"),
        ({"pdq": PDQ, "state": "allowed", "fired": {}}, "fired"),
        ([], "body"),
        (b"{", "body"),
    ],
)
def test_a_decision_with_a_fault_is_refused_by_name_and_changes_nothing(
    server: WebServer, allow: AllowStore, document: Any, field: str
) -> None:
    answer = decide(server, document)
    assert (answer.status, answer.json["code"], answer.json["field"]) == (400, "bad_parameter", field)
    assert allow.entries() == []


def test_a_form_of_another_site_decides_nothing(server: WebServer, allow: AllowStore) -> None:
    assert decide(server, ALLOWED, Origin="http://evil.example").status == 403
    assert decide(server, ALLOWED, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert decide(server, ALLOWED, **{"Content-Type": "text/plain"}).status == 415
    allow.allow(PDQ, by="test", now=NOW)
    assert remove(server, PDQ, Origin="http://evil.example").status == 403
    assert len(allow.entries()) == 1


@pytest.mark.parametrize(("path", "status"), [
    ("/api/v1/allow?state=held", 400), ("/api/v1/allow?other=1", 400),
    ("/api/v1/allow/0f", 400), (f"/api/v1/allow/{PDQ}", 404),
])  # fmt: skip
def test_what_cannot_be_answered_says_so(server: WebServer, allow: AllowStore, path: str, status: int) -> None:
    assert ask(server, path).status == status
