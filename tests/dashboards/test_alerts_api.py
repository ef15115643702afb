"""The alerts as the API answers them, over the real store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.dashboards.service import Stores, WebServer, ask, offer

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def test_alerts_come_newest_first_in_pages_that_join_without_gap_or_repeat(stores: Stores, server: WebServer) -> None:
    expected = []
    for minute in range(4):
        listings = [offer(10 * minute + n, f"replica ZEPHYRA shoe {n}") for n in range(3)]
        expected += [alert.alert_id for alert in stores.seen(*listings, at=START + timedelta(minutes=minute))]
    found: list[str] = []
    times: list[str] = []
    path = "/api/v1/alerts?limit=5"
    while True:
        page = ask(server, path).json
        found += [alert["alert_id"] for alert in page["alerts"]]
        times += [alert["observed_at"] for alert in page["alerts"]]
        if page["next"] is None:
            break
        path = "/api/v1/alerts?limit=5&before={before}&before_id={before_id}".format(**page["next"])
    assert sorted(found) == sorted(expected)
    assert times == sorted(times, reverse=True)
    assert page["rights"]["CN-TM-1001"]["holder"] == "Zephyr Sports Inc."


def test_filters_apply(stores: Stores, server: WebServer) -> None:
    stores.seen(
        offer(1, "replica ZEPHYRA shoe", seller={"id": "s1", "name": "Blue Shop"}),
        offer(2, "replica Quillon pen"),
        offer(3, "Z E P H Y R A cap", platform="jd"),
    )

    def ids(query: str) -> set[str]:
        return {alert["listing_id"] for alert in ask(server, f"/api/v1/alerts?{query}").json["alerts"]}

    assert ids("") == {"L1", "L2", "L3"}
    assert ids("right_id=CN-TM-1002") == {"L2"}
    assert ids("platform=jd") == {"L3"}
    assert ids("text=blue%20shop") == {"L1"}
    assert ids("detector=coded_fake") == {"L1", "L2"}
    assert ids("detector=logo") == set()


def test_the_sample_of_what_was_screened_can_be_paged_and_filtered(stores: Stores, server: WebServer) -> None:
    for minute in range(3):
        stores.sampled(offer(minute, f"Quillon pen {minute}"), at=START + timedelta(minutes=minute))
    page = ask(server, "/api/v1/screened?limit=2").json
    assert [match["listing_id"] for match in page["screened"]] == ["L2", "L1"]
    assert {match["screened"] for match in page["screened"]} == {"mention"}
    assert page["rights"]["CN-TM-1002"]["number"] == "1002"
    rest = ask(server, "/api/v1/screened?limit=2&before={before}&before_id={before_id}".format(**page["next"])).json
    assert [match["listing_id"] for match in rest["screened"]] == ["L0"]
    assert rest["next"] is None
    assert ask(server, "/api/v1/screened?screened=resale").json["screened"] == []
    assert ask(server, "/api/v1/screened?tier=low").status == 400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=9999999", "limit"),
        ("limit=%D9%A3", "limit"),
        ("tier=huge", "tier"),
        ("detector=%00", "detector"),
        ("before=2026-11-21T10:00:00Z", "before_id"),
        ("before=yesterday&before_id=x", "before"),
        ("after=9999-12-31T23:59:59Z", "after"),
        ("after=0001-01-01", "after"),
        ("group_id=1", "group_id"),
        ("text=" + "x" * 201, "text"),
        ("text=a%00b", "text"),
        ("colour=red", "colour"),
    ],
)
def test_a_bad_parameter_is_named_with_its_remedy(shared_server: WebServer, query: str, field: str) -> None:
    answer = ask(shared_server, f"/api/v1/alerts?{query}")
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["field"] == field
    assert answer.json["detail"].startswith(f"{field}: ")


def test_hostile_addresses_are_never_our_fault(shared_server: WebServer) -> None:
    for path in (
        "/api/v1/alerts?text=%ED%A0%80",
        "/api/v1/alerts?text=%FF%FE&platform=%ED%B0%80",
        "/api/v1/alerts?right_id=%27%20OR%201%3D1--",
        "/api/v1/alerts?text=%7Bid:UUID%7D%25_%5C",
        "/api/v1/alerts/" + "9" * 5000,
        "/api/v1/alerts/%00",
        "/api/v1/rights/%F0%9F%98%80%ED%A0%80",
        "/api/v1/rights/" + "x" * 600,
        "/alerts/<script>alert(1)</script>".replace("<", "%3C").replace(">", "%3E"),
        "/" + "a/" * 500,
    ):
        assert ask(shared_server, path).status < 500, path
    assert ask(shared_server, "/api/v1/alerts", method="DELETE").status == 405


def test_one_alert_comes_with_the_listing_as_it_was_seen(stores: Stores, server: WebServer) -> None:
    listing = offer(
        5,
        "🎒🎒 replica ZEPHYRA bag",
        description="ZEPHYRA 高仿",
        price="99.00",
        currency="CNY",
        attributes={"品牌": "ZEPHYRA"},
        seller={"id": "s9", "name": "Shop\u202e9"},
        mystery={"deep": [1, 2, {"a": "b"}]},
    )
    alerts = stores.seen(offer(4, "plain socks"), listing)
    one, other = alerts
    detail = ask(server, f"/api/v1/alerts/{one.alert_id}").json
    assert detail["alert"]["alert_id"] == one.alert_id
    assert detail["listing"]["description"] == "ZEPHYRA 高仿"
    assert detail["listing"]["other"] == {"mystery": '{"deep":[1,2,{"a":"b"}]}'}
    assert detail["page"]["line"] == 2
    assert (detail["page"]["topic"], detail["page"]["partition"], detail["page"]["offset"]) == ("listings", 0, 7)
    assert detail["page"]["digest"] == detail["alert"]["page"]
    assert detail["right"]["holder"]["name"] == "Zephyr Sports Inc."
    assert [alert["alert_id"] for alert in detail["group"]] == [other.alert_id]
    for reason in detail["alert"]["reasons"]:
        field = reason["field"]
        text = detail["listing"]["attributes"]["品牌"] if field.startswith("attributes") else detail["listing"][field]
        assert text[reason["start"] : reason["end"]] == reason["text"]


def test_what_is_not_there_is_404(shared_server: WebServer) -> None:
    assert ask(shared_server, "/api/v1/alerts/123e4567-e89b-12d3-a456-426614174000").status == 404
    assert ask(shared_server, "/api/v1/rights/CN-TM-0").status == 404
    assert ask(shared_server, "/nothing").json["code"] == "not_found"
    assert ask(shared_server, "/api/v1/rights/CN-TM-1001").json["marks"] == ["ZEPHYRA", "泽菲拉"]
