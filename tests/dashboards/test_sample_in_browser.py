"""The sample of what did not alert, judged blind in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.dashboards.service import Stores, WebServer
from tests.dashboards.test_sample_api import sampled


def test_matches_are_judged_one_by_one_and_only_then_it_is_said_why_they_were_silent(
    stores: Stores, page: Page
) -> None:
    sampled(stores, 2)
    page.goto("/screened")
    expect(page.locator(".offer-title")).to_contain_text("Quillon pens")
    expect(page.locator("#match")).to_contain_text("2 wait to be judged.")
    assert "mentioned" not in page.locator("#main").inner_text()
    first = page.locator(".offer-title").inner_text()
    page.get_by_role("group", name="Not infringing").get_by_role("button", name="plain word for the goods").click()
    expect(page.locator("#done")).to_have_text("Judged: Not infringing. It did not alert because: only mentioned.")
    expect(page.locator(".offer-title")).not_to_have_text(first)
    expect(page.locator(".offer-title")).to_be_focused()
    expect(page.locator("#match")).to_contain_text("1 waits to be judged.")
    page.keyboard.press("Tab")
    page.get_by_role("group", name="Infringing", exact=True).get_by_role("button").first.press("Enter")
    expect(page.locator("#match")).to_have_text("Nothing is left to judge.")


def test_one_that_nobody_can_tell_is_left(stores: Stores, page: Page) -> None:
    sampled(stores, 1)
    page.goto("/screened")
    page.get_by_role("button", name="Leave it: I cannot tell").click()
    expect(page.locator("#match")).to_have_text("Nothing is left to judge.")
    page.reload()
    expect(page.locator(".offer-title")).to_contain_text("Quillon pens")


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_on_the_sample(
    browser: Browser, stores: Stores, server: WebServer, scheme: Any, language: str
) -> None:
    sampled(stores, 1)
    context = browser.new_context(base_url=server.url, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"/screened?lang={language}")
    page.wait_for_selector(".choices")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    context.close()
