"""The audit log in a real browser: filtered by the address, with a stranger's text kept as text."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from sinks.operational.audit_store import AuditStore
from tests.dashboards.service import Stores, WebServer
from tests.dashboards.test_pages_in_browser import SCRIPT


def test_acts_are_filtered_and_the_filter_stays_in_the_address(stores: Stores, server: WebServer, page: Page) -> None:
    with closing(AuditStore(stores.operational)) as audit:
        for name in ("Ada", SCRIPT):
            audit.append(
                by_id=name,
                by_name=name,
                action="right.put",
                subject=f"{name} 1",
                detail={"revision": 7, "why": SCRIPT},
                now=datetime.now(UTC),
            )
    page.goto(f"{server.url}/audit?action=right")
    expect(page.get_by_role("row").filter(has_text=SCRIPT).first).to_contain_text("right.put")
    page.get_by_label("By (account or its id)").fill("Ada")
    page.get_by_label("By (account or its id)").press("Enter")
    expect(page.locator("#entries tr").first).to_contain_text("Ada 1")
    expect(page.locator("#entries tr").first).to_contain_text(f"revision: 7 · why: {SCRIPT}")
    assert "by=Ada" in page.url
    page.get_by_label("Done to").fill("nothing")
    page.get_by_label("Done to").press("Enter")
    expect(page.locator("#none")).to_have_text("No entry fits.")
    assert page.locator("#main script, #main img").count() == 0
