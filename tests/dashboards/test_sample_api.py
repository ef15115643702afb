"""The sample of what did not alert comes up at random, blind, and once judged never again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dashboards.access.roles import Role
from dashboards.figures.sample_api import SEEN_BY_MACHINE
from detectors.records import Alert
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.query import ScreenedQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from tests.dashboards.judging import served
from tests.dashboards.principals import principal
from tests.dashboards.service import Stores, WebServer, ask, offer
from tests.sinks.verdict_rows import Given, give


def sampled(stores: Stores, count: int, *, days: float = 0.1) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    offers = [offer(number, f"Quillon pens {number}") for number in range(count)]
    with TableWriter(stores.clickhouse) as writer:
        writer.insert_pages([stores.page(*offers, at=at)])
    stores.sampled(*offers, at=at)


def following(server: WebServer, skip: str = "") -> Any:
    answer = ask(server, f"/api/v1/screened/next?skip={skip}")
    assert answer.status == 200, answer.body
    return answer.json


def judge_all_but_one(stores: Stores) -> str:
    """The id of the one that is left."""
    with AlertReader(stores.clickhouse) as reader, Connection(stores.clickhouse) as connection:
        matches = [
            Alert.from_json({name: value for name, value in row.items() if name != "screened"})
            for row in reader.screened(ScreenedQuery())
        ]
        give(connection, [Given(alert=one, stage="screened", version=0, screened="mention") for one in matches[1:]])
    return matches[0].alert_id


def test_a_match_comes_with_the_offer_and_the_right_and_without_what_the_machine_made_of_it(
    stores: Stores, server: WebServer
) -> None:
    sampled(stores, 1)
    found = following(server)
    assert found["match"]["title"] == found["listing"]["title"] == "Quillon pens 0"
    assert found["right"]["right_id"] == "CN-TM-1002"
    assert not set(SEEN_BY_MACHINE) & set(found["match"])
    assert found["match"]["reasons"][0]["matched"] == "Quillon"
    assert found["waiting"] == 1
    assert "wrong_match" in found["reason_codes"]["not_infringing"]


def test_what_was_judged_comes_up_no_more(stores: Stores, server: WebServer) -> None:
    sampled(stores, 4)
    left = judge_all_but_one(stores)
    found = following(server)
    assert (found["match"]["alert_id"], found["waiting"]) == (left, 1)
    assert following(server, left)["match"] is None


def test_each_of_those_who_judge_has_an_order_of_their_own_that_stays(stores: Stores) -> None:
    sampled(stores, 40)
    people = [principal(Role.OPERATOR), principal(Role.REVIEWER), principal(Role.OPERATOR, Role.EXPERT)]
    with served(stores, *people) as servers:
        first = [following(server)["match"]["alert_id"] for server in servers]
        again = [following(server)["match"]["alert_id"] for server in servers]
    assert first == again
    assert len(set(first)) > 1


def test_what_is_older_than_a_month_or_not_for_them_does_not_come_up(stores: Stores) -> None:
    sampled(stores, 2, days=40)
    reviewer = principal(Role.REVIEWER)
    with served(stores, reviewer, principal(Role.REVIEWER, holders=frozenset({"h1"}))) as (whole, part):
        assert following(whole)["match"] is None
        sampled(stores, 2)
        assert following(whole)["match"] is not None
        assert (following(part)["match"], following(part)["waiting"]) == (None, 0)


def test_ids_that_are_none_are_refused(server: WebServer) -> None:
    for skip in ("x", ",".join(["00000000-0000-5000-8000-000000000000"] * 51)):
        refused = ask(server, f"/api/v1/screened/next?skip={skip}")
        assert (refused.status, refused.json["field"]) == (400, "skip")
