"""What a row of the watch floor is: one offer and one right, with every finding of the latest observation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from detectors.records import Alert
from tests.dashboards.browser import ROWS, row_groups, wait_for_live, wait_for_rows
from tests.dashboards.service import Stores, WebServer, offer


def leading(alerts: tuple[Alert, ...]) -> Alert:
    assert {alert.detector for alert in alerts} == {"mark", "coded_fake"}
    return max(alerts, key=lambda alert: (alert.score, alert.detector == "coded_fake"))


def expect_joined(page: Page, alerts: tuple[Alert, ...]) -> Locator:
    row = page.locator(ROWS)
    expect(row).to_have_count(1)
    expect(row).to_have_attribute("data-id", leading(alerts).alert_id)
    expect(row.locator(".count")).to_have_text("2 findings")
    expect(row.locator(".title mark")).to_have_text(["replica", "Quillon"])
    expect(row.locator(".why")).to_have_text("2 findingscounterfeit wording replica + identical mark Quillon")
    return row


@pytest.mark.parametrize("live", [True, False])
def test_two_findings_about_one_offer_and_right_are_one_row(stores: Stores, page: Page, live: bool) -> None:
    if live:
        page.goto("/")
        wait_for_live(page)
    alerts = stores.seen(offer(1, "replica Quillon pen"), live=live)
    if not live:
        page.goto("/")
    row = expect_joined(page, alerts)
    row.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alerts/{leading(alerts).alert_id}")
    expect(page.locator(".group a")).to_have_count(1)


def test_a_second_finding_that_comes_later_joins_its_row_unless_the_list_is_held(stores: Stores, page: Page) -> None:
    page.goto("/")
    wait_for_live(page)
    alerts = stores.seen(offer(1, "replica Quillon pen"), live=False)
    mark, fake = sorted(alerts, key=lambda alert: alert.detector, reverse=True)
    stores.send([mark.to_bytes()])
    row = page.locator(ROWS)
    expect(row).to_have_attribute("data-id", mark.alert_id)
    expect(row.locator(".count")).to_have_count(0)
    page.keyboard.press("j")
    stores.send([fake.to_bytes()])
    expect(page.locator("#show-new")).to_have_text("1 new")
    expect(row).to_have_attribute("data-id", mark.alert_id)
    page.keyboard.press("Escape")
    expect_joined(page, alerts)
    expect(page.locator("#show-new")).to_be_hidden()


@pytest.mark.parametrize("detector", ["mark", "coded_fake"])
def test_a_row_stays_when_any_of_its_findings_fits_the_filter(stores: Stores, page: Page, detector: str) -> None:
    page.goto("/")
    wait_for_live(page)
    alerts = stores.seen(offer(1, "replica Quillon pen"))
    stores.seen(offer(2, "ZEPHYRA cap"))
    wait_for_rows(page, 2)
    page.get_by_role("combobox", name="Finding").select_option(detector)
    if detector == "coded_fake":
        expect_joined(page, alerts)
    page.get_by_placeholder("Title, right or seller").fill("pen")
    expect_joined(page, alerts)
    page.get_by_role("combobox", name="Finding").select_option("patent_claim")
    expect(page.locator(ROWS)).to_have_count(0)


def test_an_edited_offer_keeps_one_row_that_shows_the_latest_observation(stores: Stores, page: Page) -> None:
    earlier = datetime.now(UTC) - timedelta(minutes=2)
    first = stores.seen(offer(1, "replica Quillon pen"), at=earlier)
    other = stores.seen(offer(2, "replica Quillon ink"), at=earlier + timedelta(minutes=1))
    page.goto("/")
    groups = [other[0].group_id, first[0].group_id]
    assert wait_for_rows(page, 2) == groups
    wait_for_live(page)
    row = page.locator(ROWS).nth(1)
    row.hover()
    edited = stores.seen(offer(1, "Quillon pen, copy 1:1 replica"))
    expect(page.locator("#show-new")).to_have_text("1 new")
    assert row_groups(page) == groups
    expect(row.locator(".title")).to_have_text("replica Quillon pen")
    page.mouse.move(5, 5)
    top = page.locator(ROWS).first
    expect(top.locator(".title")).to_have_text("Quillon pen, copy 1:1 replica")
    expect(top).to_have_attribute("data-id", leading(edited).alert_id)
    expect(top.locator(".count")).to_have_text("2 findings")
    assert row_groups(page) == groups[::-1]


def test_a_page_of_history_that_ends_within_a_group_is_completed_by_the_next(stores: Stores, page: Page) -> None:
    titles = [f"replica Quillon pen {number}" for number in range(150)]
    groups = {alert.group_id for alert in stores.seen(*[offer(n, t) for n, t in enumerate(titles)], live=False)}
    page.goto("/")
    wait_for_rows(page, 100)
    page.locator("#more").click()
    assert set(wait_for_rows(page, len(groups))) == groups
    expect(page.locator(f"{ROWS} .count", has_text="2 findings")).to_have_count(len(groups))
    expect(page.locator("#show-new")).to_be_hidden()


def test_no_alert_is_doubled_when_the_stream_and_the_history_bring_it_again(
    stores: Stores, server: WebServer, page: Page
) -> None:
    page.goto("/")
    wait_for_live(page)
    alerts = stores.seen(offer(1, "replica Quillon pen"))
    expect_joined(page, alerts)
    server.stop()
    page.wait_for_selector(".state-down")
    stores.send([alert.to_bytes() for alert in alerts])  # as a writer does that starts again
    (late,) = stores.seen(offer(2, "ZEPHYRA cap"))
    server.start()
    assert wait_for_rows(page, 2) == [late.group_id, alerts[0].group_id]
    expect(page.locator(".count")).to_have_text(["2 findings"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "counterfeit wording 高仿 in description + identical mark 泽菲拉 in attributes · 材质"),
        ("zh", "仿冒用语 高仿 位于描述 + 相同商标 泽菲拉 位于属性 · 材质"),
    ],
)
def test_a_match_outside_the_title_says_where_it_is(stores: Stores, page: Page, language: str, words: str) -> None:
    stores.seen(offer(1, "cap", description="高仿 ZEPHYRA", attributes={"材质": "泽菲拉"}), live=False)
    page.goto(f"/?lang={language}")
    wait_for_rows(page, 1)
    for part in words.split(" + "):
        expect(page.locator(f"{ROWS} .why")).to_contain_text(part)


def test_an_alert_of_a_sweep_says_that_it_looks_back_and_shows_no_delay(stores: Stores, page: Page) -> None:
    page.goto("/")
    wait_for_live(page)
    (alert,) = stores.seen(offer(1, "Qui11on pen"), live=False)
    stores.send([alert._replace(retrospective=True).to_bytes()])
    row = page.locator(ROWS)
    expect(row.locator(".retrospective")).to_have_text("retrospective")
    expect(row.locator(".cell-time .second")).to_have_text("")
    expect(row).to_have_attribute("aria-label", re.compile("retrospective"))
