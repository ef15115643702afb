"""The rights desk over HTTP: searched, read, changed, withdrawn; whose right it is; what is refused and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from dashboards.access.principal import LOCAL
from dashboards.access.roles import Role
from sinks.operational.audit_store import AuditQuery, AuditStore
from sinks.operational.rights_store import RightsStore
from tests.dashboards.desk import JSON, address, asked_by, history, put, send_pictures, withdraw
from tests.dashboards.photographed import PICTURE
from tests.dashboards.principals import principal
from tests.dashboards.service import RIGHTS, Answer, Stores, WebServer, ask, offer
from tests.streams.screened_pages import store_screened

NIKE: dict[str, Any] = {
    "right_id": "CN-TM/77",
    "kind": "trademark",
    "marks": ["NIKE"],
    "holder": {"id": "h1", "name": "Nike, Inc."},
}
HOLDER = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))
SHENZHEN = principal(Role.ENFORCEMENT, regions=("4403",))


@pytest.fixture
def server(own_rights: Stores) -> Iterator[WebServer]:
    """A web process over rights that the test may change."""
    server = WebServer(own_rights)
    server.start()
    yield server
    server.stop()


def listed(server: WebServer, query: str = "") -> list[str]:
    return [right["right_id"] for right in ask(server, f"/api/v1/rights?{query}").json["rights"]]


def test_a_right_is_put_read_changed_and_withdrawn_and_all_of_it_is_history(server: WebServer) -> None:
    added = put(server, NIKE, 0, "new client")
    assert (added.status, added.json["revision"]) == (200, 3)
    read = ask(server, address("CN-TM/77"))
    assert (read.json, read.headers["ETag"]) == (NIKE, '"3"')
    assert put(server, {**NIKE, "classes": ["25"]}, 3).json["revision"] == 4
    assert withdraw(server, "CN-TM/77", based_on=4, reason="the client left").json == {"revision": 5}
    assert ask(server, address("CN-TM/77")).status == 404
    kept = history(server, "CN-TM/77")
    assert (kept["revision"], kept["is_held"], kept["right"]["classes"], kept["next"]) == (5, False, ["25"], None)
    told = [(change["op"], change["by"], change["reason"], change["differences"]) for change in kept["changes"]]
    assert told == [
        ("withdraw", "local", "the client left", []),
        ("put", "local", "", [{"field": "classes", "added": ["25"], "removed": []}]),
        ("put", "local", "new client", []),
    ]
    assert put(server, NIKE, 5, "back again").status == 200


def test_rights_are_searched_and_a_change_is_found_at_once(server: WebServer) -> None:
    assert listed(server) == ["CN-TM-1001", "CN-TM-1002"]
    put(server, NIKE, 0)
    assert listed(server, "text=nike%20inc") == ["CN-TM/77"]
    assert listed(server, "holder=h1&kind=trademark&status=granted") == ["CN-TM-1001", "CN-TM/77"]
    first = ask(server, "/api/v1/rights?limit=1").json
    assert (first["next"], first["behind"]) == ("CN-TM-1001", 0)
    assert listed(server, "limit=1&after=CN-TM-1001") == ["CN-TM-1002"]
    withdraw(server, "CN-TM-1002", based_on=2, reason="over")
    assert listed(server, "withdrawn=true") == ["CN-TM-1002"]
    (card,) = ask(server, "/api/v1/rights?text=zephyra").json["rights"]
    assert card.pop("changed_at").startswith("20")
    assert card == {
        "right_id": "CN-TM-1001",
        "kind": "trademark",
        "office": "CN",
        "number": "1001",
        "title": None,
        "status": "granted",
        "status_as_of": "2026-11-01",
        "expires_on": "2036-03-01",
        "holder": {"id": "h1", "name": "Zephyr Sports Inc."},
        "marks": ["ZEPHYRA", "泽菲拉"],
        "pictures": 0,
        "picture": None,
        "revision": 1,
        "is_held": True,
        "changed_by": "import",
    }


def test_who_has_not_seen_the_latest_form_is_told_and_changes_nothing(server: WebServer, own_rights: Stores) -> None:
    store = RightsStore(own_rights.operational)
    store.apply([{"op": "put", "right": {**RIGHTS[1], "title": "imported meanwhile"}}])
    store.close()
    for answer in (
        put(server, {**RIGHTS[1], "title": "mine"}, 2),
        put(server, {**RIGHTS[1], "title": "mine"}, 0),
        withdraw(server, "CN-TM-1002", based_on=2, reason="over"),
    ):
        assert (answer.status, answer.json["code"], answer.json["revision"]) == (409, "stale", 3)
        assert "read it again" in answer.json["detail"]
    assert ask(server, address("CN-TM-1002")).json["title"] == "imported meanwhile"


def test_all_that_is_wrong_with_a_right_is_named_field_by_field(server: WebServer) -> None:
    wrong = {
        **NIKE,
        "kind": "recipe",
        "expires_on": "soon",
        "licensees": [{"seller_id": "s1"}, {"platforms": ["taobao"]}],
        "threshold": {"score": 2},
    }
    answer = put(server, wrong, 0)
    assert (answer.status, answer.json["code"], answer.json["field"]) == (400, "bad_parameter", "kind")
    assert {fault["field"] for fault in answer.json["errors"]} == {
        "kind",
        "expires_on",
        "licensees[1].seller_id",
        "threshold.score",
    }
    assert ask(server, address("CN-TM/77")).status == 404


@pytest.mark.parametrize(("right", "based_on", "field"), [
    ({**NIKE, "marks": []}, 0, "marks"),
    ({**NIKE, "right_id": "other"}, 0, "right_id"),
    ({**NIKE, "images": [{"path": "a.jpg"}]}, 0, "images[0]"),
    ({**NIKE, "images": [{"pdq": "0f" * 32}, {"pdq": "0f" * 32, "digest": "ab" * 32}]}, 0, "images[1]"),
    ([], 0, "right"),
    (NIKE, -1, "based_on"),
    (NIKE, None, "based_on"),
    (NIKE, True, "based_on"),
    (NIKE, 2**63, "based_on"),
])  # fmt: skip
def test_a_bad_change_is_refused_by_name(shared_server: WebServer, right: Any, based_on: Any, field: str) -> None:
    answer = put(shared_server, right, based_on, right_id="CN-TM/77")
    assert (answer.status, answer.json["field"]) == (400, field)
    assert answer.json["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(("path", "method", "status", "field"), [
    ("/api/v1/rights?kind=recipe", "GET", 400, "kind"),
    ("/api/v1/rights?status=held", "GET", 400, "status"),
    ("/api/v1/rights?limit=0", "GET", 400, "limit"),
    ("/api/v1/rights?limit=%D9%A3", "GET", 400, "limit"),
    ("/api/v1/rights?after=%00", "GET", 400, "after"),
    ("/api/v1/rights?other=1", "GET", 400, "other"),
    ("/api/v1/rights/CN-TM-1001/history?before=x", "GET", 400, "before"),
    ("/api/v1/rights/CN-TM-1001?based_on=1", "DELETE", 400, "reason"),
    ("/api/v1/rights/CN-TM-1001?reason=over", "DELETE", 400, "based_on"),
    ("/api/v1/rights/" + "x" * 501, "GET", 400, "right_id"),
    ("/api/v1/rights/unknown", "GET", 404, None),
    ("/api/v1/rights/unknown/history", "GET", 404, None),
    ("/api/v1/rights/unknown?based_on=0&reason=over", "DELETE", 404, None),
    ("/api/v1/rights/CN-TM-1001/pictures/" + "ab" * 32, "GET", 404, None),
    ("/api/v1/rights/CN-TM-1001/pictures/ab", "GET", 400, "digest"),
    ("/api/v1/rights/%00/history", "GET", 400, "right_id"),
])  # fmt: skip
def test_what_cannot_be_answered_says_so(
    shared_server: WebServer, path: str, method: str, status: int, field: str | None
) -> None:
    answer = ask(shared_server, path, method=method)
    assert (answer.status, answer.json.get("field")) == (status, field)


def test_hostile_texts_are_kept_and_searched_as_they_are(server: WebServer) -> None:
    hostile = {**NIKE, "right_id": "a/history", "title": "<script>x</script>' OR 1=1 --", "marks": ["\0%_", "\ufffd"]}
    assert put(server, hostile, 0).status == 200
    assert ask(server, address("a/history")).json == hostile
    assert listed(server, "text=%27%20OR%201%3D1") == ["a/history"]
    assert ask(server, "/api/v1/rights?text=%ED%A0%80%00").status < 500


def test_a_holder_sees_and_changes_own_rights_only_and_keeps_them(server: WebServer, own_rights: Stores) -> None:
    put(server, {**NIKE, "holder": {"id": "h2"}, "title": "of another"}, 0)
    put(server, NIKE, 3, "sold to h1")
    put(server, {**NIKE, "right_id": "other", "holder": {"id": "h2"}}, 0)
    with asked_by(own_rights, HOLDER) as own:
        assert listed(own) == ["CN-TM-1001", "CN-TM/77"]
        assert listed(own, "holder=h2") == []
        for path in (address("other"), address("other", "history"), address("CN-TM-1002")):
            assert ask(own, path).status == 404, path
        assert put(own, {**NIKE, "right_id": "other"}, 5).status == 404
        assert put(own, {**NIKE, "right_id": "other"}, 0).status == 404
        assert withdraw(own, "other", based_on=5, reason="mine").status == 404
        assert send_pictures(own, "other", ("picture", "a.jpg", PICTURE)).status == 404
        moved = put(own, {**NIKE, "holder": {"id": "h2"}}, 4)
        assert (moved.status, moved.json["field"]) == (400, "holder.id")
        assert put(own, {**NIKE, "right_id": "h1:new", "holder": {}}, 0).json["field"] == "holder.id"
        assert put(own, {**NIKE, "classes": ["25"]}, 4).status == 200
        told = [(change["reason"], change["differences"]) for change in history(own, "CN-TM/77")["changes"]]
        assert told == [("", [{"field": "classes", "added": ["25"], "removed": []}]), ("sold to h1", [])]
        assert withdraw(own, "CN-TM/77", based_on=6, reason="over").status == 200
        assert listed(own, "withdrawn=true") == ["CN-TM/77"]


def test_an_enforcement_body_sees_the_rights_that_its_alerts_are_about(server: WebServer, own_rights: Stores) -> None:
    own_rights.seen(offer(1, "ZEPHYRA running shoes", seller={"id": "s1", "region": "440305"}))
    with asked_by(own_rights, SHENZHEN) as own:
        assert listed(own) == ["CN-TM-1001"]
        assert ask(own, address("CN-TM-1001", "history")).status == 200
        assert put(own, RIGHTS[0], 1).status == 403
    with asked_by(own_rights, principal(Role.ENFORCEMENT, regions=("35",))) as other:
        assert listed(other) == []


def test_a_picture_is_kept_named_by_the_right_and_shown(server: WebServer) -> None:
    sent = send_pictures(server, "CN-D-1", ("picture", "../hid\u202eden/bridge.jpg", PICTURE))
    assert sent.status == 200
    (image,) = sent.json["images"]
    assert (image["path"], len(image["pdq"]), image["quality"]) == ("bridge.jpg", 64, 100)
    shown = address("CN-D-1", "pictures", image["digest"])
    assert ask(server, shown).status == 404
    put(server, {"right_id": "CN-D-1", "kind": "design", "images": [image]}, 0)
    jpeg = ask(server, shown)
    assert (jpeg.status, jpeg.headers["Content-Type"], jpeg.body[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert ask(server, address("CN-TM-1001", "pictures", image["digest"])).status == 404


def test_hostile_files_are_refused_by_name_and_none_is_kept(server: WebServer, own_rights: Stores) -> None:
    sent = send_pictures(
        server,
        "CN-D-1",
        ("picture", "good.jpg", PICTURE),
        ("picture", "page.jpg", b"<html><script>alert(1)</script>"),
        ("picture", "", PICTURE[:40]),
    )
    assert (sent.status, sent.json["code"]) == (422, "bad_pictures")
    assert [(fault["name"], fault["reason"]) for fault in sent.json["errors"]] == [
        ("page.jpg", "not_a_picture"),
        ("picture 3", "broken"),
    ]


@pytest.mark.parametrize(("files", "status", "field"), [
    ([("listing", "a", b"{}")], 422, "body"),
    ([("picture", "a", b"")] * 9, 422, "picture"),
    ([], 422, "picture"),
])  # fmt: skip
def test_other_parts_are_refused(
    shared_server: WebServer, files: list[tuple[str, str, bytes]], status: int, field: str
) -> None:
    answer = send_pictures(shared_server, "CN-D-1", *files)
    assert (answer.status, answer.json["field"]) == (status, field)


def test_a_page_of_another_site_changes_nothing(shared_server: WebServer) -> None:
    evil = {**JSON, "Origin": "http://evil.example"}
    for method in ("PUT", "DELETE"):
        assert ask(shared_server, address("CN-TM-1001"), method=method, body=b"{}", headers=evil).status == 403
    assert (
        ask(
            shared_server, address("CN-TM-1001"), method="PUT", body=b"{}", headers={"Content-Type": "text/plain"}
        ).status
        == 415
    )
    assert ask(shared_server, address("CN-TM-1001", "pictures"), method="POST", body=b"{}", headers=JSON).status == 415


def ask_preview(server: WebServer, right_id: str, right: Any) -> Answer:
    body = orjson.dumps({"right": right})
    return ask(server, address(right_id, "preview"), method="POST", body=body, headers=JSON)


def test_a_change_is_previewed_and_nothing_is_changed(server: WebServer, own_rights: Stores) -> None:
    offers = [offer(1, "ZEPHYRA shoes"), offer(2, "NIKE shoes", seller={"id": "s1", "region": "440305"})]
    pages = [own_rights.page(one, at=datetime.now(UTC) - timedelta(hours=1)) for one in offers]
    store_screened(own_rights.clickhouse, pages)
    told = ask_preview(server, "CN-TM-1001", {**RIGHTS[0], "marks": ["NIKE"]}).json
    assert (told["pages"], told["all_pages"], told["days"]) == (2, 2, 7)
    assert told["raised"] == told["silenced"] == {"count": 1, "low": 1, "high": 1}
    assert [alert["title"] for alert in told["raised_examples"]] == ["NIKE shoes"]
    assert [alert["title"] for alert in told["silenced_examples"]] == ["ZEPHYRA shoes"]
    withdrawn = ask_preview(server, "CN-TM-1001", None).json
    assert (withdrawn["raised"]["count"], withdrawn["silenced"]["count"]) == (0, 1)
    assert ask(server, address("CN-TM-1001")).json == RIGHTS[0]


def test_a_preview_of_another_s_right_or_of_nothing_is_404_and_a_fault_is_named(
    server: WebServer, own_rights: Stores
) -> None:
    assert ask_preview(server, "unknown", None).status == 404
    assert ask_preview(server, "unknown", {"kind": "recipe"}).json["field"] == "kind"
    with asked_by(own_rights, HOLDER) as own:
        assert ask_preview(own, "CN-TM-1002", NIKE).status == 404
        stolen = {**NIKE, "right_id": "h1:new", "holder": {"id": "h2"}}
        assert ask_preview(own, "h1:new", stolen).json["field"] == "holder.id"


def test_a_holder_makes_rights_under_its_own_ids_and_cannot_tell_which_others_are_taken(
    server: WebServer, own_rights: Stores
) -> None:
    assert put(server, {**NIKE, "right_id": "CN-TM-9", "holder": {"id": "h2"}}, 0).status == 200
    with asked_by(own_rights, HOLDER) as own:

        def told(right_id: str) -> list[tuple[int, bytes]]:
            right = {**NIKE, "right_id": right_id, "holder": {"id": "h1"}}
            answers = (
                put(own, right, 0),
                ask_preview(own, right_id, right),
                send_pictures(own, right_id, ("picture", "a.jpg", PICTURE)),
                withdraw(own, right_id, based_on=1, reason="mine"),
                ask(own, address(right_id)),
                ask(own, address(right_id, "history")),
            )
            return [(answer.status, answer.body.replace(right_id.encode(), b"ID")) for answer in answers]

        assert told("CN-TM-9") == told("CN-TM-8")
        refused = put(own, {**NIKE, "right_id": "CN-TM-8", "holder": {"id": "h1"}}, 0)
        assert (refused.status, refused.json["field"]) == (404, "right_id")
        assert "h1:CN-TM-8" in refused.json["detail"]
        assert put(own, {**NIKE, "right_id": "h1:CN-TM-8", "holder": {"id": "h1"}}, 0).status == 200
        assert "h1:CN-TM-8" in listed(own)


def test_what_is_changed_on_the_desk_is_written_down(server: WebServer, own_rights: Stores) -> None:
    put(server, NIKE, 0, "not for the log")
    send_pictures(server, "CN-TM/77", ("picture", "a.jpg", PICTURE))
    withdraw(server, "CN-TM/77", based_on=3, reason="over")
    with closing(AuditStore(own_rights.operational)) as audit:
        entries = audit.page(AuditQuery(limit=3))
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("right.withdraw", "CN-TM/77"),
        ("right.pictures", "CN-TM/77"),
        ("right.put", "CN-TM/77"),
    ]
    assert entries[2].detail == {"revision": 3, "based_on": 0}


def test_before_the_first_change_there_was_none(server: WebServer) -> None:
    assert ask(server, address("CN-TM-1001", "history?before=0")).json["changes"] == []


def test_a_page_of_a_regions_rights_tells_nothing_of_the_rights_between(own_rights: Stores) -> None:
    with asked_by(own_rights, LOCAL) as everybody:
        for right_id in ("A-1", "CN-TM-1001-B", "Z-9"):
            assert put(everybody, {**NIKE, "right_id": right_id}, 0).status == 200
    for right_id, title in (("CN-TM-1001", "ZEPHYRA shoes"), ("CN-TM-1002", "Quillon 高仿 A货 lamp")):
        alerts = own_rights.seen(offer(len(title), title, seller={"id": "s1", "region": "440305"}))
        assert {alert.right_id for alert in alerts} == {right_id}
    with asked_by(own_rights, SHENZHEN) as theirs:
        first = ask(theirs, "/api/v1/rights?limit=1").json
        assert ([card["right_id"] for card in first["rights"]], first["next"]) == (["CN-TM-1001"], "CN-TM-1001")
        second = ask(theirs, "/api/v1/rights?limit=1&after=CN-TM-1001").json
        assert ([card["right_id"] for card in second["rights"]], second["next"]) == (["CN-TM-1002"], None)
        searched = ask(theirs, "/api/v1/rights?limit=1&text=nike").json
        assert (searched["rights"], searched["next"]) == ([], None)
