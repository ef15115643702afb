"""Who did what on the pages and the API is written down: ids and codes, and no text of a stranger."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import orjson

from dashboards.access.audit import MOST_NAMED, MOST_TEXT, shortened
from sinks.operational.audit_store import MOST_DETAIL_BYTES, AuditEntry, AuditQuery, AuditStore
from tests.dashboards.service import Stores, WebServer, ask

PDQ = "0f" * 32
JSON = {"Content-Type": "application/json"}


def newest(stores: Stores) -> AuditEntry:
    with closing(AuditStore(stores.operational)) as audit:
        return audit.page(AuditQuery(limit=1))[0]


def test_a_decision_about_a_picture_is_written_down_without_its_note(stores: Stores, server: WebServer) -> None:
    body = orjson.dumps({"pdq": PDQ, "state": "allowed", "note": "their secret"})
    revision = ask(server, "/api/v1/allow", method="POST", body=body, headers=JSON).json["revision"]
    entry = newest(stores)
    assert (entry.by_name, entry.action, entry.subject) == ("local", "allow.allowed", PDQ)
    assert entry.detail == {"revision": revision, "distance": None}
    removed = ask(server, f"/api/v1/allow/{PDQ}", method="DELETE").json["revision"]
    assert (newest(stores).action, newest(stores).detail) == ("allow.remove", {"revision": removed})


def test_what_is_refused_is_no_act(stores: Stores, server: WebServer) -> None:
    body = orjson.dumps({"pdq": PDQ, "state": "quarantined"})
    with closing(AuditStore(stores.operational)) as audit:
        before = audit.verify()
        assert ask(server, "/api/v1/allow", method="POST", body=body, headers=JSON).status == 400
        assert ask(server, f"/api/v1/allow/{'00' * 32}", method="DELETE").status == 404
        assert audit.verify() == before


def test_a_detail_is_cut_to_what_an_entry_holds() -> None:
    shown = shortened({"ids": [str(n) for n in range(500)], "name": "x" * 5_000, "n": 3})
    assert (len(shown["ids"]), shown["ids_count"]) == (MOST_NAMED, 500)
    assert len(shown["name"]) == MOST_TEXT + 1
    assert shown["n"] == 3


def test_however_much_an_act_names_it_fits_into_an_entry() -> None:
    most = {"holders": ["权" * 190] * 100, "regions": ["\x01" * 200] * 100, "roles": ["operator"]}
    shown = shortened(most)
    assert len(orjson.dumps(shown)) <= MOST_DETAIL_BYTES
    assert (shown["holders_count"], shown["holders"][0][:5], shown["roles"]) == (100, "权" * 5, ["operator"])
    assert shortened({f"{n:x<3000}": n for n in range(3)}) == {"cut": True}


def test_the_log_is_read_page_by_page_and_by_who_and_what(stores: Stores, server: WebServer) -> None:
    with closing(AuditStore(stores.operational)) as audit:
        for number in range(3):
            audit.append(
                by_id="a7", by_name="Lin", action="verdict.give", subject=f"g{number}", detail={}, now=datetime.now(UTC)
            )
    page = ask(server, "/api/v1/audit?by=Lin&action=verdict&limit=2").json
    rest = ask(server, f"/api/v1/audit?by=a7&limit=2&before_sequence={page['next']['before_sequence']}").json
    assert [entry["subject"] for entry in page["entries"]] == ["g2", "g1"]
    assert rest["entries"][0]["subject"] == "g0"
    refused = ask(server, "/api/v1/audit?before_sequence=x")
    assert (refused.status, refused.json["field"]) == (400, "before_sequence")
