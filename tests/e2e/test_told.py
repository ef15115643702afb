"""The whole way through the front door: a mark is registered, an offer comes, people are told, the offer goes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sinks.operational.notice_records import ACCOUNT, HOLDER, Owner
from tests.dashboards.browser import chromium, wait_for_live
from tests.e2e.service import wait_for
from tests.e2e.told import OTHERS_HOOK, OWN_HOOK, Told, told_service
from tools.servers.kafka import KafkaServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.redis import RedisServer

NANSHAN, PUTIAN = "440305", "350300"
OFFER: dict[str, Any] = {
    "platform": "taobao",
    "listing_id": "L1",
    "title": "ZEPHYRA running shoes",
    "url": "https://shop.example/1",
    "market": "CN",
    "seller": {"id": "s1", "name": "Shoe shop", "region": NANSHAN},
}
SECOND = {**OFFER, "listing_id": "L3", "title": "ZEPHYRA sandals"}
INNOCENT = {**OFFER, "listing_id": "L2", "title": "wooden spoon"}
OTHERS_RIGHT = {
    "right_id": "h2:1",
    "kind": "trademark",
    "office": "CN",
    "holder": {"id": "h2", "name": "Another"},
    "marks": ["QUVANT"],
}

HOLDERS, BODYS = ("our hook", "our mail"), ("nanshan hook", "nanshan")
HOLDER_HEARS = {"test": 2, "alert": 2, "verdict": 1, "delisted": 2}
BODY_HEARS = {"alert": 2, "verdict": 1, "lead": 2, "delisted": 2}


@pytest.fixture
def told(
    kafka_server: KafkaServer, postgresql_server: PostgreSQLServer, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Told]:
    with told_service(kafka_server, postgresql_server, redis_server, tmp_path) as told:
        yield told


@pytest.fixture
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # all the service's processes share the machine
    with chromium() as browser:
        yield browser
    expect.set_options(timeout=5_000)


def test_from_registering_a_mark_to_the_lead_that_is_closed(told: Told, browser: Browser, tmp_path: Path) -> None:
    worker = told.service.start_worker()
    told.account("zoe", "rights_holder", holders=["h1"])
    told.account("rita", "reviewer")
    told.watch(OTHERS_RIGHT)
    told.destination("second-holder", Owner(HOLDER, "h2"))
    for name, region in (("nanshan", NANSHAN), ("putian", PUTIAN)):
        account = told.account(name, "enforcement", regions=[region])
        told.destination(name, Owner(ACCOUNT, account), (region,))
    with told.signed_in(browser, "zoe") as zoe, told.signed_in(browser, "rita") as rita:
        secret = makes_destinations(zoe, told)
        registers_the_mark(zoe)
        wait_for(lambda: told.service.readiness(worker)["revision"] >= 2, "the mark is watched for")

        first = sees_the_alert(zoe, told, tmp_path, INNOCENT, OFFER)
        wait_for(lambda: told.outbox()["our hook", "alert", "sent"] == 1, "the holder is told of it")
        assert leads(zoe) == []
        judges(rita, first)
        wait_for(lambda: leads(zoe) == [("L1", "enforcement", "sent"), ("L1", "national_record", "sent")], "a lead")

        wants_no_verdict(zoe)
        second = sees_the_alert(zoe, told, tmp_path, SECOND)
        wait_for(lambda: ("L3", "enforcement", "sent") in leads(zoe), "a lead without a verdict")

        told.feed(tmp_path, {**OFFER, "state": "delisted"}, {**SECOND, "state": "delisted"})
        wait_for(lambda: {state for _, _, state in leads(zoe)} == {"closed"}, "all leads are closed")
        wait_for(lambda: all(told.outbox()[to, "delisted", "sent"] == 2 for to in HOLDERS), "the holder is told of it")
        is_closed_and_says_why(zoe, first)
        is_closed_and_says_why(zoe, second)
        tries(zoe, told, 2)  # what was to be sent before them is sent by now
    assert told.outbox() == Counter({(to, event, "sent"): n for to in HOLDERS for event, n in HOLDER_HEARS.items()}) + (
        Counter({(to, event, "sent"): n for to in BODYS for event, n in BODY_HEARS.items()})
    )
    assert Counter((one.host, one.type) for one in told.posted) == Counter(
        {(OWN_HOOK, event): n for event, n in HOLDER_HEARS.items()}
        | {(OTHERS_HOOK, event): n for event, n in BODY_HEARS.items()}
    )
    assert {one.path for one in told.posted if one.host == OTHERS_HOOK} == {"/nanshan"}
    assert all(one.is_signed_with(secret) for one in told.posted if one.host == OWN_HOOK)
    letters = told.letters()
    assert Counter(to for to, _ in letters) == {"zoe@zephyr.example": 7, "nanshan@other.example": 7}
    assert Counter(letter["Subject"] for to, letter in letters if to == "zoe@zephyr.example") == {
        "A test from rightswatch": 2,
        "h1:ZEPHYRA: ZEPHYRA running shoes": 1,
        "Infringing: h1:ZEPHYRA: ZEPHYRA running shoes": 1,
        "No longer offered: h1:ZEPHYRA: ZEPHYRA running shoes": 1,
        "h1:ZEPHYRA: ZEPHYRA sandals": 1,
        "No longer offered: h1:ZEPHYRA: ZEPHYRA sandals": 1,
    }


def makes_destinations(page: Page, told: Told) -> str:
    """A webhook and a mailbox, each tried; the secret that the webhook's notices are signed with."""
    page.goto("/notices")
    page.get_by_label("Name").fill("our hook")
    page.get_by_label("Address").fill(told.hook)
    page.get_by_role("button", name="Create").click()
    secret = page.locator("#once code").text_content() or ""
    page.get_by_label("Name").fill("our mail")
    page.get_by_label("Kind").select_option("email")
    page.get_by_label("Address").fill("zoe@zephyr.example")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("button", name="Send a test: our mail")).to_be_visible()
    tries(page, told, 1)
    return secret


