"""The watch floor as an operator has it: in a real browser, over real stores."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.dashboards.browser import ROWS, row_groups, wait_for_live, wait_for_rows
from tests.dashboards.service import Stores, WebServer, offer


def seen(stores: Stores, *numbers: int, title: str = "replica Quillon pen", live: bool = True) -> set[str]:
    """Offers with two findings each, as the groups they make."""
    alerts = stores.seen(*[offer(number, f"{title} {number}") for number in numbers], live=live)
    assert len(alerts) == 2 * len(numbers)
    return {alert.group_id for alert in alerts}


def expect_whole_rows(page: Page, groups: set[str]) -> None:
    """Each group has one row, and every row has both findings."""
    expect(page.locator(f"{ROWS} .count", has_text="2 findings")).to_have_count(len(groups))
    shown = row_groups(page)
    assert len(shown) == len(set(shown))
    assert set(shown) == groups


def test_history_is_there_at_once_and_live_alerts_join_it_on_top(stores: Stores, page: Page) -> None:
    stored = seen(stores, 1, live=False)
    page.goto("/")
    assert set(wait_for_rows(page, len(stored))) == stored
    live = seen(stores, 2)
    assert set(wait_for_rows(page, len(stored | live))[: len(live)]) == live
    row = page.locator(ROWS).first
    expect(row).to_contain_text("Quillon")
    expect(row).to_contain_text("CN-TM-1002")
    expect(row.locator(".tier")).to_have_text(re.compile("High|Medium|Low"))
    expect(row.locator("mark").first).to_be_visible()


def test_highlights_are_right_behind_emoji_and_other_wide_characters(stores: Stores, page: Page) -> None:
    stores.seen(offer(1, "🎒👩‍👩‍👧𠮷𝒳 replica ZEPHYRA 🎒 bag"), live=False)
    page.goto("/")
    wait_for_rows(page, 1)
    marked = page.locator(f"{ROWS} .title mark").all_text_contents()
    assert set(marked) == {"replica", "ZEPHYRA"}


def test_a_match_far_into_a_title_is_brought_into_sight(stores: Stores, page: Page) -> None:
    stores.seen(offer(1, "𝒳" * 300 + " replica ZEPHYRA bag"), live=False)
    page.goto("/")
    wait_for_rows(page, 1)
    expect(page.locator(f"{ROWS} .title mark", has_text="ZEPHYRA").first).to_be_in_viewport()


def test_pause_holds_the_list_and_resume_shows_what_waited(stores: Stores, page: Page) -> None:
    first = seen(stores, 1)
    page.goto("/")
    before = wait_for_rows(page, len(first))
    wait_for_live(page)
    page.keyboard.press("p")
    expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
    second = seen(stores, 2, 3)
    expect(page.locator("#show-new")).to_have_text(f"{len(second)} new")
    assert row_groups(page) == before
    page.keyboard.press("Space")
    assert set(wait_for_rows(page, len(first | second))) == first | second
    expect(page.locator("#show-new")).to_be_hidden()


def test_no_row_moves_under_the_pointer_or_the_selection(stores: Stores, page: Page) -> None:
    first = seen(stores, 1)
    page.goto("/")
    before = wait_for_rows(page, len(first))
    wait_for_live(page)
    row = page.locator(ROWS).first
    row.hover()
    place = row.bounding_box()
    second = seen(stores, 2)
    expect(page.locator("#show-new")).to_have_text(f"{len(second)} new")
    expect(page.locator("#hold")).to_have_text("Held: pointer on the list")
    assert row_groups(page) == before
    assert row.bounding_box() == place
    page.mouse.move(5, 5)
    both = wait_for_rows(page, len(first | second))
    page.keyboard.press("j")
    third = seen(stores, 3)
    expect(page.locator("#show-new")).to_have_text(f"{len(third)} new")
    assert row_groups(page) == both
    page.keyboard.press("Escape")
    wait_for_rows(page, len(first | second | third))


def test_filters_hold_for_history_and_live_and_stay_in_the_address(stores: Stores, page: Page) -> None:
    stores.seen(offer(1, "replica ZEPHYRA shoe"), offer(2, "replica Quillon pen"), live=False)
    page.goto("/?right_id=CN-TM-1001")
    wait_for_rows(page, 1)
    wait_for_live(page)
    expect(page.locator(ROWS, has_text="Quillon")).to_have_count(0)
    seen(stores, 3)
    (shown,) = {alert.group_id for alert in stores.seen(offer(4, "replica ZEPHYRA cap"))}
    page.wait_for_selector(f'[data-group="{shown}"]')
    expect(page.locator(ROWS, has_text="Quillon")).to_have_count(0)
    page.get_by_role("combobox", name="Finding").select_option("coded_fake")
    expect(page).to_have_url(re.compile(r"detector=coded_fake&right_id=CN-TM-1001"))
    expect(page.locator(ROWS)).to_have_count(2)
    page.locator("#clear-filters").click()
    expect(page.locator(ROWS, has_text="Quillon").first).to_be_visible()
    page.get_by_placeholder("Title, right or seller").fill("no such thing")
    expect(page.locator("#empty")).to_have_text("No alert fits these filters.")


def test_nothing_is_missed_or_doubled_when_the_server_restarts(stores: Stores, server: WebServer, page: Page) -> None:
    expected = seen(stores, 1)
    page.goto("/")
    wait_for_rows(page, len(expected))
    wait_for_live(page)
    server.stop()
    page.wait_for_selector(".state-down")
    expected |= seen(stores, *range(10, 40))
    server.start()
    page.wait_for_selector(".state-live")
    expected |= seen(stores, 50)
    wait_for_rows(page, len(expected))
    expect_whole_rows(page, expected)


def test_nothing_is_missed_when_redis_has_forgotten_the_place(stores: Stores, server: WebServer, page: Page) -> None:
    expected = seen(stores, 1)
    page.goto("/")
    wait_for_rows(page, len(expected))
    wait_for_live(page)
    server.stop()
    expected |= seen(stores, *range(10, 20), live=False)
    stores.trim()
    server.start()
    wait_for_rows(page, len(expected))
    expect_whole_rows(page, expected)


def test_the_floor_by_keyboard_alone(stores: Stores, page: Page) -> None:
    count = len(seen(stores, 1, 2))
    page.goto("/")
    groups = wait_for_rows(page, count)
    wait_for_live(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_placeholder("Title, right or seller")).to_be_focused()
    page.keyboard.type("p?jk")  # shortcuts are letters again in a text field
    expect(page.get_by_placeholder("Title, right or seller")).to_have_value("p?jk")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    wait_for_rows(page, count)
    for key in ("j", "ArrowDown", "k"):
        page.keyboard.press(key)
    expect(page.locator(".row.selected")).to_have_attribute("data-group", groups[0])
    page.keyboard.press("j")
    opened = page.locator(".row.selected").get_attribute("data-id")
    expect(page.locator(".row.selected")).to_have_attribute("data-group", groups[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alerts/{opened}")


def test_older_alerts_load_and_the_page_stays_bounded(stores: Stores, page: Page) -> None:
    assert len(stores.seen(*[offer(number, f"ZEPHYRA cap {number}") for number in range(660)], live=False)) == 660
    page.goto("/")
    wait_for_rows(page, 200)
    for expected in (300, 400, 500, 500):
        page.locator("#more").click()
        expect(page.locator(ROWS)).to_have_count(expected)
    assert len(set(row_groups(page))) == 500


def test_without_clickhouse_the_page_says_so_and_live_alerts_go_on(stores: Stores, page: Page) -> None:
    page.route(
        re.compile(r"/api/v1/alerts(\?|$)"), lambda route: route.fulfill(status=503, json={"code": "store_unavailable"})
    )
    page.goto("/")
    page.wait_for_selector(".state-live")
    expect(page.locator("#notice")).to_contain_text("store does not answer just now. Nothing is lost")
    live = seen(stores, 1)
    assert set(wait_for_rows(page, len(live))) == live
