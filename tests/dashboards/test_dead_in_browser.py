"""Dead letters in a real browser: chosen, looked at, sent again and discarded, with hostile content kept as text."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.dashboards.service import WebServer
from tests.dashboards.test_pages_in_browser import SCRIPT
from tests.streams.dead_world import offer
from tests.streams.dead_world import page as page_of

BAD = b'{"platform":"taobao","listing_id":"7"}'
HOSTILE = f"no json {SCRIPT} \u202e \x00".encode()


def test_letters_are_chosen_sent_again_and_seen_to_be_dead_again(server: WebServer, page: Page) -> None:
    bad, _ = server.dead.seen(page_of(offer(1), BAD, HOSTILE))
    page.goto("/")
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Dead letters").click()
    expect(page.locator("article.letter")).to_have_count(2)
    expect(page.locator("#retry")).to_be_disabled()
    card = page.locator(f"article[data-letter='{bad}']")
    card.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#done")).to_have_text("1 sent again.")
    expect(page.locator("#done")).to_be_focused()
    expect(page.locator("article.letter")).to_have_count(1)
    assert [message.value for message in server.dead.publisher.messages] == [b"\n" + BAD]
    server.dead.screen_sent()
    page.get_by_label("Decided").select_option("retried")
    expect(page.locator("article.letter .outcome")).to_contain_text("Dead again, as")
    link = page.locator("article.letter .outcome a")
    again = link.inner_text()
    link.click()
    expect(page.locator(f"article[data-letter='{again}']")).to_be_in_viewport()


def test_hostile_content_is_shown_as_text(server: WebServer, page: Page) -> None:
    (letter_id,) = server.dead.seen(page_of(offer(1), HOSTILE))
    page.goto("/dead")
    card = page.locator(f"article[data-letter='{letter_id}']")
    expect(card.locator(".excerpt")).to_contain_text(SCRIPT)
    card.get_by_text("All that is kept of it").click()
    expect(card.locator("pre")).to_contain_text(SCRIPT)
    expect(card).to_contain_text("All of it is kept, and can be sent again.")
    assert page.locator("#main script, #main img").count() == 0


def test_all_of_a_reason_are_discarded_with_why(server: WebServer, page: Page) -> None:
    server.dead.seen(page_of(offer(1), BAD, b"no json", b"nor this"))
    page.goto("/dead")
    page.get_by_label("Why it is dead").select_option("not_json")
    expect(page.locator("article.letter")).to_have_count(2)
    page.locator("#all").check()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#note-error")).to_have_text("Say why, for those who look later.")
    page.get_by_label("Why (needed to discard)").fill(f"noise {SCRIPT}")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#done")).to_have_text("2 discarded.")
    page.get_by_role("button", name="2 × no JSON · discarded").click()
    expect(page.locator("article.letter")).to_have_count(2)
    expect(page.locator("article.letter").first).to_contain_text(f"noise {SCRIPT}")


def test_filters_stay_in_the_address(server: WebServer, page: Page) -> None:
    server.dead.seen(page_of(offer(1), BAD, b"no json"))
    page.goto("/dead?state=&reason=no_title")
    expect(page.locator("article.letter")).to_have_count(1)
    page.get_by_label("Topic").fill("other")
    page.get_by_label("Topic").press("Enter")
    expect(page.locator("#letters")).to_have_text("No dead letter fits.")
    assert "topic=other" in page.url


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark")])
def test_the_page_has_no_accessibility_faults(server: WebServer, browser: Browser, language: str, theme: str) -> None:
    (letter_id, _) = server.dead.seen(page_of(offer(1), BAD, HOSTILE))
    context = browser.new_context(base_url=server.url, color_scheme=theme, viewport={"width": 1280, "height": 800})  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/dead?lang={language}")
    page.locator(f"article[data-letter='{letter_id}'] summary").click()
    expect(page.locator(f"article[data-letter='{letter_id}'] pre")).to_be_visible()
    results = Axe().run(page)
    context.close()
    assert results.violations_count == 0, results.generate_report()
