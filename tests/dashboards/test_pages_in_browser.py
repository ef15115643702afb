"""Every page in a real browser: hostile text, both languages, both themes, assistive technology."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from streams.log_lines.traces import trace_id
from tests.dashboards.browser import ROWS, wait_for_live, wait_for_rows
from tests.dashboards.photographed import PICTURE, watching, watching_the_photograph
from tests.dashboards.service import Stores, WebServer, offer
from tests.detectors.pictures.edited import PROTECTED, cropped_and_covered, original, sent

SCRIPT = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"


def hostile_listing() -> dict[str, Any]:
    return offer(
        1,
        f"replica Quillon {SCRIPT} \u202e\u0000 𝒳",
        platform=SCRIPT,
        url="javascript:document.title='owned'",
        description=f"Quillon {SCRIPT}",
        brand=SCRIPT,
        category=SCRIPT,
        currency=SCRIPT,
        attributes={SCRIPT: f"Quillon {SCRIPT}"},
        seller={"id": SCRIPT, "name": SCRIPT, "url": "javascript:document.title='owned'", "region": SCRIPT},
        images=[{"url": "javascript:document.title='owned'"}, {"path": SCRIPT}],
        ships_from=SCRIPT,
        market=SCRIPT,
        **{SCRIPT: [SCRIPT, {SCRIPT: SCRIPT}]},
    )


def test_scripts_in_any_field_stay_text(stores: Stores, page: Page) -> None:
    alerts = stores.seen(hostile_listing())
    assert alerts
    page.goto("/")
    wait_for_rows(page, len({alert.group_id for alert in alerts}))
    expect(page.locator(ROWS).first).to_contain_text("<script>")
    for alert in alerts:
        page.goto(f"/alerts/{alert.alert_id}")
        page.wait_for_selector("#alert[aria-busy=false]")
        expect(page.locator("#alert")).to_contain_text("<script>")
        for details in page.locator("details").all():
            details.locator("summary").click()
        assert page.locator("a[href^='javascript' i]").count() == 0
        assert page.locator("#alert img, #alert script").count() == 0
        assert "owned" not in page.title() or "<img" in page.title()
    assert page.evaluate("typeof window.owned") == "undefined"


def test_an_alert_shows_the_offer_the_right_and_the_evidence(stores: Stores, page: Page) -> None:
    listing = offer(
        1,
        "🎒 replica ZEPHYRA bag",
        description="🎒🎒 ZEPHYRA 高仿",
        price="99.00",
        currency="CNY",
        url="https://shop.example/1",
    )
    alert = next(alert for alert in stores.seen(listing) if alert.detector == "coded_fake")
    page.goto(f"/alerts/{alert.alert_id}")
    main = page.locator("#alert")
    expect(main.get_by_role("heading", level=1)).to_have_text("🎒 replica ZEPHYRA bag")
    for text in (
        "Zephyr Sports Inc.",
        "99.00 CNY",
        alert.page,
        "partition 0, offset 7, line 1",
        "in force",
        "2036-03-01",
    ):
        expect(main).to_contain_text(text)
    assert set(main.locator("dd mark").all_text_contents()) >= {"ZEPHYRA", "高仿"}
    expect(main.locator(".command code")).to_have_text(f"rightswatch replay {alert.alert_id}")
    for link in main.get_by_role("link", name="https://shop.example/1").all():
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    other = main.locator(".group a")
    expect(other).to_have_count(1)
    other.click()
    page.wait_for_url(lambda url: alert.alert_id not in url)


def test_an_offer_is_checked_by_form(page: Page) -> None:
    page.goto("/check")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#title-error")).to_have_text("Give the title of the offer, or a picture.")
    expect(page.locator("[name=title]")).to_be_focused()
    page.locator("[name=title]").fill("🎒 replica ZEPHYRA bag, fits Quillon")
    page.locator("[name=seller]").fill("s1")
    page.get_by_role("button", name="Check").click()
    result = page.locator("#result")
    expect(result).to_contain_text("alert")
    expect(result).to_contain_text("Zephyr Sports Inc.")
    expect(result.locator("mark", has_text="ZEPHYRA").first).to_be_visible()
    page.locator("[name=title]").fill("wooden spoon")
    page.get_by_role("button", name="Check").click()
    expect(result).to_contain_text("No match")


def test_goods_are_checked_by_photograph_alone(server: WebServer, page: Page) -> None:
    server.watch(watching_the_photograph())
    page.goto("/check")
    page.locator("[name=picture]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": PICTURE})
    page.get_by_role("button", name="Check").click()
    result = page.locator("#result")
    expect(result).to_contain_text("Copied picture")
    expect(result).to_contain_text("same picture bridge.jpg (0 of 256 bits apart, at most 31) in picture 1")


def test_what_agrees_of_a_cropped_and_covered_copy_is_said(server: WebServer, page: Page) -> None:
    server.watch(*watching(original(PROTECTED)))
    page.goto("/check")
    content = sent(cropped_and_covered())
    page.locator("[name=picture]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content})
    page.get_by_role("button", name="Check").click()
    said = r"same picture, cut or covered bridge\.jpg \(cropped; \d+ points agree, \d+ of \d+ parts are the same\)"
    expect(page.locator("#result")).to_contain_text(re.compile(said))


@pytest.mark.parametrize(("title", "verdict"), [("", "Nothing could be compared"), ("wooden spoon", "No match")])
def test_a_picture_that_is_none_does_not_pass_for_one_without_a_match(page: Page, title: str, verdict: str) -> None:
    page.goto("/check")
    page.locator("[name=picture]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
    page.locator("[name=title]").fill(title)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#result h2")).to_have_text(verdict)
    expect(page.locator("#result .notice")).to_have_text("1 picture could not be compared: the file is no picture")


def test_language_and_theme_change_and_stay(stores: Stores, page: Page) -> None:
    stores.seen(offer(1, "replica Quillon pen"))
    page.goto("/?tier=high")
    wait_for_live(page)
    page.locator("#language").click()
    page.wait_for_url("**tier=high**lang=zh**")
    expect(page.locator("#pause")).to_have_text("暂停")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator("#theme").click()
    chosen = page.locator("html").get_attribute("data-theme")
    page.goto("/check")
    expect(page.locator("h1")).to_have_text("核查商品")
    expect(page.locator("html")).to_have_attribute("data-theme", chosen or "")
    assert page.evaluate("document.body.innerText").isascii() is False


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, stores: Stores, server: WebServer, scheme: Any, language: str
) -> None:
    alerts = stores.seen(offer(1, "replica Quillon pen"), offer(2, "Z E P H Y R A cap"), offer(3, "ZEPHYRA cap"))
    context = browser.new_context(base_url=server.url, color_scheme=scheme, bypass_csp=True)  # axe is a foreign script
    page = context.new_page()
    for path in (f"/?lang={language}", "/check", f"/alerts/{alerts[0].alert_id}"):
        page.goto(path)
        if path.startswith("/?"):
            wait_for_rows(page, len({alert.group_id for alert in alerts}))
            page.keyboard.press("j")
        elif path == "/check":
            page.locator("[name=title]").fill("replica ZEPHYRA, Quillon")
            page.locator("#submit").click()
            page.wait_for_selector("#result .card")
        else:
            page.wait_for_selector("#alert[aria-busy=false]")
        report = Axe().run(page)
        assert report.violations_count == 0, report.generate_report()
    context.close()


@pytest.mark.parametrize("path", ["/", "/check", "alert"])
def test_no_page_is_wider_than_a_phone(browser: Browser, stores: Stores, server: WebServer, path: str) -> None:
    alert = stores.seen(offer(1, "replica Quillon " + "x" * 3000, seller={"id": "y" * 500}))[0]
    context = browser.new_context(base_url=server.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"/alerts/{alert.alert_id}" if path == "alert" else path)
    if path == "/":
        wait_for_rows(page, 1)
    elif path == "alert":
        page.wait_for_selector("#alert[aria-busy=false]")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    context.close()


def test_an_alert_names_the_trace_that_log_lines_about_its_page_carry(stores: Stores, page: Page) -> None:
    (alert, *_) = stores.seen(offer(1, "replica ZEPHYRA bag"), live=False)
    page.goto(f"/alerts/{alert.alert_id}")
    trace = page.locator(".facts > div", has_text="Trace (in the logs)").locator("dd")
    expect(trace).to_have_text(trace_id(alert.page))


def test_the_menu_of_pages_opens_by_keyboard_leads_on_and_closes_on_escape(stores: Stores, page: Page) -> None:
    page.goto("/check")
    summary, links = page.locator(".menu summary"), page.locator(".menu-links a")
    expect(links.first).to_be_hidden()
    summary.press("Enter")
    expect(links.first).to_be_visible()
    summary.press("Escape")
    expect(links.first).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.mouse.click(5, 500)
    expect(links.first).to_be_hidden()
    summary.press("Enter")
    page.get_by_role("link", name="Dead letters").press("Enter")
    page.wait_for_url("**/dead")
    expect(page.locator(".menu summary")).to_have_text("Dead letters")
