"""Leads over HTTP: lists, one with its log, the place that a person chooses, complaints, and the policy of sending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest
from sqlalchemy import delete

from dashboards.access.roles import Role
from dashboards.openapi import DOCUMENT
from sinks.lead_codes import LeadSettings
from sinks.operational.database import Database
from sinks.operational.lead_records import Lead
from sinks.operational.lead_store import LeadStore
from sinks.operational.lead_tables import lead, lead_event, lead_policy
from sinks.operational.triage_records import Actor
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Answer, Stores, WebServer, ask
from tests.sinks.lead_world import BODY, RECORD, UNSURE, about, alert
from tests.sinks.triage_world import NOW

JSON = {"Content-Type": "application/json"}
NOBODY = "00000000-0000-5000-8000-000000000000"


@pytest.fixture(scope="module")
def server(kept_stores: Stores) -> Iterator[WebServer]:
    server = WebServer(kept_stores)
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def leads(kept_stores: Stores) -> Iterator[LeadStore]:
    """With nothing in it at first."""
    with closing(LeadStore(kept_stores.operational, LeadSettings())) as store:
        with closing(Database(kept_stores.operational)) as database, database.writing() as connection:
            for table in (lead, lead_event, lead_policy):
                connection.execute(delete(table))
        yield store


def made(leads: LeadStore, number: int, *drafts: Any) -> list[Lead]:
    return leads.make(about(number), drafts, alert(number), NOW)


def put(server: WebServer, path: str, document: Any) -> Answer:
    return ask(server, path, method="PUT", body=orjson.dumps(document), headers=JSON)


def test_a_list_says_to_whom_where_and_why_newest_first_with_counts(server: WebServer, leads: LeadStore) -> None:
    made(leads, 1, BODY, RECORD)
    made(leads, 2, UNSURE)
    found = ask(server, "/api/v1/leads").json
    assert found["counts"] == {"waiting": 2, "person": 1}
    (body,) = ask(server, "/api/v1/leads?recipient=enforcement").json["leads"]
    assert (body["place"], body["place_name"]) == ("440305", "广东省深圳市南山区")
    assert body["routing"] == {"version": "1", "rule": "trade_mark", "clause": "art. 60"}


def test_pages_of_leads_follow_next(server: WebServer, leads: LeadStore) -> None:
    made(leads, 1, BODY)
    made(leads, 2, BODY)
    first = ask(server, "/api/v1/leads?limit=1").json
    second = ask(server, f"/api/v1/leads?limit=1&before={first['next']}").json
    assert {first["leads"][0]["group_id"], second["leads"][0]["group_id"]} == {about(1).group_id, about(2).group_id}


@pytest.mark.parametrize(
    "query",
    ["state=lost", "recipient=me", "before=7", "before=x_y", "case_id=1", "limit=0", "sort=1", f"seller={'x' * 701}"],
)
def test_a_filter_that_is_none_is_refused_by_name(server: WebServer, query: str) -> None:
    answer = ask(server, f"/api/v1/leads?{query}")
    assert (answer.status, answer.json["field"]) == (400, query.partition("=")[0])


def test_one_lead_is_told_with_its_log_and_the_others_of_its_case(server: WebServer, leads: LeadStore) -> None:
    (one,) = made(leads, 1, UNSURE)
    made(leads, 2, BODY)
    found = ask(server, f"/api/v1/leads/{one.lead_id}").json
    assert found["lead"]["jurisdiction"]["why"] == ["company_code_elsewhere"]
    assert [entry["act"] for entry in found["log"]] == ["made"]
    assert [one["group_id"] for one in found["case"]] == [about(2).group_id]


def test_a_lead_that_is_none_is_not_found(server: WebServer) -> None:
    assert ask(server, f"/api/v1/leads/{NOBODY}").status == 404


def test_a_person_chooses_the_place_and_the_body_and_the_record_follow(server: WebServer, leads: LeadStore) -> None:
    (one,) = made(leads, 1, UNSURE)
    answer = put(server, f"/api/v1/leads/{one.lead_id}/place", {"code": "110115", "note": "seat", "version": 1})
    assert answer.status == 200
    told = {(one["recipient"], one["place"], one["state"]) for one in answer.json["leads"]}
    assert told == {
        ("person", None, "decided"),
        ("enforcement", "110115", "waiting"),
        ("national_record", None, "waiting"),
    }


def test_no_code_tells_no_body(server: WebServer, leads: LeadStore) -> None:
    (one,) = made(leads, 1, UNSURE)
    answer = put(server, f"/api/v1/leads/{one.lead_id}/place", {"code": None, "version": 1})
    assert [one["state"] for one in answer.json["leads"]] == ["withdrawn"]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"version": 1}, "code"),
        ({"code": "999999", "version": 1}, "code"),
        ({"code": "440000", "version": 1}, "code"),
        ({"code": 440305, "version": 1}, "code"),
        ({"code": "440305"}, "version"),
        ({"code": "440305", "version": True}, "version"),
        ({"code": "440305", "version": 1, "because": "x"}, "because"),
    ],
)
def test_a_place_that_is_none_is_refused_by_name(
    server: WebServer, leads: LeadStore, document: dict[str, Any], field: str
) -> None:
    (one,) = made(leads, 1, UNSURE)
    answer = put(server, f"/api/v1/leads/{one.lead_id}/place", document)
    assert (answer.status, answer.json["field"]) == (400, field)


def test_who_comes_second_is_told_what_holds_now(server: WebServer, leads: LeadStore) -> None:
    (one,) = made(leads, 1, UNSURE)
    path = f"/api/v1/leads/{one.lead_id}/place"
    put(server, path, {"code": "110115", "version": 1})
    answer = put(server, path, {"code": "440305", "version": 1})
    assert (answer.status, answer.json["code"], answer.json["lead"]["state"]) == (409, "stale", "decided")
    assert put(server, path, {"code": "440305", "version": 2}).json["code"] == "state"


def test_a_complaint_is_kept_with_its_day(server: WebServer, leads: LeadStore) -> None:
    (one,) = made(leads, 1, BODY)
    document = {"state": "submitted", "on": "2026-11-20T08:00:00Z", "note": "no 7", "version": 1}
    answer = put(server, f"/api/v1/leads/{one.lead_id}/takedown", document)
    assert answer.json["takedown"]["state"] == "submitted"
    assert answer.json["takedown"]["at"].startswith("2026-11-20T08:00:00")


def test_a_removed_listing_closes_its_lead(server: WebServer, leads: LeadStore) -> None:
    (one,) = made(leads, 1, BODY)
    answer = put(server, f"/api/v1/leads/{one.lead_id}/takedown", {"state": "removed", "version": 1})
    assert (answer.json["state"], answer.json["reason"]) == ("closed", "removed")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"state": "lost", "version": 1}, "state"),
        ({"state": "submitted", "on": "2199-01-01T00:00:00Z", "version": 1}, "on"),
        ({"state": "submitted", "on": "soon", "version": 1}, "on"),
    ],
)
def test_a_complaint_that_cannot_be_is_refused_by_name(
    server: WebServer, leads: LeadStore, document: dict[str, Any], field: str
) -> None:
    (one,) = made(leads, 1, BODY)
    answer = put(server, f"/api/v1/leads/{one.lead_id}/takedown", document)
    assert (answer.status, answer.json["field"]) == (400, field)


def test_policy_is_shown_by_kind_and_holder_and_set(server: WebServer) -> None:
    assert {one["sending"] for one in ask(server, "/api/v1/leads/policy").json["kinds"]} == {"after_verdict"}
    put(server, "/api/v1/leads/policy", {"kind": "trademark", "sending": "at_once"})
    found = put(server, "/api/v1/leads/policy", {"kind": "design", "holder_id": "h1", "sending": "at_once"}).json
    assert {one["kind"]: one["sending"] for one in found["kinds"]}["trademark"] == "at_once"
    assert [(one["kind"], one["holder_id"], one["sending"]) for one in found["holders"]] == [
        ("design", "h1", "at_once")
    ]
    found = put(server, "/api/v1/leads/policy", {"kind": "design", "holder_id": "h1", "sending": None}).json
    assert found["holders"] == []


def test_a_holder_sets_the_policy_of_own_rights_and_of_nobody_elses(kept_stores: Stores, leads: LeadStore) -> None:
    leads.policies.put("trademark", None, "at_once", Actor("a1", "Ann"), NOW)
    server = WebServer(kept_stores, identify=acting_as(principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))))
    server.start()
    try:
        shown = put(server, "/api/v1/leads/policy", {"kind": "design", "holder_id": "h1", "sending": "at_once"}).json
        assert [(one["kind"], one["set"], one["sending"]) for one in shown["yours"]] == [
            ("trademark", None, "at_once"),
            ("design", "at_once", "at_once"),
            ("invention", None, "after_verdict"),
            ("utility_model", None, "after_verdict"),
        ]
        for holder in ("h2", None):
            others = {"kind": "design", "holder_id": holder, "sending": "at_once"}
            assert put(server, "/api/v1/leads/policy", others).status == 404
    finally:
        server.stop()
    assert [(one.kind, one.holder_id) for one in leads.policies.all()] == [("design", "h1"), ("trademark", None)]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"kind": "song", "sending": "at_once"}, "kind"),
        ({"kind": "design", "sending": "never"}, "sending"),
        ({"kind": "design"}, "sending"),
        ({"kind": "design", "holder_id": "", "sending": "at_once"}, "holder_id"),
    ],
)
def test_a_policy_that_is_none_is_refused_by_name(server: WebServer, document: dict[str, Any], field: str) -> None:
    answer = put(server, "/api/v1/leads/policy", document)
    assert (answer.status, answer.json["field"]) == (400, field)


def test_what_is_done_with_leads_stands_in_the_audit_log(server: WebServer, leads: LeadStore) -> None:
    (body,) = made(leads, 1, BODY)
    (unsure,) = made(leads, 2, UNSURE)
    put(server, f"/api/v1/leads/{body.lead_id}/takedown", {"state": "submitted", "version": 1})
    put(server, f"/api/v1/leads/{unsure.lead_id}/place", {"code": "110115", "version": 1})
    put(server, "/api/v1/leads/policy", {"kind": "trademark", "sending": None})
    actions = [entry["action"] for entry in ask(server, "/api/v1/audit").json["entries"]]
    assert actions[:3] == ["lead.policy", "lead.place", "lead.takedown"]


def test_every_route_is_described() -> None:
    assert {path for path in DOCUMENT["paths"] if path.startswith("/api/v1/leads")} == {
        "/api/v1/leads",
        "/api/v1/leads/policy",
        "/api/v1/leads/{lead_id}",
        "/api/v1/leads/{lead_id}/complaint",
        "/api/v1/leads/{lead_id}/place",
        "/api/v1/leads/{lead_id}/takedown",
    }
