"""Judging over HTTP: claims, verdicts, reviews, opinions, shelves and undo, by people of each role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboards.access.roles import Role
from detectors.records import timestamp_text
from tests.dashboards.judging import (
    ALL_REVIEWED,
    ANN,
    BOB,
    EXPERT,
    GUILTY,
    INNOCENT,
    REVIEWER,
    get,
    groups,
    post,
    served,
)
from tests.dashboards.principals import principal
from tests.dashboards.service import Stores, WebServer, ask, offer

HOLDER = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h9"}))
IN_GUANGDONG = principal(Role.ENFORCEMENT, regions=("44",))
NOBODY = "123e4567-e89b-12d3-a456-426614174000"


def in_hours(hours: float) -> str:
    return timestamp_text(datetime.now(UTC) + timedelta(hours=hours))


@pytest.fixture
def alert(stores: Stores) -> Any:
    (alert,) = stores.seen(offer(1, "ZEPHYRA shoes", seller={"id": "s1", "name": "One"}))
    return alert


def test_a_verdict_closes_its_group_and_pins_the_alert_that_was_looked_at(
    server: WebServer, stores: Stores, alert: Any
) -> None:
    (edited,) = stores.seen(offer(1, "ZEPHYRA shoes, edited", seller={"id": "s1", "name": "One"}))
    given = post(
        server,
        "verdicts",
        group_ids=[alert.group_id],
        alerts={alert.group_id: alert.alert_id},
        versions={alert.group_id: 0},
        **GUILTY,
    )
    (state,) = given.json["given"]
    assert (state["group_id"], state["state"], state["version"]) == (edited.group_id, "closed", 1)
    assert state["undo_until"] > timestamp_text(datetime.now(UTC))
    (event,) = get(server, f"groups/{alert.group_id}")["history"]
    assert (event["alert_id"], event["listing_digest"]) == (alert.alert_id, alert.listing_digest)
    assert (event["score"], event["detector"], event["tier"]) == (alert.score, alert.detector, alert.tier)


def test_new_alerts_of_a_closed_group_stay_closed_with_its_verdict(
    server: WebServer, stores: Stores, alert: Any
) -> None:
    post(server, f"alerts/{alert.alert_id}/verdict", **GUILTY)
    (later,) = stores.seen(offer(1, "ZEPHYRA shoes, edited", seller={"id": "s1", "name": "One"}))
    assert groups(server) == []
    carried = get(server, f"alerts/{later.alert_id}")["triage"]
    assert (carried["state"], carried["verdict"], carried["judged_by"]) == ("closed", "infringing", "local")


def test_of_many_groups_each_verdict_pins_the_alert_that_was_looked_at(server: WebServer, stores: Stores) -> None:
    looked_at = [stores.seen(offer(number, f"ZEPHYRA {number}"))[0] for number in range(2)]
    stores.seen(offer(0, "ZEPHYRA 0, edited meanwhile"))
    alerts = {alert.group_id: alert.alert_id for alert in looked_at}
    answer = post(server, "verdicts", group_ids=list(alerts), alerts=alerts, **GUILTY).json
    assert len(answer["given"]) == 2
    pinned = {group_id: get(server, f"groups/{group_id}")["history"][0]["alert_id"] for group_id in alerts}
    assert pinned == alerts


def test_an_outsider_is_shown_what_became_of_a_group_and_not_who_decided_or_noted_what(stores: Stores) -> None:
    (alert,) = stores.seen(offer(1, "ZEPHYRA shoes", seller={"id": "s1", "region": "440305"}))
    with served(stores, ANN, IN_GUANGDONG) as (ann, body):
        post(ann, f"alerts/{alert.alert_id}/verdict", **GUILTY, note="as last week")
        inside, outside = (get(one, f"groups/{alert.group_id}") for one in (ann, body))
        (listed,) = get(body, "queue?state=closed")["items"]
        told = get(body, f"alerts/{alert.alert_id}")["triage"]
    assert (inside["triage"]["judged_by"], inside["triage"]["note"]) == ("ann", "as last week")
    assert (inside["history"][0]["by"], inside["history"][0]["note"]) == ("ann", "as last week")
    assert (outside["history"][0]["by"], outside["history"][0]["note"]) == ("", "")
    for shown in (outside["triage"], listed["triage"], told):
        assert (shown["verdict"], shown["judged_by"], shown["note"]) == ("infringing", None, None)


def test_many_groups_are_judged_at_once_and_each_refusal_is_told(stores: Stores) -> None:
    alerts = [stores.seen(offer(number, f"ZEPHYRA {number}"))[0] for number in range(3)]
    ids = [alert.group_id for alert in alerts]
    with served(stores, ANN, BOB) as (ann, bob):
        post(bob, "queue/claim", group_ids=ids[:1])
        answer = post(ann, "verdicts", group_ids=[*ids, NOBODY], versions={ids[1]: 5}, **INNOCENT).json
        assert [one["group_id"] for one in answer["given"]] == [ids[2]]
        refused = {one["group_id"]: (one["code"], one["by"]) for one in answer["refused"]}
        assert refused == {ids[0]: ("claimed", "bob"), ids[1]: ("stale", None), NOBODY: ("not_found", None)}


def test_a_stale_version_is_a_conflict_with_the_state_that_holds(stores: Stores, alert: Any) -> None:
    with served(stores, ANN, BOB) as (ann, bob):
        post(ann, f"alerts/{alert.alert_id}/verdict", version=0, **GUILTY)
        answer = post(bob, f"alerts/{alert.alert_id}/verdict", version=0, **INNOCENT)
    assert (answer.status, answer.json["code"]) == (409, "stale")
    assert (answer.json["state"]["version"], answer.json["state"]["judged_by"]) == (1, "ann")


def test_who_asks_for_the_next_group_gets_one_that_nobody_works_on(stores: Stores) -> None:
    for number in range(3):
        stores.seen(offer(number, f"ZEPHYRA {number}"))
    with served(stores, ANN, BOB) as (ann, bob):
        taken = [post(who, "queue/claim", next=True).json["claimed"] for who in (ann, bob, ann, bob)]
        assert [len(one) for one in taken] == [1, 1, 1, 0]
        assert len({one["group_id"] for claimed in taken for one in claimed}) == 3
        mine = groups(ann, "state=mine")
        released = post(ann, "queue/release", group_ids=[taken[0][0]["group_id"], taken[1][0]["group_id"]]).json
        assert [one["group_id"] for one in released["released"]] == [taken[0][0]["group_id"]]
        assert len(groups(ann, "state=mine")) == len(mine) - 1


def test_a_reviewer_confirms_or_overrules_what_another_judged(stores: Stores, alert: Any) -> None:
    with served(stores, ANN, REVIEWER, policy=ALL_REVIEWED) as (ann, reviewer):
        waits = post(ann, "verdicts", group_ids=[alert.group_id], **GUILTY).json["given"][0]
        assert waits["state"] == "review"
        assert groups(reviewer, "state=review") == ["ZEPHYRA shoes"]
        path = f"groups/{alert.group_id}/review"
        assert post(ann, path, **GUILTY).status == 403
        (next_one,) = post(reviewer, "queue/claim", next=True, state="review").json["claimed"]
        overruled = post(reviewer, path, version=next_one["version"], **INNOCENT).json
        assert (overruled["state"], overruled["verdict"], overruled["stage"]) == ("closed", "not_infringing", "review")
        assert [event["act"] for event in get(ann, f"groups/{alert.group_id}")["history"]] == ["judge", "review"]


def test_nobody_reviews_his_own_verdict(stores: Stores, alert: Any) -> None:
    with served(stores, REVIEWER, policy=ALL_REVIEWED) as (reviewer,):
        post(reviewer, "verdicts", group_ids=[alert.group_id], **GUILTY)
        answer = post(reviewer, f"groups/{alert.group_id}/review", **GUILTY)
        assert (answer.status, answer.json["code"]) == (409, "four_eyes")
        assert post(reviewer, "queue/claim", next=True, state="review").json["claimed"] == []


def test_without_accounts_no_second_person_is_waited_for(stores: Stores, alert: Any) -> None:
    server = WebServer(stores, policy=ALL_REVIEWED)
    server.start()
    given = post(server, "verdicts", group_ids=[alert.group_id], **GUILTY).json["given"]
    server.stop()
    assert [one["state"] for one in given] == ["closed"]


def test_an_expert_answers_and_the_group_is_open_again_with_the_opinion(stores: Stores, alert: Any) -> None:
    with served(stores, ANN, EXPERT) as (ann, expert):
        path = f"groups/{alert.group_id}"
        asked = post(ann, f"{path}/ask_expert", note="whose stitching is it?").json
        assert (asked["state"], groups(expert, "state=expert")) == ("expert", ["ZEPHYRA shoes"])
        assert post(ann, f"{path}/opinion", note="no").status == 403
        answered = post(expert, f"{path}/opinion", note="theirs", verdict="not_infringing").json
        assert (answered["state"], answered["stage"], answered["verdict"]) == ("open", "expert", None)
        assert get(ann, path)["history"][-1]["note"] == "theirs"


def test_one_takes_back_ones_own_verdict_and_nobody_elses(stores: Stores, alert: Any) -> None:
    with served(stores, ANN, BOB) as (ann, bob):
        post(ann, "verdicts", group_ids=[alert.group_id], **GUILTY)
        path = f"groups/{alert.group_id}/undo"
        assert post(bob, path, version=1).json["code"] == "not_yours"
        back = post(ann, path, version=1).json
        assert (back["state"], back["verdict"], back["claimed_by"]) == ("open", None, "ann")


def test_a_shelved_group_is_out_of_the_queue_until_it_is_taken_back(server: WebServer, alert: Any) -> None:
    group = {"group_ids": [alert.group_id]}
    shelved = post(server, "queue/shelve", until=in_hours(2), note="known", **group).json["shelved"]
    assert [one["state"] for one in shelved] == ["shelved"]
    assert (groups(server), groups(server, "state=shelved")) == ([], ["ZEPHYRA shoes"])
    assert get(server, "queue")["counts"]["shelved"] == 1
    post(server, "queue/unshelve", **group)
    assert groups(server) == ["ZEPHYRA shoes"]


@pytest.mark.parametrize("source", [{"seller": "taobao:s1"}, {"right_id": "CN-TM-1001"}])
def test_a_shelved_seller_or_right_hides_what_comes_later_too(
    server: WebServer, stores: Stores, alert: Any, source: dict[str, str]
) -> None:
    post(server, "queue/shelve", until=in_hours(1), note="a flood", **source)
    stores.seen(offer(2, "ZEPHYRA boots", seller={"id": "s1", "name": "One"}))
    assert (groups(server), len(groups(server, "state=shelved"))) == ([], 2)
    state = get(server, f"groups/{alert.group_id}")["triage"]
    assert (state["state"], state["note"], state["version"]) == ("shelved", "a flood", 0)
    assert get(server, "queue")["counts"] == {"open": 0, "mine": 0, "review": 0, "expert": 0, "shelved": 2}
    assert post(server, "queue/unshelve", **source).status == 200
    assert len(groups(server)) == 2
    assert post(server, "queue/unshelve", **source).status == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("verdicts", {"group_ids": [], **GUILTY}, "group_ids"),
        ("verdicts", {"group_ids": ["x"], **GUILTY}, "group_ids"),
        ("verdicts", {"group_ids": [NOBODY], "verdict": "guilty", "reason_code": "counterfeit"}, "verdict"),
        ("verdicts", {"group_ids": [NOBODY], "verdict": "infringing", "reason_code": "licensed"}, "reason_code"),
        ("verdicts", {"group_ids": [NOBODY], **GUILTY, "note": 7}, "note"),
        ("verdicts", {"group_ids": [NOBODY], **GUILTY, "versions": {NOBODY: -1}}, "versions"),
        ("verdicts", {"group_ids": [NOBODY], **GUILTY, "by": "eve"}, "by"),
        (f"groups/{NOBODY}/ask_expert", {"note": " "}, "note"),
        (f"groups/{NOBODY}/opinion", {"note": "x", "reason_code": "licensed"}, "reason_code"),
        (f"groups/{NOBODY}/undo", {"version": "1"}, "version"),
        ("queue/claim", {"next": True, "state": "judged"}, "state"),
        ("queue/shelve", {"group_ids": [NOBODY], "until": "2020-01-01T00:00:00Z", "note": "x"}, "until"),
        ("queue/shelve", {"group_ids": [NOBODY], "until": "2099-01-01T00:00:00Z", "note": "x"}, "until"),
        ("queue/shelve", {"until": in_hours(1), "note": "x"}, "group_ids"),
        ("queue/shelve", {"group_ids": [NOBODY], "seller": "a", "until": in_hours(1), "note": "x"}, "group_ids"),
        ("queue/unshelve", {"seller": "\0"}, "seller"),
    ],
)
def test_a_bad_act_is_refused_by_name(shared_server: WebServer, path: str, body: dict[str, Any], field: str) -> None:
    answer = post(shared_server, path, **body)
    assert (answer.status, answer.json["field"]) == (400, field)


@pytest.mark.parametrize("act", ["undo", "review", "ask_expert", "opinion"])
def test_what_is_not_there_is_not_found(shared_server: WebServer, act: str) -> None:
    body = {"review": GUILTY, "ask_expert": {"note": "?"}, "opinion": {"note": "!"}}.get(act, {})
    assert post(shared_server, f"groups/{NOBODY}/{act}", **body).status == 404
    assert post(shared_server, f"alerts/{NOBODY}/verdict", **GUILTY).status == 404
    assert post(shared_server, f"screened/{NOBODY}/verdict", **GUILTY).status == 404


def test_what_one_may_not_see_is_not_there_to_be_judged(stores: Stores, alert: Any) -> None:
    restricted = principal(Role.OPERATOR, regions=("44",))
    with served(stores, restricted, HOLDER) as (elsewhere, holder):
        assert post(elsewhere, f"alerts/{alert.alert_id}/verdict", **GUILTY).status == 404
        refused = post(elsewhere, "verdicts", group_ids=[alert.group_id], **GUILTY).json["refused"]
        assert [one["code"] for one in refused] == ["not_found"]
        for server in (elsewhere, holder):
            assert ask(server, f"/api/v1/groups/{alert.group_id}").status == 404
            page = get(server, "queue")
            assert (page["items"], page["counts"]["open"], page["flood"]["new_in_10_min"]) == ([], 0, 0)
            assert get(server, "queue/causes?by=seller")["causes"] == []
        whole = post(elsewhere, "queue/shelve", seller="taobao:s1", until=in_hours(1), note="x")
        assert whole.status == 403
        assert post(holder, "verdicts", group_ids=[alert.group_id], **GUILTY).status == 403


def test_a_screened_match_is_judged_and_changes_no_group(server: WebServer, stores: Stores) -> None:
    stores.sampled(offer(5, "Quillon pen"))
    (match,) = get(server, "screened")["screened"]
    given = post(server, f"screened/{match['alert_id']}/verdict", **GUILTY).json["given"]
    assert (given["act"], given["alert_id"], given["verdict"]) == ("screened", match["alert_id"], "infringing")


def test_acts_are_in_the_audit_log_and_counted(server: WebServer, alert: Any) -> None:
    post(server, "verdicts", group_ids=[alert.group_id], **GUILTY)
    entry = get(server, "audit?action=verdict.give")["entries"][0]
    assert (entry["by"], entry["subject"], entry["detail"]["verdict"]) == ("local", alert.group_id, "infringing")
    metrics = ask(server, "/metrics").body.decode()
    line = 'rightswatch_verdicts_total{detector="mark",reason="counterfeit",stage="judge",verdict="infringing"} 1.0'
    assert line in metrics
