"""The page of notices in a real browser: a destination is made, tested and removed; what nobody took is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dashboards.access.roles import Role
from sinks.notices.outgoing import Answer, Fate
from sinks.operational.notice_store import NoticeStore
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Stores, WebServer, offer
from tests.sinks.notice_world import HOLDER_1, draft, event, tell


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


def test_a_form_is_sent_though_the_list_has_not_come(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/v1/destinations", lambda route: hold_what_is_read(route, held))
    page.goto("/notices")
    page.locator("[name=name]").fill("our chat")
    page.locator("[name=address]").fill("https://127.0.0.1/in")
    page.locator("#save").click()
    expect(page.locator("#edit-error")).to_contain_text("private address")
    assert len(held) == 1
    held[0].continue_()


def hold_what_is_read(route: Route, held: list[Route]) -> None:
    if route.request.method == "GET":
        held.append(route)
    else:
        route.continue_()


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


def test_an_alerts_page_tells_its_holder_what_was_sent_about_it_and_nobody_elses(
    browser: Browser, own_rights: Stores
) -> None:
    holder = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))
    server = WebServer(own_rights, identify=acting_as(holder))
    server.start()
    now = datetime.now(UTC)
    first, other = own_rights.seen(offer(1, "ZEPHYRA shoes"), offer(2, "ZEPHYRA bags"), live=False)
    with closing(NoticeStore(own_rights.operational)) as store:
        ours = store.destinations.add(draft(name="ours", owner=HOLDER_1), "x", now - timedelta(seconds=1))
        store.destinations.add(draft(name="an operator's"), "x", now - timedelta(seconds=1))
        for about in (first, other):
            ids: dict[str, Any] = {"alert_id": about.alert_id, "group_id": about.group_id, "right_id": "CN-TM-1001"}
            tell(store, event(at=now, key=f"alert:{about.group_id}", **ids))
        taken = store.take(ours.destination_id, now)
        assert taken is not None
        store.settle(taken, Answer(fate=Fate.REFUSED, reason="HTTP 422"), now, 0.0)
        shown = first if taken.told[0].alert_id == first.alert_id else other
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    page.goto(f"/alerts/{shown.alert_id}")
    told = page.locator("#alert-notices li")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("ours · Webhook")
    expect(told).to_contain_text("HTTP 422")
    page.get_by_role("button", name="Send again: ours").click()
    expect(page.locator("#alert-notices li[data-state=waiting]")).to_have_count(1)
    context.close()
    server.stop()


def test_the_link_of_a_letter_ends_them(page: Page, own_rights: Stores) -> None:
    with closing(NoticeStore(own_rights.operational)) as store:
        to = store.destinations.add(draft(), "x", datetime.now(UTC))
        page.goto(f"/unsubscribe/{to.token}")
        page.locator("#end").click()
        expect(page.locator("#done")).to_contain_text("no more")
        assert store.destinations.all(None, datetime.now(UTC))[0].disabled_because == "unsubscribed"
