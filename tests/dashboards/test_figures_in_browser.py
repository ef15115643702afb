"""A supervisor's look at the figures in a real browser: what stands there is what the verdicts say, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboards.access.roles import Role
from detectors.calibration.document import read_calibration
from tests.dashboards.judged import RIGHT, judged_offers, proposed
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Stores, WebServer, offer


@pytest.fixture
def server(own_rights: Stores) -> Iterator[WebServer]:
    """A web process that a supervisor asks."""
    server = WebServer(own_rights, identify=acting_as(principal(Role.REVIEWER)))
    server.start()
    yield server
    server.stop()


def test_a_supervisor_reads_precision_and_miss_rate(own_rights: Stores, page: Page) -> None:
    """8 of 10 judged infringe: Wilson 49.0 to 94.3 %. About 100 missed beside 9.6 found: 91.2 % (see judged.py)."""
    judged_offers(own_rights)
    page.goto("/")
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Figures").click()
    precision, missed = (page.locator(f"[data-figure={name}]") for name in ("precision", "miss_rate"))
    expect(precision.locator(".value")).to_have_text("80%")
    expect(precision.locator(".sure")).to_have_text("(95 %: 49% to 94.3%)")
    expect(precision).to_contain_text("8 of 10 judged offers infringe; 12 alerted.")
    expect(missed.locator(".value")).to_have_text("91.2%")
    expect(missed).to_contain_text("About 100 infringements were missed: 1 of 4 judged matches of the sample")
    (row,) = page.locator("#by_right tbody tr").all()
    expect(row).to_contain_text("Quillon")
    expect(row.locator("td").nth(2)).to_have_text("80% (95 %: 49% to 94.3%)")
    expect(row.locator("th")).to_have_attribute("title", RIGHT)
    expect(page.locator("#by_detector tbody tr")).to_contain_text("Mark")
    expect(page.locator("#by_reason tbody tr").first).to_contain_text("8")
    expect(page.locator(".curve circle")).to_have_count(1)


def test_the_period_is_chosen_and_stays_in_the_address(own_rights: Stores, page: Page) -> None:
    judged_offers(own_rights)
    page.goto("/figures")
    value = page.locator("[data-figure=precision] .value")
    expect(value).to_have_text("80%")
    last_month = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    page.get_by_label("Observed until").fill(last_month)
    page.get_by_label("Observed until").press("Enter")
    expect(value).to_have_text("unknown")
    assert f"before={last_month}" in page.url
    page.reload()
    expect(page.get_by_label("Observed until")).to_have_value(last_month)
    expect(value).to_have_text("unknown")


def test_what_verdicts_suggest_is_looked_at_and_applied(own_rights: Stores, page: Page) -> None:
    judged_offers(own_rights)
    version = proposed(own_rights)
    page.goto("/figures")
    proposal = page.locator(".proposal")
    expect(proposal).to_contain_text("Mark: disguised spelling")
    expect(proposal).to_contain_text("8 of 10")
    page.get_by_role("button", name="Apply this calibration").click()
    expect(page.locator("#done")).to_contain_text(f"Calibration {version} is in force")
    expect(page.locator("#calibration")).to_contain_text("Applied by reviewer")
    expect(page.get_by_role("button", name="Apply this calibration")).to_have_count(0)


def test_a_proposal_that_was_overtaken_meanwhile_is_said(own_rights: Stores, page: Page) -> None:
    judged_offers(own_rights)
    proposed(own_rights)
    page.goto("/figures")
    button = page.get_by_role("button", name="Apply this calibration")
    expect(button).to_be_visible()
    proposed(own_rights)
    button.click()
    expect(page.locator("#notice")).to_contain_text("Somebody else")
    expect(button).to_be_enabled()


def test_an_alert_says_that_its_score_comes_from_verdicts(own_rights: Stores, page: Page) -> None:
    document = {
        "form": 1,
        "made_at": "2026-11-29",
        "scores": {"mark": {"disguise+mark": {"score": 0.9}}},
        "thresholds": {},
    }
    calibration = read_calibration(document)
    versions = {**own_rights.watchlist.versions, "calibration": calibration.version}
    watchlist = replace(own_rights.watchlist, calibration=calibration, versions=versions)
    (alert,) = replace(own_rights, watchlist=watchlist).seen(offer(1, "Qu1llon pens"), live=False)
    page.goto(f"/alerts/{alert.alert_id}")
    expect(page.locator(".signals .total")).to_contain_text("0.90")
    expect(page.locator("#alert")).to_contain_text("The weights amount to 0.69. The score is the share that infringes")
    expect(page.locator("#alert")).to_contain_text(calibration.version)


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_on_the_figures(
    browser: Browser, own_rights: Stores, server: WebServer, scheme: Any, language: str
) -> None:
    judged_offers(own_rights)
    proposed(own_rights)
    context = browser.new_context(base_url=server.url, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"/figures?lang={language}")
    page.wait_for_selector("#figures[aria-busy=false]")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    context.close()
