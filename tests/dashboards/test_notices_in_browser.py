"""The page of notices in a real browser: a destination is made, tested and removed; what nobody took is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from sinks.notices.outgoing import Answer, Fate
from sinks.operational.notice_store import NoticeStore
from tests.dashboards.service import Stores, WebServer
from tests.sinks.notice_world import draft, event, tell


@pytest.fixture
def server(own_rights: Stores) -> Iterator[WebServer]:
    server = WebServer(own_rights)
    server.start()
    yield server
    server.stop()


def test_a_destination_is_made_tested_and_removed(page: Page) -> None:
    page.goto("/notices")
    page.locator("[name=name]").fill("our chat")
    page.locator("[name=address]").fill("https://127.0.0.1/in")
    page.locator("#save").click()
    expect(page.locator("#edit-error")).to_contain_text("private address")
    page.locator("[name=address]").fill("https://hooks.example/in")
    page.locator("#save").click()
    expect(page.locator("#once code")).to_contain_text("whsec_")
    page.get_by_role("button", name="Send a test: our chat").click()
    expect(page.locator("#notices tr")).to_contain_text("our chat")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove: our chat").click()
    expect(page.locator("#list")).not_to_contain_text("our chat")


def test_what_nobody_took_says_why_and_is_sent_again(page: Page, own_rights: Stores) -> None:
    now = datetime.now(UTC)
    with closing(NoticeStore(own_rights.operational)) as store:
        to = store.destinations.add(draft(name="gone"), "x", now - timedelta(seconds=1))
        tell(store, event(at=now, right_id="CN-TM-1001"))
        taken = store.take(to.destination_id, now)
        assert taken is not None
        store.settle(taken, Answer(fate=Fate.REFUSED, reason="HTTP 422"), now, 0.0)
    page.goto("/notices")
    row = page.locator("#notices tr")
    expect(row).to_contain_text("HTTP 422")
    row.locator("summary").click()
    expect(row.locator("li")).to_contain_text("HTTP 422")
    page.get_by_role("button", name="Send again: gone").click()
    expect(row).to_contain_text("Waiting")


def test_the_link_of_a_letter_ends_them(page: Page, own_rights: Stores) -> None:
    with closing(NoticeStore(own_rights.operational)) as store:
        to = store.destinations.add(draft(), "x", datetime.now(UTC))
        page.goto(f"/unsubscribe/{to.token}")
        page.locator("#end").click()
        expect(page.locator("#done")).to_contain_text("no more")
        assert store.destinations.all(None, datetime.now(UTC))[0].disabled_because == "unsubscribed"
