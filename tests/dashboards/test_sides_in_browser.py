"""What an alert's page says of an offer beside its right: the price, the licence, and the letters that differ."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.dashboards.service import Stores, offer

SELLER = {"id": "s9", "name": "Lucky Star", "region": "350300"}


def open_alert(stores: Stores, page: Page, title: str, **right: Any) -> None:
    """The page of an alert whose right has these fields too: the rights of the tests stay as they are."""
    alert = stores.seen(offer(1, title, price="99.00", currency="CNY", seller=SELLER), live=False)[0]

    def answer(route: Route) -> None:
        response = route.fetch()
        document = response.json()
        document["right"] |= right
        route.fulfill(response=response, json=document)

    page.route(f"**/api/v1/alerts/{alert.alert_id}", answer)
    page.goto(f"/alerts/{alert.alert_id}")
    page.wait_for_selector("#alert[aria-busy=false]")


def test_the_price_stands_beside_the_usual_one(stores: Stores, page: Page) -> None:
    open_alert(stores, page, "ZEPHYRA bag", usual_price={"amount": "900.00", "currency": "cny"})
    row = page.locator('.sides [data-row="price"]')
    expect(row).to_contain_text("usually 900.00 cny")
    expect(row.locator(".share-of-usual")).to_have_text("11 % of the usual price")


def test_a_price_in_another_currency_is_compared_with_nothing(stores: Stores, page: Page) -> None:
    open_alert(stores, page, "ZEPHYRA bag", usual_price={"amount": "900.00", "currency": "EUR"})
    expect(page.locator('.sides [data-row="price"]')).to_contain_text("usually 900.00 EUR")
    expect(page.locator(".share-of-usual")).to_have_count(0)


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ({}, "On no licence of this right"),
        ({"licensees": [{"seller_id": "s9", "name": "Lucky Star"}]}, "On a licence of this right"),
        ({"holder": {"id": "h1", "sellers": [{"platform": "taobao", "seller_id": "s9"}]}}, "The holder's own shop"),
        ({"holder": {"id": "h1", "sellers": [{"platform": "jd", "seller_id": "s9"}]}}, "On no licence of this right"),
    ],
)
def test_whether_the_seller_has_a_licence_is_said(stores: Stores, page: Page, right: dict[str, Any], said: str) -> None:
    open_alert(stores, page, "ZEPHYRA bag", **right)
    expect(page.locator('.sides [data-row="seller"] .licence')).to_have_text(said)


def test_the_letters_that_differ_from_the_mark_are_marked(stores: Stores, page: Page) -> None:
    open_alert(stores, page, "Z3PHYRA bag")
    reason = page.locator(".reasons li", has_text="where the right has").first
    expect(reason.locator(".letters")).to_have_text(["Z3PHYRA", "ZEPHYRA"])
    expect(reason.locator(".differs")).to_have_text(["3", "E"])


def test_a_letter_that_cannot_be_seen_is_shown_as_a_box(stores: Stores, page: Page) -> None:
    open_alert(stores, page, "ZEPH\u200bYRA bag")
    reason = page.locator(".reasons li", has_text="where the right has").first
    expect(reason.locator(".differs")).to_have_text("▯")
