"""`POST /api/v1/check`: the same pipeline, and an answer to anything that is thrown at it."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from tests.dashboards.service import Stores, WebServer, ask, offer, post_check


def test_a_listing_is_screened_as_in_the_stream(stores: Stores, server: WebServer) -> None:
    listing = offer(1, "replica ZEPHYRA shoe 高仿", seller={"id": "s1"})
    answer = post_check(server, orjson.dumps(listing))
    assert answer.status == 200
    assert {alert["alert_id"] for alert in answer.json["alerts"]} == {a.alert_id for a in stores.screen(listing).alerts}
    assert answer.json["revision"] == stores.watchlist.revision
    assert answer.json["defaults"] == {}
    assert answer.json["dead_letters"] == []
    assert answer.json["rights"]["CN-TM-1001"]["holder"] == "Zephyr Sports Inc."


def test_what_was_screened_comes_with_the_reason(shared_server: WebServer) -> None:
    answer = post_check(shared_server, b'{"title":"Quillon fountain pen, blue"}').json
    assert answer["alerts"] == []
    assert [(match["screened"], match["right_id"]) for match in answer["screened"]] == [("mention", "CN-TM-1002")]


def test_ids_may_be_left_out_and_the_answer_says_so(shared_server: WebServer) -> None:
    for body in (
        b'{"title":"replica ZEPHYRA"}',
        b'{"title":"replica ZEPHYRA","platform":null}',
        b'{\n "title":\r\n "replica ZEPHYRA"\n}',
    ):
        answer = post_check(shared_server, body)
        assert answer.json["defaults"] == {"platform": "check", "listing_id": "check"}, body
        assert answer.json["alerts"][0]["platform"] == "check"
    answer = post_check(shared_server, b'{"title":"replica ZEPHYRA","platform":"jd"}')
    assert answer.json["defaults"] == {"listing_id": "check"}
    assert answer.json["alerts"][0]["platform"] == "jd"


@pytest.mark.parametrize(
    "body",
    [
        b'{"title":"replica ZEPHYRA","price":NaN}',
        b'{"title":"replica ZEPHYRA \\ud800"}',
        b'{"title":"replica ZEPHYRA \\u0000 shoe"}',
        b'{"title":"replica ZEPHYRA","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"title":"replica ZEPHYRA","x":' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"title":"replica ZEPHYRA","n":' + b"9" * 5_000 + b"}",
        b'\xef\xbb\xbf{"title":"replica ZEPHYRA"}',
        b'{"title":"replica ZEPHYRA \xff\xfe"}',
        b'{"title":"replica ZEPHYRA"',
        b'{"title":"replica ZEPHYRA ' + b"x" * 900_000 + b'"}',
    ],
)
def test_hostile_listings_are_recovered_and_screened(shared_server: WebServer, body: bytes) -> None:
    answer = post_check(shared_server, body)
    assert answer.status == 200, answer.body[:300]
    assert answer.json["alerts"], answer.json


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"   ", "not_json"),
        (b"hello", "not_json"),
        (b"[1,2]", "not_an_object"),
        (b"3", "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "no_title"),
        (b'{"title":""}', "no_title"),
        (b'{"title":null,"price":1}', "no_title"),
        (b"\x00\x01\x02", "not_json"),
    ],
)
def test_what_is_no_listing_is_422_and_says_what_to_do(shared_server: WebServer, body: bytes, code: str) -> None:
    answer = post_check(shared_server, body)
    assert answer.status == 422, answer.body
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["code"] == code
    assert answer.json["field"] in answer.json["detail"]


def test_the_wrong_type_or_size_is_refused(shared_server: WebServer) -> None:
    assert (
        post_check(shared_server, b"title=x", headers={"Content-Type": "application/x-www-form-urlencoded"}).status
        == 415
    )
    assert post_check(shared_server, b"{}", headers={"Content-Type": "text/plain"}).status == 415
    assert post_check(shared_server, b"{}", headers={"Content-Type": "application/json; charset=utf-16"}).status == 415
    too_large = post_check(shared_server, b'{"title":"' + b"x" * (1024 * 1024) + b'"}')
    assert (too_large.status, too_large.json["field"]) == (413, "body")
    assert ask(shared_server, "/api/v1/check").status == 405


def test_nothing_is_checked_before_the_watchlist_is_loaded(server: WebServer) -> None:
    server.readiness = replace(server.readiness, loaded=False, detail="watchlist: 40 % read")
    answer = post_check(server, b'{"title":"replica ZEPHYRA"}')
    assert answer.status == 503
    assert "40 % read" in answer.json["detail"]
    assert answer.headers["Retry-After"]
    ready = ask(server, "/readyz")
    assert (ready.status, ready.json["detail"]) == (503, "watchlist: 40 % read")
    assert ask(server, "/livez").status == 200
