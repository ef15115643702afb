"""The queue over HTTP: what waits to be judged, in which order, of which causes, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboards.access.roles import Role
from detectors.records import timestamp_text
from sinks.clickhouse.queue_query import QueueQuery
from sinks.clickhouse.reader import AlertReader
from tests.dashboards.judging import ANN, BOB, GUILTY, get, groups, moved, post, served
from tests.dashboards.principals import principal
from tests.dashboards.service import Stores, WebServer, ask, offer

NOW = datetime.now(UTC)


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def test_a_group_stands_once_with_its_newest_alert_and_how_many_there_are(server: WebServer, stores: Stores) -> None:
    stores.seen(offer(1, "ZEPHYRA shoes"), at=hours_ago(2))
    (newest,) = stores.seen(offer(1, "ZEPHYRA shoes, now red"), at=hours_ago(1))
    page = get(server, "queue")
    (item,) = page["items"]
    assert (item["alert"]["alert_id"], item["alerts"], item["group_id"]) == (newest.alert_id, 2, newest.group_id)
    assert item["first_seen"] < item["last_seen"] == newest.observed_at
    assert (item["triage"]["state"], item["triage"]["version"]) == ("open", 0)
    assert page["rights"]["CN-TM-1001"]["mark"] == "ZEPHYRA"
    assert (page["next"], page["counts"]["open"]) == (None, 1)


def test_the_same_alert_stored_again_is_no_second_alert(server: WebServer, stores: Stores) -> None:
    for _ in range(2):
        stores.seen(offer(1, "ZEPHYRA shoes", listed_at=timestamp_text(NOW)), at=NOW)
    assert [item["alerts"] for item in get(server, "queue")["items"]] == [1]


def test_the_urgent_come_by_tier_and_deadline_after_ones_own_claims(server: WebServer, stores: Stores) -> None:
    stores.seen(offer(1, "ZEPHYRA shoes"), at=hours_ago(30))
    stores.seen(offer(2, "ZEPHYRA 1:1 replica, best copy, contact WeChat"), at=hours_ago(1))
    stores.seen(offer(3, "ZEPHYRA 1:1 replica, older, contact WeChat"), at=hours_ago(2))
    listed = get(server, "queue")["items"]
    assert len({item["tier"] for item in listed}) > 1
    order = [(["high", "medium", "low"].index(item["tier"]), item["first_seen"]) for item in listed]
    assert order == sorted(order)
    last = listed[-1]
    post(server, "queue/claim", group_ids=[last["group_id"]])
    assert get(server, "queue")["items"][0]["group_id"] == last["group_id"]


def test_a_group_is_due_by_its_tier(server: WebServer, stores: Stores) -> None:
    (alert,) = stores.seen(offer(1, "ZEPHYRA shoes"), at=hours_ago(2))
    (item,) = get(server, "queue")["items"]
    due, seen = (datetime.fromisoformat(text) for text in (item["triage"]["due_at"], item["first_seen"]))
    assert due - seen == timedelta(hours={"high": 4, "medium": 24, "low": 72}[alert.tier])


@pytest.mark.parametrize("sort", ["urgent", "newest"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(server: WebServer, stores: Stores, sort: str) -> None:
    for number in range(7):
        stores.seen(offer(number, f"ZEPHYRA shoes {number}"), at=hours_ago(number % 3 + 1))
    found: list[str] = []
    after = ""
    while True:
        page = get(server, f"queue?limit=2&sort={sort}{after}")
        found += [item["group_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == [item["group_id"] for item in get(server, f"queue?sort={sort}")["items"]]
    assert len(set(found)) == 7


def test_filters_choose_groups(server: WebServer, stores: Stores) -> None:
    stores.seen(offer(1, "ZEPHYRA red shoes", seller={"id": "s1", "name": "Red Shop"}))
    stores.seen(offer(2, "ZEPHYRA blue shoes", seller={"id": "s2", "name": "Blue Shop"}, platform="jd"))
    tier = get(server, "queue")["items"][0]["tier"]
    for query in (
        "text=red",
        "seller=taobao:s1",
        "platform=taobao",
        "text=RED+shop",
        "cause_by=seller&cause=taobao:s1",
    ):
        assert groups(server, query) == ["ZEPHYRA red shoes"], query
    for query in ("right_id=CN-TM-1001", "detector=mark", f"tier={tier}"):
        assert len(groups(server, query)) == 2, query
    for query in ("right_id=CN-TM-1002", "detector=logo", "seller=jd:s1", "text=green"):
        assert groups(server, query) == [], query


def test_groups_of_one_cause_stand_together(server: WebServer, stores: Stores) -> None:
    for number in range(3):
        stores.seen(
            offer(number, f"ZEPHYRA shoes {number}", seller={"id": "s1", "name": "One"}), at=hours_ago(number + 1)
        )
    stores.seen(offer(9, "ZEPHYRA hat", seller={"id": "s2", "name": "Two"}))
    by_seller = get(server, "queue/causes?by=seller")["causes"]
    assert [(one["cause"], one["label"], one["groups"], one["alerts"]) for one in by_seller] == [
        ("taobao:s1", "One", 3, 3),
        ("taobao:s2", "Two", 1, 1),
    ]
    assert by_seller[0]["first_seen"] < by_seller[0]["last_seen"]
    assert [one["cause"] for one in get(server, "queue/causes?by=right")["causes"]] == ["CN-TM-1001"]
    same = get(server, "queue/causes?by=fingerprint")["causes"][0]
    assert same["groups"] == 3, "titles that differ in their numbers have one fingerprint"
    assert len(groups(server, f"cause_by=fingerprint&cause={same['cause']}")) == 3


def test_each_list_has_its_groups_and_its_count(stores: Stores) -> None:
    alerts = [stores.seen(offer(number, f"ZEPHYRA {name}"))[0] for number, name in enumerate(("a", "b", "c", "d"))]
    with served(stores, ANN, BOB) as (ann, bob):
        post(ann, "queue/claim", group_ids=[alerts[0].group_id])
        post(ann, "verdicts", group_ids=[alerts[1].group_id], **GUILTY)
        post(ann, f"groups/{alerts[2].group_id}/ask_expert", note="?")
        lists = {name: groups(ann, f"state={name}") for name in ("open", "mine", "expert", "closed", "review")}
        assert lists == {
            "open": ["ZEPHYRA a", "ZEPHYRA d"],
            "mine": ["ZEPHYRA a"],
            "expert": ["ZEPHYRA c"],
            "closed": ["ZEPHYRA b"],
            "review": [],
        }
        counts = get(ann, "queue")["counts"]
        assert counts == {"open": 2, "mine": 1, "review": 0, "expert": 1, "shelved": 0}
        assert groups(bob, "state=mine") == []
        claimed = {item["alert"]["title"]: item["triage"]["claimed_by"] for item in get(bob, "queue")["items"]}
        assert claimed == {"ZEPHYRA a": "ann", "ZEPHYRA d": None}


def test_what_is_measured_of_the_queue_is_all_of_it(stores: Stores) -> None:
    stores.seen(*[offer(number, "ZEPHYRA shoes") for number in range(3)])
    with served(stores, ANN, principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))) as (everything, part):
        for who in (everything, part):
            assert get(who, "queue")["flood"]["new_in_10_min"] == 3
        measured = [who.registry.get_sample_value("rightswatch_queue_new_groups") for who in (everything, part)]
    assert measured == [3, 0]


def test_a_flood_is_more_new_groups_than_the_people_at_work_can_judge(server: WebServer, stores: Stores) -> None:
    stores.seen(*(offer(number, f"ZEPHYRA {number}") for number in range(10)))
    stores.seen(offer(99, "ZEPHYRA old"), at=hours_ago(1))
    assert get(server, "queue")["flood"] == {"is_flood": False, "new_in_10_min": 10}
    (last,) = stores.seen(offer(10, "ZEPHYRA 10"))
    post(server, "verdicts", group_ids=[last.group_id], **GUILTY)
    assert get(server, "queue")["flood"] == {"is_flood": True, "new_in_10_min": 11}


def test_what_is_older_than_the_horizon_is_not_in_the_queue_but_still_a_group(
    server: WebServer, stores: Stores
) -> None:
    (old,) = stores.seen(offer(1, "ZEPHYRA shoes"), at=hours_ago(31 * 24))
    assert groups(server) == []
    assert get(server, f"groups/{old.group_id}")["alerts"] == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=judged", "state"),
        ("sort=oldest", "sort"),
        ("tier=top", "tier"),
        ("limit=0", "limit"),
        ("cause=x", "cause_by"),
        ("by=seller", "by"),
        ("seller=" + "x" * 901, "seller"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(shared_server: WebServer, query: str, field: str) -> None:
    answer = ask(shared_server, f"/api/v1/queue?{query}")
    assert (answer.status, answer.json["field"]) == (400, field)


@pytest.mark.parametrize(
    "after", ["x", "n.1.123e4567-e89b-12d3-a456-426614174000", "u.0.0.1.------------------------------------"]
)
def test_a_place_of_another_order_is_refused(shared_server: WebServer, after: str) -> None:
    answer = ask(shared_server, f"/api/v1/queue?sort=urgent&after={after}")
    assert (answer.status, answer.json["code"]) == (400, "refused")


def test_causes_need_to_know_of_what(shared_server: WebServer) -> None:
    assert ask(shared_server, "/api/v1/queue/causes").json["field"] == "by"


def saved(server: WebServer, name: str, method: str, body: bytes | None = None) -> Any:
    headers = {"Content-Type": "application/json"}
    return ask(server, f"/api/v1/views/{name}", method=method, body=body, headers=headers)


def test_views_are_kept_for_each_account(stores: Stores) -> None:
    with served(stores, ANN, BOB) as (ann, bob):
        assert saved(ann, "high%20only", "PUT", b'{"query":"tier=high"}').status == 200
        assert get(ann, "views") == {"views": [{"name": "high only", "query": "tier=high"}]}
        assert get(bob, "views") == {"views": []}
        assert saved(bob, "high%20only", "DELETE").status == 404
        assert saved(ann, "high%20only", "DELETE").status == 200
        assert get(ann, "views") == {"views": []}


def test_the_answer_is_the_same_once_clickhouse_has_the_states(server: WebServer, stores: Stores) -> None:
    alerts = [stores.seen(offer(number, f"ZEPHYRA {name}"))[0] for number, name in enumerate("abc")]
    ids = [alert.group_id for alert in alerts]
    later = datetime.now(UTC) + timedelta(hours=1)
    post(server, "verdicts", group_ids=ids[:1], **GUILTY)
    post(server, "queue/shelve", group_ids=ids[1:2], until=timestamp_text(later), note="x")

    def lists() -> dict[str, list[str]]:
        return {name: groups(server, f"state={name}") for name in ("open", "closed", "shelved")}

    before, counts = lists(), get(server, "queue")["counts"]
    assert before == {"open": ["ZEPHYRA c"], "closed": ["ZEPHYRA a"], "shelved": ["ZEPHYRA b"]}
    moved(stores)
    assert lists() == before
    assert get(server, "queue")["counts"] == counts
    with AlertReader(stores.clickhouse) as reader:
        page = reader.queue(QueueQuery(since=hours_ago(1), now=later))
        assert [group.alert["title"] for group in page.groups] == ["ZEPHYRA b", "ZEPHYRA c"], "its time is over"
    post(server, f"groups/{ids[0]}/undo", version=1)
    assert lists() == {"open": ["ZEPHYRA a", "ZEPHYRA c"], "closed": [], "shelved": ["ZEPHYRA b"]}
