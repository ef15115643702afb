"""Leads in a real browser: from the verdict to the listing that is gone, by the task that runs beside the pages."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
from playwright.sync_api import Browser, Page, expect
from prometheus_client import CollectorRegistry

from dashboards.access.roles import Role
from detectors.records import Page as ListingPage
from sinks.clickhouse.writer import TableWriter
from sinks.lead_codes import LeadSettings
from sinks.operational.lead_store import LeadStore
from sinks.operational.notice_store import NoticeStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from sinks.triage_policy import TriageSettings
from streams.leads.leads import Leads
from streams.leads.metrics import LeadMetrics
from streams.writer.rows import rows_of
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import RIGHTS, Stores, WebServer, ask, offer
from tests.dashboards.test_pages_in_browser import SCRIPT

SETTINGS = LeadSettings(hold_minutes=0.0, delisted_seconds=0.05)
JSON = {"Content-Type": "application/json"}
PROVINCE = {"id": "s1", "name": SCRIPT, "region": "440000"}


def leads_of(stores: Stores, stack: ExitStack) -> Leads:
    """The task of the web process, to be stepped by hand."""
    return Leads(
        store=stack.enter_context(closing(LeadStore(stores.operational, SETTINGS))),
        rights=stack.enter_context(closing(RightsStore(stores.operational))),
        judging=stack.enter_context(closing(TriageStore(stores.operational, TriageSettings()))),
        notices=stack.enter_context(closing(NoticeStore(stores.operational))),
        clickhouse=stores.clickhouse,
        settings=SETTINGS,
        metrics=LeadMetrics(CollectorRegistry()),
        clock=lambda: datetime.now(UTC),
    )


def gone(stores: Stores, number: int) -> None:
    line = orjson.dumps(offer(number, "gone", state="delisted"))
    with TableWriter(stores.clickhouse) as writer:
        writer.insert_listings(rows_of(ListingPage(line, datetime.now(UTC), "listings", 0, 9)))


def test_from_the_verdict_to_the_listing_that_is_gone(stores: Stores, tmp_path: Path, page: Page) -> None:
    stores = replace(stores, operational=OperationalSettings.sqlite(tmp_path / "leads.db"))
    with ExitStack() as stack:
        with closing(RightsStore(stores.operational)) as rights:
            rights.apply([{"op": "put", "right": right} for right in RIGHTS])
        leads = leads_of(stores, stack)
        leads.step()
        server = WebServer(stores)
        server.start()
        stack.callback(server.stop)
        (alert,) = stores.seen(offer(1, f"ZEPHYRA {SCRIPT}", seller=PROVINCE), live=False)
        verdict = orjson.dumps({"verdict": "infringing", "reason_code": "counterfeit"})
        path = f"/api/v1/alerts/{alert.alert_id}/verdict"
        assert ask(server, path, method="POST", body=verdict, headers=JSON).status == 200
        leads.step()

        page.goto(f"{server.url}/leads")
        card = page.locator("article.is-person")
        expect(card).to_contain_text(SCRIPT)
        card.get_by_text("Why, and what happened").click()
        expect(card).to_contain_text("the seller's place is a whole province")
        expect(card.locator(".log li")).to_have_count(1)
        card.get_by_label("Code of another division").fill("440305")
        card.get_by_label("Code of another division").press("Enter")
        expect(page.locator("#done")).to_be_focused()
        body = page.locator("article[data-recipient=enforcement]")
        expect(body).to_contain_text("广东省深圳市南山区")

        leads.step()
        page.goto(f"{server.url}/alerts/{alert.alert_id}")
        body = page.locator("#alert-leads article[data-recipient=enforcement]")
        expect(body).to_contain_text("sent")
        body.get_by_label("Complaint at the platform").last.select_option("submitted")
        body.get_by_role("button", name="Keep").click()
        expect(body.locator(".facts").first).to_contain_text("submitted")

        gone(stores, 1)
        leads.step()
        page.goto(f"{server.url}/leads?recipient=enforcement")
        expect(page.locator("article.is-closed")).to_contain_text("the offer is gone")
        expect(page.locator("article.is-closed .facts").first).to_contain_text("removed")
        assert page.locator("#main script, #main img").count() == 0


def test_a_holder_chooses_for_own_rights_what_is_sent_at_once(stores: Stores, browser: Browser) -> None:
    server = WebServer(stores, identify=acting_as(principal(Role.RIGHTS_HOLDER, holders=frozenset({SCRIPT}))))
    server.start()
    try:
        context = browser.new_context(base_url=server.url, locale="en-GB")
        page = context.new_page()
        page.goto("/leads")
        page.get_by_text("What waits for a verdict").click()
        marks = page.get_by_label("Trade marks")
        expect(page.locator("#policy legend")).to_have_text(f"Rights of {SCRIPT}")
        expect(marks.locator("option:checked")).to_have_text("as for everybody: only after a verdict")
        marks.focus()
        marks.select_option("at_once")
        expect(page.locator("#policy-done")).to_have_text("It holds for new alerts from now on.")
        expect(marks).to_be_focused()
        page.reload()
        page.get_by_text("What waits for a verdict").click()
        expect(marks).to_have_value("at_once")
        expect(page.get_by_label("Designs")).to_have_value("")
        context.close()
    finally:
        server.stop()


def test_a_holders_policy_is_set_and_taken_back_by_whoever_sees_all(server: WebServer, page: Page) -> None:
    page.goto("/leads")
    page.get_by_text("What waits for a verdict").click()
    page.get_by_label("Holder's id").fill("h7")
    page.get_by_label("Leads go out").select_option("at_once")
    page.get_by_role("button", name="Set for this holder").click()
    expect(page.locator(".policies li")).to_contain_text("h7 · Trade marks · at once")
    page.get_by_role("button", name="as for everybody: h7, Trade marks").click()
    expect(page.locator(".policies li")).to_have_count(0)


def test_policy_is_set_on_the_page(server: WebServer, page: Page) -> None:
    page.goto(f"{server.url}/leads")
    page.get_by_text("What waits for a verdict").click()
    marks = page.locator("[data-control=trademark]")
    expect(marks).to_have_value("after_verdict")
    marks.select_option("at_once")
    expect(page.locator("#policy-done")).to_have_text("It holds for new alerts from now on.")
    page.reload()
    page.get_by_text("What waits for a verdict").click()
    expect(page.locator("[data-control=trademark]")).to_have_value("at_once")
