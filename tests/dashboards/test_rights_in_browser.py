"""The rights desk in a real browser: a right is found, changed, previewed, saved, withdrawn, by keyboard too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from dashboards.access.roles import Role
from sinks.operational.right_history_store import Author, RightHistoryStore
from sinks.operational.rights_store import RightsStore
from tests.dashboards.desk import address, put, send_pictures
from tests.dashboards.photographed import PICTURE
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import RIGHTS, Stores, WebServer, ask, offer
from tests.dashboards.test_pages_in_browser import SCRIPT
from tests.streams.screened_pages import store_screened

READY = "#form[aria-busy=false]"
FULL: dict[str, Any] = {
    "right_id": "CN-TM/77",
    "kind": "trademark",
    "marks": ["NIKE", "耐克"],
    "holder": {"id": "h1", "name": "Nike, Inc.", "sellers": [{"platform": "taobao", "seller_id": "s9"}]},
    "expires_on": "20360301",
    "licensees": [{"name": "Shop One", "platforms": ["taobao"], "from": "2026-01-01", "mystery": 7}],
    "allow": [{"phrase": "nike of samothrace"}],
    "threshold": {"score": 0.4},
    "claims": ["First.", "Second."],
    "well_known": False,
    "of_their_own": {"kept": True},
}


@pytest.fixture
def server(own_rights: Stores) -> Iterator[WebServer]:
    """A web process over rights that the test may change."""
    server = WebServer(own_rights)
    server.start()
    yield server
    server.stop()


def open_right(page: Page, right_id: str) -> None:
    page.goto("/rights/" + right_id.replace("/", "%2F"))
    page.wait_for_selector(READY)
    expect(page.locator("#history")).to_be_visible()


def save(page: Page, reason: str = "") -> None:
    page.get_by_label("Why (kept in the history)").fill(reason)
    page.get_by_role("button", name="Save").click()


def test_a_right_is_found_and_opened(page: Page, server: WebServer) -> None:
    page.goto("/rights")
    expect(page.locator("#list tr")).to_have_count(2)
    page.get_by_label("Search").fill("zephyr sports")
    expect(page.locator("#list tr")).to_have_count(1)
    assert "text=zephyr" in page.url
    page.reload()
    expect(page.locator("#list tr")).to_have_count(1)
    page.get_by_role("link", name="ZEPHYRA, 泽菲拉").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ZEPHYRA")
    expect(page.get_by_label("Holder's name")).to_have_value("Zephyr Sports Inc.")
    page.goto("/rights?text=nothing")
    expect(page.locator("#none")).to_have_text("No right fits.")


def test_saving_changes_what_was_touched_and_nothing_else(page: Page, server: WebServer) -> None:
    put(server, FULL, 0)
    open_right(page, "CN-TM/77")
    expect(page.get_by_label("Expires")).to_have_value("2036-03-01")
    page.get_by_label("Classes").fill("25, 18")
    page.get_by_role("button", name="Add: Licensee").click()
    second = page.get_by_role("group", name="Licensee 2")
    second.get_by_label("Shop's id").fill("s2")
    second.get_by_label("Until").fill("2027-01-01")
    page.get_by_label("Well known").check()
    page.get_by_role("group", name="Exception 1").get_by_role("button", name="Remove").click()
    save(page, "two classes")
    expect(page.locator("#done")).to_have_text("Saved: in force from revision 4.")
    expect(page.locator("#done")).to_be_focused()
    changed = {
        **FULL,
        "classes": ["25", "18"],
        "licensees": [*FULL["licensees"], {"seller_id": "s2", "to": "2027-01-01"}],
        "well_known": True,
    }
    del changed["allow"]
    assert ask(server, address("CN-TM/77")).json == changed
    newest = page.locator("#changes li").first
    for text in ("Changed", "local", "two classes", "+ 25", "+ Shop's id: s2, Until: 2027-01-01", "− no", "+ yes"):
        expect(newest).to_contain_text(text)


def test_an_alert_leads_to_its_right(page: Page, own_rights: Stores, server: WebServer) -> None:
    (alert,) = own_rights.seen(offer(1, "ZEPHYRA shoes"), live=False)
    page.goto(f"/alerts/{alert.alert_id}")
    page.get_by_role("link", name="CN-TM-1001").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ZEPHYRA")


def test_a_new_right_is_added_with_a_picture(page: Page, server: WebServer) -> None:
    page.goto("/rights")
    page.get_by_role("link", name="Add a right").click()
    page.wait_for_url("**/new-right")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Id", exact=True)).to_be_focused()
    page.get_by_label("Id", exact=True).fill("CN-D-1")
    page.get_by_label("Kind").select_option("design")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-error-for=marks]")).to_contain_text("nothing to match")
    bad: FilePayload = {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"}
    page.get_by_label("Add pictures").set_input_files(bad)
    expect(page.locator("[data-error-for=images]")).to_have_text("page.jpg: the file is no picture.")
    good: FilePayload = {"name": "bridge.jpg", "mimeType": "image/jpeg", "buffer": PICTURE}
    page.get_by_label("Add pictures").set_input_files(good)
    expect(page.get_by_role("img", name="Picture bridge.jpg")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/rights/CN-D-1")
    shown = page.get_by_role("img", name="Picture bridge.jpg")
    expect(shown).to_be_visible()
    page.wait_for_function("() => document.querySelector('.kept img')?.naturalWidth > 0")
    page.goto("/rights")
    page.wait_for_function("() => document.querySelector('#list img')?.naturalWidth > 0")


def test_what_is_wrong_is_said_beside_its_field(page: Page, server: WebServer) -> None:
    put(server, FULL, 0)
    open_right(page, "CN-TM/77")
    page.get_by_label("Score from").fill("7")
    page.get_by_role("button", name="Add: Licensee").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#save-error")).to_have_text("2 things to correct; each is named beside its field.")
    expect(page.locator("[data-error-for='threshold.score']")).to_contain_text("must be between 0 and 1")
    expect(page.locator("[data-error-for='licensees[1].seller_id']")).to_contain_text("give at least one of")
    expect(page.get_by_label("Score from")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("group", name="Licensee 2").get_by_label("Shop's id")).to_be_focused()


def test_a_change_is_previewed_before_it_is_saved(page: Page, own_rights: Stores, server: WebServer) -> None:
    hostile = offer(2, f"Quillon bag {SCRIPT}", url="javascript:document.title='owned'", seller={"name": SCRIPT})
    offers = (offer(1, "ZEPHYRA shoes", url="https://shop.example/1"), hostile)
    pages = [own_rights.page(one, at=datetime.now(UTC) - timedelta(hours=1)) for one in offers]
    store_screened(own_rights.clickhouse, pages)
    open_right(page, "CN-TM-1001")
    page.get_by_label("Marks").fill("Quillon")
    page.get_by_role("button", name="Preview", exact=True).click()
    told = page.locator("#previewed")
    expect(told.locator(".raised")).to_contain_text("1alert more")
    expect(told.locator(".silenced")).to_contain_text("1alert less")
    expect(told).to_contain_text("Counted on all 2 pages of the last 7 days.")
    expect(told.get_by_role("link", name="ZEPHYRA shoes")).to_have_attribute("href", "https://shop.example/1")
    expect(told).to_contain_text("<script>")
    assert told.locator("script, img, a[href^=javascript]").count() == 0
    page.get_by_role("button", name="Preview withdrawing").click()
    expect(told.locator(".raised")).to_contain_text("0alerts more")
    assert ask(server, address("CN-TM-1001")).json == RIGHTS[0]


def test_who_saves_an_older_form_sees_what_the_other_did_and_puts_the_own_change_on_top(
    page: Page, own_rights: Stores, server: WebServer
) -> None:
    open_right(page, "CN-TM-1002")
    page.get_by_label("Title").fill("mine")
    page.get_by_label("Classes").fill("9")
    with closing(RightHistoryStore(own_rights.operational)) as desk:
        theirs = {**RIGHTS[1], "title": f"theirs {SCRIPT}", "aliases": ["QLN"]}
        desk.put(theirs, based_on=2, author=Author("b", "Bea"), now=datetime.now(UTC), reason=f"renamed {SCRIPT}")
    save(page, "my reason")
    stale = page.locator("#stale")
    expect(stale).to_be_focused()
    for text in ("Somebody else changed this right meanwhile", "Bea", "renamed <img", "You both changed: Title."):
        expect(stale).to_contain_text(text)
    stale.get_by_role("button", name="Put my changes on top").click()
    expect(page.get_by_label("Also written")).to_have_value("QLN")
    expect(page.get_by_label("Title")).to_have_value("mine")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("#done")).to_have_text("Saved: in force from revision 4.")
    assert ask(server, address("CN-TM-1002")).json == {**theirs, "title": "mine", "classes": ["9"]}
    assert page.locator("#main script").count() == 0


def test_a_right_is_withdrawn_with_a_reason_and_put_back(page: Page, server: WebServer) -> None:
    open_right(page, "CN-TM-1002")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.locator("#save-error")).to_have_text("Say why it is withdrawn.")
    page.keyboard.type("the client left")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.locator("#done")).to_have_text("Withdrawn from revision 3.")
    expect(page.locator("#standing")).to_contain_text("off the watchlist")
    page.goto("/rights")
    page.get_by_label("Withdrawn ones").check()
    page.get_by_role("link", name="Quillon").click()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#done")).to_have_text("Saved: in force from revision 4.")
    assert ask(server, address("CN-TM-1002")).json == RIGHTS[1]


def test_hostile_text_in_every_field_stays_text(page: Page, server: WebServer) -> None:
    hostile = {
        **FULL,
        "right_id": SCRIPT,
        "title": SCRIPT,
        "marks": [SCRIPT],
        "holder": {
            "id": SCRIPT,
            "name": SCRIPT,
            "uscc": SCRIPT,
            "sellers": [{"platform": SCRIPT, "seller_id": SCRIPT}],
        },
        "licensees": [{"name": SCRIPT, "platforms": [SCRIPT]}],
        "allow": [{"phrase": SCRIPT}],
        "images": [{"path": SCRIPT, "pdq": "0f" * 32}],
        "abstract": SCRIPT,
        "claims": [SCRIPT],
        "of_their_own": SCRIPT,
    }
    assert put(server, hostile, 0, SCRIPT).status == 200
    assert put(server, {**hostile, "title": None, "marks": [f"{SCRIPT} 2"]}, 3, SCRIPT).status == 200
    page.goto("/rights")
    expect(page.locator("#list")).to_contain_text("<script>")
    page.get_by_role("link", name=SCRIPT).click()
    page.wait_for_selector(READY)
    expect(page.locator("#changes li")).to_have_count(2)
    expect(page.locator("#changes")).to_contain_text(f"− {SCRIPT}")
    assert page.locator("#main script, #main img").count() == 0
    assert not page.title().startswith("owned")


def test_the_keyboard_alone_is_enough(page: Page, server: WebServer) -> None:
    page.goto("/rights")
    page.get_by_role("link", name="Quillon").press("Enter")
    page.wait_for_url("**/rights/CN-TM-1002")
    page.wait_for_selector(READY)
    page.get_by_label("Marks").focus()
    page.keyboard.press("End")
    page.keyboard.type(" 2")
    add = page.get_by_role("button", name="Add: Exception")
    add.press("Enter")
    page.keyboard.type("s7")
    expect(page.get_by_role("group", name="Exception 1").get_by_label("Shop's id")).to_have_value("s7")
    page.get_by_role("group", name="Exception 1").get_by_role("button", name="Remove").press("Enter")
    expect(add).to_be_focused()
    page.get_by_label("Why (kept in the history)").focus()
    page.keyboard.type("typed")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_have_text("Saved: in force from revision 3.")
    assert ask(server, address("CN-TM-1002")).json["marks"] == ["Quillon 2"]


def test_who_may_only_look_gets_no_buttons(browser: Browser, own_rights: Stores) -> None:
    server = WebServer(own_rights, identify=acting_as(principal(Role.FAIR_TEAM)))
    server.start()
    try:
        context = browser.new_context(base_url=server.url)
        page = context.new_page()
        page.goto("/rights")
        expect(page.locator("#list tr")).to_have_count(2)
        expect(page.locator("#new")).to_be_hidden()
        open_right(page, "CN-TM-1001")
        expect(page.get_by_label("Title")).to_be_disabled()
        expect(page.locator("#save")).to_be_hidden()
        context.close()
    finally:
        server.stop()


def test_a_holders_new_right_begins_with_its_own_id_and_holder(browser: Browser, own_rights: Stores) -> None:
    holder = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h<1>"}))
    server = WebServer(own_rights, identify=acting_as(holder))
    server.start()
    try:
        context = browser.new_context(base_url=server.url, locale="en-GB")
        page = context.new_page()
        page.goto("/new-right")
        page.wait_for_selector(READY)
        expect(page.get_by_text("Begins with h<1>:")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("[data-error-for=right_id]")).to_contain_text("Give the right an id first")
        expect(page.locator("[name=right_id]")).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.type("NEW")
        page.get_by_label("Marks").fill("VELLOR")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/rights/h%3C1%3E%3ANEW")
        expect(page.get_by_label("Holder's id")).to_have_value("h<1>")
        context.close()
    finally:
        server.stop()


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("zh", "light")])
def test_the_pages_have_no_accessibility_fault_and_fit_a_phone(
    browser: Browser, own_rights: Stores, server: WebServer, language: str, theme: Literal["dark", "light"]
) -> None:
    (image,) = send_pictures(server, "CN-TM/77", ("picture", "bridge.jpg", PICTURE)).json["images"]
    put(server, {**FULL, "images": [image, {"pdq": "0f" * 32}], "title": "x" * 300}, 0, "because " * 30)
    store = RightsStore(own_rights.operational)
    store.apply([{"op": "put", "right": {**FULL, "title": "imported"}}])
    store.close()
    store_screened(own_rights.clickhouse, [own_rights.page(offer(1, "NIKE shoes"), at=datetime.now(UTC))])
    context = browser.new_context(
        base_url=server.url, viewport={"width": 360, "height": 740}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    for path, ready in (
        (f"/rights?lang={language}", "#list a"),
        ("/rights/CN-TM%2F77", "#changes li"),
        ("/new-right", READY),
    ):
        page.goto(path)
        page.wait_for_selector(ready)
        if "77" in path:
            page.locator("#preview").click()
            page.wait_for_selector("#previewed .figures")
            page.locator("[name='threshold.score']").fill("7")
            page.locator("#submit").click()
            page.wait_for_selector("[aria-invalid]")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
