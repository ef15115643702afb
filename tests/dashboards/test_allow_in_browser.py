"""Quarantined pictures in a real browser: the floor's banner, the page, and a person's decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sinks.operational.allow_store import AllowStore
from tests.dashboards.browser import wait_for_live
from tests.dashboards.service import Stores, WebServer, offer
from tests.dashboards.test_pages_in_browser import SCRIPT

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PDQ, OTHER = "0f" * 32, "f0" * 32


@pytest.fixture
def allow(stores: Stores) -> Iterator[AllowStore]:
    store = AllowStore(stores.operational)
    yield store
    for entry in store.entries():
        store.remove(entry["pdq"])
    store.close()


def quarantine(stores: Stores, allow: AllowStore, pdq: str = PDQ) -> str:
    """A quarantine whose example is an alert with hostile text; the alert's id."""
    seller = {"id": "s1", "name": SCRIPT}
    (alert, *_) = stores.seen(offer(1, f"replica ZEPHYRA {SCRIPT}", seller=seller), live=False)
    fired: dict[str, Any] = {"listings": 120, "sellers": 60, "holders": 1, "minutes": 60, "rights": ["CN-TM-1001"]}
    allow.quarantine([{"pdq": pdq, "distance": 10, "fired": {**fired, "alerts": [alert.alert_id]}}], NOW)
    return alert.alert_id


def test_the_floor_says_that_a_picture_is_quarantined_and_leads_to_it(
    stores: Stores, allow: AllowStore, page: Page
) -> None:
    quarantine(stores, allow)
    page.goto("/")
    wait_for_live(page)
    banner = page.locator("#quarantine")
    expect(banner).to_contain_text("1 picture is quarantined")
    expect(banner).to_contain_text("it fired 120 times from 60 sellers in 60 minutes")
    banner.get_by_role("link", name="Look and decide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pictures that do not alert")


def test_a_floor_that_is_open_hears_of_a_quarantine_and_of_its_end(
    stores: Stores, allow: AllowStore, page: Page
) -> None:
    page.goto("/")
    wait_for_live(page)
    expect(page.locator("#quarantine")).to_be_hidden()
    quarantine(stores, allow)
    stores.beat(revision=10)
    expect(page.locator("#quarantine")).to_contain_text("1 picture is quarantined")
    allow.release(PDQ, by="test", now=NOW)
    stores.beat(revision=11)
    expect(page.locator("#quarantine")).to_be_hidden()


@pytest.mark.parametrize(("button", "state", "said"), [
    ("Release: let it alert", "released", "Released: it alerts from revision"),
    ("Allow for good", "allowed", "Allowed: it never alerts from revision"),
])  # fmt: skip
def test_a_person_looks_at_what_fired_and_decides(
    stores: Stores, allow: AllowStore, page: Page, button: str, state: str, said: str
) -> None:
    alert_id = quarantine(stores, allow)
    page.goto("/pictures")
    card = page.locator(f"article[data-pdq='{PDQ}']")
    expect(card).to_contain_text("Fired 120 times from 60 sellers in 60 minutes, for 1 right")
    expect(card.locator(f"a[href='/alerts/{alert_id}']")).to_contain_text("<script>")
    card.get_by_label("Why (optional)").fill(f"seen {SCRIPT}")
    card.get_by_role("button", name=button).click()
    expect(page.locator("#done")).to_contain_text(said)
    expect(page.locator("#done")).to_be_focused()
    expect(page.locator("article.entry")).to_contain_text(f"seen {SCRIPT}")
    assert [(entry["state"], entry["by"]) for entry in allow.entries()] == [(state, "local")]
    assert page.locator("#main script, #main img").count() == 0


def test_a_decision_is_taken_back(stores: Stores, allow: AllowStore, page: Page) -> None:
    allow.allow(OTHER, by="command line", now=NOW)
    page.goto("/pictures")
    page.get_by_role("button", name="Remove from the list").click()
    expect(page.locator("#entries")).to_have_text("No picture is on the list.")
    assert allow.entries() == []


def test_a_fingerprint_is_allowed_by_hand_once_it_is_one(stores: Stores, allow: AllowStore, page: Page) -> None:
    page.goto("/pictures")
    field = page.get_by_label("Fingerprint (PDQ, 64 hexadecimal digits)")
    add = page.locator("#add")
    field.fill("0f0f")
    add.get_by_role("button").click()
    expect(page.locator("#pdq-error")).to_have_text("Give 64 hexadecimal digits.")
    expect(field).to_be_focused()
    field.fill(OTHER.upper())
    add.get_by_role("button").click()
    expect(page.locator(f"article[data-pdq='{OTHER}']")).to_be_visible()
    assert [entry["pdq"] for entry in allow.entries("allowed")] == [OTHER]


def test_the_keyboard_alone_is_enough(stores: Stores, allow: AllowStore, page: Page) -> None:
    quarantine(stores, allow)
    page.goto("/pictures")
    page.get_by_role("button", name="Release: let it alert").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_contain_text("Released")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_has_no_accessibility_fault_and_fits_a_phone(
    stores: Stores,
    allow: AllowStore,
    browser: Browser,
    server: WebServer,
    language: str,
    theme: Literal["dark", "light"],
) -> None:
    quarantine(stores, allow)
    allow.allow(OTHER, by="command line", now=NOW, note="x" * 400)
    context = browser.new_context(
        base_url=server.url, viewport={"width": 360, "height": 740}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    for path, ready in ((f"/pictures?lang={language}", "#entries a"), ("/", "#quarantine a")):
        page.goto(path)
        page.wait_for_selector(ready)
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
