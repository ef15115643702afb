"""`/api/v1/alerts/{alert_id}/complaint` and its button: made only once the risk was read, by whom it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboards.access.principal import Principal
from dashboards.access.roles import Role
from dashboards.papers.complaint import RISKS
from detectors.records import Alert
from tests.dashboards.judging import ANN, BOB, GUILTY, INNOCENT, post, served
from tests.dashboards.papers.known import squeezed, text_of, words
from tests.dashboards.principals import principal
from tests.dashboards.service import Answer, Stores, WebServer, ask, offer

HOLDER = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))
NUMBERS = count(1)


def seen(stores: Stores) -> Alert:
    """An alert of its own, with an id that no other test has: what was acknowledged stays."""
    seller = {"id": "s1", "name": "Shoe Lane"}
    shoes = offer(next(NUMBERS), "ZEPHYRA shoes, replica", url="https://shop.example/1", seller=seller)
    return stores.seen(shoes, live=False)[0]


@pytest.fixture
def alert(stores: Stores) -> Alert:
    return seen(stores)


@pytest.fixture
def ann(stores: Stores) -> Iterator[WebServer]:
    with served(stores, ANN) as (server,):
        yield server


def pack(server: WebServer, alert: Alert, query: str = "") -> Answer:
    return ask(server, f"/api/v1/alerts/{alert.alert_id}/complaint{query}")


def acknowledged(server: WebServer, alert: Alert) -> Answer:
    return post(server, f"alerts/{alert.alert_id}/complaint", acknowledged=True)


def code_of(answer: Answer) -> tuple[int, Any]:
    return answer.status, answer.json["code"]


def test_no_pack_is_made_before_the_risk_was_acknowledged(ann: WebServer, alert: Alert) -> None:
    assert code_of(pack(ann, alert)) == (428, "risk_not_acknowledged")
    for said in (False, "true", None):
        refused = post(ann, f"alerts/{alert.alert_id}/complaint", acknowledged=said)
        assert code_of(refused) == (400, "bad_parameter")
    assert pack(ann, alert).status == 428


def test_the_risk_is_said_when_it_is_acknowledged_and_then_both_forms_are_there(ann: WebServer, alert: Alert) -> None:
    answer = acknowledged(ann, alert).json
    assert answer["risk"] == [words("en").say(key) for key in RISKS]
    assert "twice the loss" in answer["risk"][0]
    pdf = ask(ann, answer["papers"]["pdf"])
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert "ZephyrSportsInc." in text_of(pdf.body)
    assert ask(ann, answer["papers"]["json"]).json["title"] == words("en").say("complaint.title")


def test_a_pack_holds_the_offer_the_right_and_where_the_evidence_is(ann: WebServer, alert: Alert) -> None:
    acknowledged(ann, alert)
    text = text_of(pack(ann, alert, "?lang=zh").body)
    known = (
        alert.alert_id,
        alert.page,
        "ShoeLane",
        "https://shop.example/1",
        "2036-03-01",
        "偏移7",
    )
    assert [one for one in known if one not in text] == []
    assert squeezed(words("zh").say("check.statement")) in text


def test_who_acknowledged_it_is_in_the_audit_log_and_it_holds_for_nobody_else(stores: Stores, alert: Alert) -> None:
    admin = principal(Role.ADMINISTRATOR)
    with served(stores, ANN, BOB, admin) as (ann, bob, administrator):
        acknowledged(ann, alert)
        assert pack(ann, alert, "?format=json").status == 200
        assert pack(bob, alert).status == 428
        entries = ask(administrator, f"/api/v1/audit?subject={alert.alert_id}").json["entries"]
    assert [(one["by"], one["action"]) for one in entries] == [("ann", "complaint.acknowledge")]


def test_it_holds_for_that_alert_only(stores: Stores, ann: WebServer, alert: Alert) -> None:
    other = seen(stores)
    acknowledged(ann, alert)
    assert pack(ann, other).status == 428


def test_a_verdict_is_told_and_none_is_made_of_what_was_judged_innocent(stores: Stores, ann: WebServer) -> None:
    guilty, innocent = seen(stores), seen(stores)
    for alert, verdict in ((guilty, GUILTY), (innocent, INNOCENT)):
        post(ann, f"alerts/{alert.alert_id}/verdict", **verdict)
    acknowledged(ann, guilty)
    assert b"counterfeit goods" in pack(ann, guilty, "?format=json").body
    assert code_of(acknowledged(ann, innocent)) == (409, "not_infringing")
    assert code_of(pack(ann, innocent)) == (409, "not_infringing")


@pytest.mark.parametrize("query", ["?format=doc", "?lang=fr", "?what=1"])
def test_a_parameter_without_a_usable_value_is_refused(ann: WebServer, alert: Alert, query: str) -> None:
    assert code_of(pack(ann, alert, query)) == (400, "bad_parameter")


@pytest.mark.parametrize(
    ("who", "status"),
    [(HOLDER, 200), (principal(Role.RIGHTS_HOLDER, holders=frozenset({"h2"})), 404), (principal(Role.FAIR_TEAM), 403)],
    ids=["its holder", "another holder", "who makes no complaints"],
)
def test_a_holder_makes_packs_of_own_rights_only(stores: Stores, alert: Alert, who: Principal, status: int) -> None:
    with served(stores, who) as (server,):
        assert acknowledged(server, alert).status == status
        assert pack(server, alert, "?format=json").status == status


def test_on_the_alerts_page_the_risk_is_read_before_the_pack_is_there(
    page: Page, server: WebServer, stores: Stores, tmp_path: Path
) -> None:
    alert = seen(stores)
    page.goto(f"/alerts/{alert.alert_id}?lang=en")
    expect(page.locator("#complaint a")).to_have_count(0)
    page.locator("#complaint summary").click()
    expect(page.locator("#complaint .risks")).to_contain_text("article 42")
    page.locator("#complaint .acknowledge").click()
    with page.expect_download() as started:
        page.locator("#complaint a", has_text=re.compile("^PDF$")).click()
    kept = tmp_path / "pack.pdf"
    started.value.save_as(kept)
    assert started.value.suggested_filename == f"complaint-{alert.alert_id}-en.pdf"
    assert alert.page in text_of(kept.read_bytes())