def tries(page: Page, told: Told, times: int) -> None:
    """Press the buttons, and wait until so many tests came at each."""
    page.goto("/notices")
    for name in HOLDERS:
        page.get_by_role("button", name=f"Send a test: {name}").click()
        expect(page.locator("#done")).to_contain_text(f"A test for {name}")
    wait_for(lambda: all(told.outbox()[name, "test", "sent"] == times for name in HOLDERS), "the tests came")


def registers_the_mark(page: Page) -> None:
    page.goto("/rights")
    page.get_by_role("link", name="Add a right").click()
    expect(page.locator("[name=right_id]")).to_have_value("h1:")
    page.locator("[name=right_id]").fill("h1:ZEPHYRA")
    page.get_by_label("Office").fill("CN")
    page.get_by_label("Marks").fill("ZEPHYRA")
    page.get_by_label("Holder's name").fill("Zephyr Sports Inc.")
    page.get_by_label("Policy").select_option("any_use")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/rights/h1*")


def sees_the_alert(page: Page, told: Told, folder: Path, *offers: dict[str, Any]) -> str:
    """The last of the offers comes while the floor is open, and a click leads to its page; its address."""
    page.goto("/")
    wait_for_live(page)
    told.feed(folder, *offers)
    page.get_by_role("link", name=offers[-1]["title"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(offers[-1]["title"])
    return page.url


def judges(page: Page, alert: str) -> None:
    page.goto(alert)
    page.locator("[data-act=infringing]").click()
    page.get_by_label(re.compile("counterfeit", re.IGNORECASE)).first.check()
    page.get_by_role("button", name="Give").click()
    expect(page.locator(".said")).to_contain_text("Infringing")


def wants_no_verdict(page: Page) -> None:
    page.goto("/leads")
    page.get_by_text("What waits for a verdict").click()
    page.get_by_label("Trade marks").select_option("at_once")
    expect(page.locator("#policy-done")).not_to_be_empty()


def leads(page: Page) -> list[tuple[str, str, str]]:
    """What stands on the holder's page of leads now: listing, recipient and state."""
    page.goto("/leads")
    page.wait_for_selector("#leads[aria-busy=false]", state="attached")
    return sorted(map(as_shown, page.locator("article.one-lead").all()))


def as_shown(card: Locator) -> tuple[str, str, str]:
    listing = {OFFER["title"]: "L1", SECOND["title"]: "L3"}[card.locator("p a").first.inner_text()]
    look = card.get_attribute("class") or ""
    return listing, card.get_attribute("data-recipient") or "", look.partition("is-")[2]


def is_closed_and_says_why(page: Page, alert: str) -> None:
    """The alert's own page says what became of it."""
    page.goto(alert)
    lead = page.locator("#alert-leads article[data-recipient=enforcement]")
    expect(lead).to_contain_text("closed")
    expect(lead.locator(".facts").first).to_contain_text("the offer is gone")
    expect(lead.locator(".facts").first).to_contain_text(re.compile(r"removed · \w+ \d+, \d{4}"))
    for event in ("alert", "delisted"):
        expect(page.locator(f"#alert-notices li[data-event={event}][data-state=sent]")).to_have_count(2)
