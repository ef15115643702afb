"""`/api/v1/leads/{lead_id}/complaint` and its button: the pack for the recipient that routing chose, once the risk was
read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboards.access.principal import Principal
from dashboards.access.roles import Permission, Role
from dashboards.papers.complaint import RISKS
from detectors.records import Alert
from sinks.lead_codes import LeadSettings
from sinks.operational.lead_records import Cause, Draft, Lead
from sinks.operational.lead_store import LeadStore
from tests.dashboards.judging import ANN, BOB, GUILTY, INNOCENT, REVIEWER, post, served
from tests.dashboards.papers.known import squeezed, text_of, words
from tests.dashboards.principals import principal
from tests.dashboards.service import Answer, Stores, WebServer, ask, offer
from tests.sinks.lead_world import BODY, RECORD, UNSURE, about
from tests.sinks.triage_world import ANN as CLERK
from tests.sinks.triage_world import NOW

NUMBERS = count(500)


@pytest.fixture
def leads(stores: Stores) -> Iterator[LeadStore]:
    with closing(LeadStore(stores.operational, LeadSettings())) as store:
        yield store


@pytest.fixture
def ann(stores: Stores) -> Iterator[WebServer]:
    with served(stores, ANN) as (server,):
        yield server


def alerted(stores: Stores) -> Alert:
    seller = {"id": "s1", "name": "Shoe Lane", "region": "440305"}
    return stores.seen(offer(next(NUMBERS), "ZEPHYRA shoes, replica", seller=seller), live=False)[0]


def led(leads: LeadStore, alert: Alert, *drafts: Draft) -> list[Lead]:
    """Leads of a verdict on the alert; the group has none yet."""
    of = about(group_id=alert.group_id, alert_id=alert.alert_id, right_id=alert.right_id, listing_id=alert.listing_id)
    return leads.make(of, drafts, Cause(because="verdict", key=alert.alert_id, send_after=NOW), NOW)


@pytest.fixture
def lead(stores: Stores, ann: WebServer, leads: LeadStore) -> Lead:
    """To the body of Nanshan, on a verdict that stands."""
    alert = alerted(stores)
    post(ann, f"alerts/{alert.alert_id}/verdict", **GUILTY)
    return led(leads, alert, BODY, RECORD)[0]


def pack(server: WebServer, lead: Lead, query: str = "") -> Answer:
    return ask(server, f"/api/v1/leads/{lead.lead_id}/complaint{query}")


def acknowledged(server: WebServer, lead: Lead) -> Answer:
    return post(server, f"leads/{lead.lead_id}/complaint", acknowledged=True)


def code_of(answer: Answer) -> tuple[int, Any]:
    return answer.status, answer.json["code"]


def test_no_pack_is_there_before_the_risk_of_this_lead_was_read(ann: WebServer, lead: Lead) -> None:
    post(ann, f"alerts/{lead.alert_id}/complaint", acknowledged=True)  # of the alert's own pack
    assert code_of(pack(ann, lead)) == (428, "risk_not_acknowledged")
    answer = acknowledged(ann, lead).json
    assert answer["risk"] == [words("en").say(key) for key in RISKS]
    assert {form: ask(ann, path).headers["Content-Type"] for form, path in answer["papers"].items()} == {
        "pdf": "application/pdf",
        "html": "text/html; charset=utf-8",
        "json": "application/json",
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pack_has_the_recipient_the_verdict_and_the_evidence(ann: WebServer, lead: Lead, language: str) -> None:
    acknowledged(ann, lead)
    said = words(language)
    answer = pack(ann, lead, f"?lang={language}")
    text = text_of(answer.body)
    for part in (
        "广东省深圳市南山区(440305)",
        lead.lead_id,
        lead.alert_id,
        squeezed(said.word("rule", "trade_mark")),
        squeezed(said.word("reason_code", "counterfeit")),
        squeezed(said.say("value.as_judged")),
        squeezed(said.word("takedown", "not_submitted")),
    ):
        assert part in text, part
    name = f"complaint-enforcement-{lead.lead_id}-{language}.pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_of_what_would_not_be_sent_any_more_no_pack_is_made(stores: Stores, leads: LeadStore, lead: Lead) -> None:
    with served(stores, ANN, REVIEWER) as (ann, reviewer):
        acknowledged(ann, lead)
        assert pack(ann, lead).status == 200
        assert post(reviewer, f"groups/{lead.group_id}/review", **INNOCENT).status == 200
        assert code_of(pack(ann, lead)) == (409, "withdrawn")
        leads.follow(lead.group_id, NOW)
        refused = pack(ann, lead)
    assert (refused.status, refused.json["reason"]) == (409, "overruled")


def test_a_lead_whose_place_was_chosen_points_to_those_that_stand_for_it(
    stores: Stores, ann: WebServer, leads: LeadStore
) -> None:
    alert = alerted(stores)
    post(ann, f"alerts/{alert.alert_id}/verdict", **GUILTY)
    (unsure,) = led(leads, alert, UNSURE)
    acknowledged(ann, unsure)
    assert squeezed(words("en").say("detail.choose_recipient")) in text_of(pack(ann, unsure, "?lang=en").body)
    leads.decide_place(unsure.lead_id, [BODY], CLERK, NOW, note="", version=unsure.version)
    assert code_of(pack(ann, unsure)) == (409, "decided")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"})), 200),
        (principal(Role.RIGHTS_HOLDER, holders=frozenset({"h2"})), 404),
        (replace(ANN, permissions=ANN.permissions - {Permission.READ_LEADS}), 404),
        (principal(Role.ENFORCEMENT, regions=("440305",)), 403),
    ],
    ids=["its holder", "another holder", "a key that may read no leads", "who makes no complaints"],
)
def test_packs_are_made_by_whom_they_concern(stores: Stores, lead: Lead, who: Principal, status: int) -> None:
    with served(stores, who) as (server,):
        assert acknowledged(server, lead).status == status
        assert pack(server, lead, "?format=json").status == status


def test_who_read_the_risk_of_which_lead_is_in_the_audit_log(stores: Stores, lead: Lead) -> None:
    with served(stores, ANN, BOB, principal(Role.ADMINISTRATOR)) as (ann, bob, administrator):
        acknowledged(ann, lead)
        assert pack(bob, lead).status == 428
        entries = ask(administrator, f"/api/v1/audit?subject={lead.lead_id}").json["entries"]
    assert [(one["by"], one["action"]) for one in entries] == [("ann", "complaint.acknowledge")]


@pytest.mark.parametrize("query", ["?format=doc", "?lang=fr", "?what=1"])
def test_a_parameter_without_a_usable_value_is_refused(ann: WebServer, lead: Lead, query: str) -> None:
    assert code_of(pack(ann, lead, query)) == (400, "bad_parameter")


def test_on_the_leads_card_the_risk_is_read_before_the_pack_is_there(
    page: Page, server: WebServer, lead: Lead, tmp_path: Path
) -> None:
    page.goto(f"/leads?lang=en&recipient=enforcement&case_id={lead.case_id}")
    card = page.locator(f'[data-lead="{lead.lead_id}"]')
    expect(card.locator(".pack a")).to_have_count(0)
    card.locator(".pack summary").click()
    expect(card.locator(".risks")).to_contain_text("article 42")
    card.locator(".acknowledge").click()
    with page.expect_download() as started:
        card.locator(".pack a", has_text=re.compile("^PDF$")).click()
    kept = tmp_path / "pack.pdf"
    started.value.save_as(kept)
    assert "广东省深圳市南山区(440305)" in text_of(kept.read_bytes())


def test_why_no_pack_is_made_is_said_in_words(stores: Stores, page: Page, server: WebServer, lead: Lead) -> None:
    page.goto(f"/leads?lang=en&recipient=enforcement&case_id={lead.case_id}")
    card = page.locator(f'[data-lead="{lead.lead_id}"]')
    card.locator(".pack summary").click()
    with served(stores, REVIEWER) as (reviewer,):
        assert post(reviewer, f"groups/{lead.group_id}/review", **INNOCENT).status == 200
    card.locator(".acknowledge").click()
    expect(card.locator(".pack .refused")).to_have_text("No pack is made of it: a second person found no infringement.")
