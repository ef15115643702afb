"""Signing in, one's own account and everybody's, in a real browser and by keyboard."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboards.settings import WebSettings
from sinks.operational.account_store import AccountStore, Grants
from tests.dashboards.conftest import make_stores
from tests.dashboards.service import Stores, WebServer, quick_accounts
from tests.dashboards.test_queue_in_browser import CASES, open_queue, press, seen
from tests.dashboards.visitor import PASSWORD, Visitor

NEW = "eight grey herons"


@pytest.fixture(scope="module")
def own_stores(stack: Any, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return make_stores(stack, tmp_path_factory.mktemp("accounts"))


@pytest.fixture(scope="module")
def server(own_stores: Stores) -> Iterator[WebServer]:
    server = WebServer(own_stores, WebSettings(port=0, accounts=True, pulse_seconds=0.3))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def people(own_stores: Stores) -> Iterator[AccountStore]:
    """With nothing that was tried before, since all tests come from one address."""
    with closing(quick_accounts(own_stores.operational)) as store:
        store.prune(datetime(2100, 1, 1, tzinfo=UTC))
        yield store


@pytest.fixture
def page(browser: Browser, server: WebServer) -> Iterator[Page]:
    """A new page in a session of its own. A script error fails the test; a refusal is part of these."""
    context = browser.new_context(base_url=server.url, locale="en-GB")
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def make(people: AccountStore, role: str) -> str:
    name = f"{role}-{uuid.uuid4().hex[:6]}"
    people.create(name, Grants(roles=(role,)), now=datetime.now(UTC), password=PASSWORD)
    return name


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """By keyboard alone: the name has the focus when the page opens."""
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_signing_in_leads_to_the_page_asked_for_and_out_again(page: Page, people: AccountStore) -> None:
    name = make(people, "fair_team")
    page.goto("/check?lang=en")
    assert "/sign-in?next=" in page.url
    assert page.locator("nav a").count() == 0
    sign_in(page, name)
    page.wait_for_url("**/check?lang=en")
    expect(page.locator(".who")).to_have_text(name)
    links = page.locator("nav a").all_text_contents()
    assert "Check an offer" in links
    assert "Accounts" not in links
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/check")
    assert "/sign-in?next=" in page.url


def test_who_follows_a_link_on_another_site_need_not_sign_in_again(
    page: Page, people: AccountStore, server: WebServer
) -> None:
    name = make(people, "operator")
    page.goto("/sign-in?next=/check")
    sign_in(page, name)
    expect(page.locator(".who")).to_have_text(name)
    other_site = f"http://localhost:{server.port}/sign-in"  # another site than 127.0.0.1 to a browser
    page.goto(other_site)
    page.evaluate(f"location.href = '{server.url}/account'")
    page.wait_for_selector("#who[aria-busy=false]")
    expect(page.locator(".who")).to_have_text(name)


def test_a_wrong_password_and_then_the_lock_are_said_plainly(page: Page, people: AccountStore) -> None:
    name = make(people, "operator")
    page.goto("/sign-in")
    sign_in(page, name, "wrong wrong wrong")
    expect(page.get_by_role("alert")).to_have_text("Name or password are wrong, or the account is disabled.")
    expect(page.get_by_label("Password")).to_be_focused()
    for _ in range(4):
        page.get_by_label("Password").fill("wrong wrong wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"Too many wrong passwords\. Try again in \d+ s"))


def test_a_script_that_does_not_know_the_sessions_word_changes_nothing(page: Page, people: AccountStore) -> None:
    page.goto("/sign-in?next=/account")
    sign_in(page, make(people, "operator"))
    page.wait_for_selector("#who[aria-busy=false]")
    assert page.evaluate("fetch('/api/v1/session', {method: 'DELETE'}).then(answer => answer.status)") == 403
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("fetch('/api/v1/session').then(answer => answer.status)") == 200


def test_a_key_is_shown_once_works_and_is_revoked(page: Page, people: AccountStore, server: WebServer) -> None:
    page.goto("/sign-in?next=/account")
    sign_in(page, make(people, "operator"))
    page.get_by_label("What it is for").fill("stand 12")
    page.get_by_label("check an offer").check()
    page.get_by_role("button", name="Make a key").click()
    key = page.locator("#key-once code").text_content() or ""
    assert Visitor(server, key=key).ask("/api/v1/session").json["permissions"] == ["check"]
    page.reload()
    expect(page.locator(".entry")).to_contain_text("stand 12")
    assert key.rsplit("_", 1)[1] not in page.content()
    page.get_by_role("button", name="Revoke the key stand 12").click()
    expect(page.locator(".entry")).to_have_count(0)
    assert Visitor(server, key=key).ask("/api/v1/session").status == 401


def test_who_got_a_password_for_one_use_changes_it_and_goes_on(
    page: Page, people: AccountStore, server: WebServer
) -> None:
    page.goto("/sign-in?next=/accounts")
    sign_in(page, make(people, "administrator"))
    name = f"wei-{uuid.uuid4().hex[:6]}"
    page.locator("#edit").get_by_label("Name").fill(name)
    page.get_by_label("Rights holder", exact=True).check()
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#edit-error")).to_contain_text("needs the id of the holder")
    page.get_by_label("Only rights of these holders (ids)").fill("h1, h2")
    page.keyboard.press("Enter")
    password = page.locator("#once code").text_content() or ""
    expect(page.locator(".entry", has_text=name)).to_contain_text("holders h1, h2")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    sign_in(page, name, password)
    page.wait_for_url("**/account")
    expect(page.locator("#notice")).to_contain_text("Choose one of your own")
    page.get_by_label("Present password").fill(password)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill("something else")
    page.keyboard.press("Enter")
    expect(page.locator("#password-error")).to_have_text("The two new passwords differ.")
    page.get_by_label("New password again").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_have_text("The password is changed.")
    page.goto("/")
    expect(page.locator(".who")).to_have_text(name)


def test_an_administrator_unlocks_changes_and_disables(page: Page, people: AccountStore) -> None:
    name = make(people, "operator")
    for _ in range(5):
        people.sign_in(name, "wrong", address="203.0.113.7", now=datetime.now(UTC))
    page.goto("/sign-in?next=/accounts")
    sign_in(page, make(people, "administrator"))
    entry = page.locator(".entry", has_text=name)
    expect(entry).to_contain_text("Locked until")
    entry.get_by_role("button", name="Unlock").click()
    expect(entry).not_to_contain_text("Locked until")
    entry.get_by_role("button", name="Change").click()
    page.get_by_label("Reviewer").check()
    page.get_by_role("button", name="Save").click()
    expect(entry).to_contain_text("Operator, Reviewer")
    entry.get_by_role("button", name="Disable").click()  # asks, and is told no
    expect(entry).not_to_contain_text("Disabled")
    page.on("dialog", lambda dialog: dialog.accept())
    entry.get_by_role("button", name="Disable").click()
    expect(entry).to_contain_text("Disabled")
    assert people.sign_in(name, PASSWORD, address="203.0.113.7", now=datetime.now(UTC)).account is None


def test_an_operator_signs_in_and_judges_under_the_own_name(
    page: Page, people: AccountStore, server: WebServer, own_stores: Stores
) -> None:
    name = make(people, "operator")
    (group,) = seen(own_stores, 1)
    page.goto("/sign-in?next=/queue")
    sign_in(page, name)
    expect(page.locator(".who")).to_have_text(name)
    open_queue(page, cases=1)
    press(page, "n", "x", "8", "Enter")
    expect(page.locator(f"{CASES} .badge")).to_have_text("Not infringing")
    reader = Visitor(server)
    reader.sign_in(make(people, "administrator"))
    judged = reader.ask(f"/api/v1/groups/{group}").json["triage"]
    assert (judged["verdict"], judged["judged_by"]) == ("not_infringing", name)
    done = reader.ask(f"/api/v1/audit?by={name}").json["entries"]
    assert "verdict.give" in [entry["action"] for entry in done]


def test_a_session_that_ended_leads_from_the_floor_to_the_sign_in_page(page: Page, people: AccountStore) -> None:
    name = make(people, "operator")
    page.goto("/sign-in?next=/check")
    sign_in(page, name)
    expect(page.locator(".who")).to_have_text(name)
    account = people.named(name, datetime.now(UTC))
    assert account is not None
    people.set_password(account.account_id, NEW, now=datetime.now(UTC))
    page.locator("[name=title]").fill("wooden spoon")
    page.get_by_role("button", name="Check").click()
    page.wait_for_url("**/sign-in?next=%2Fcheck")


def test_axe_finds_nothing_on_the_pages_about_accounts(
    browser: Browser, server: WebServer, people: AccountStore
) -> None:
    context = browser.new_context(base_url=server.url, color_scheme="dark", bypass_csp=True)  # axe is a foreign script
    page = context.new_page()
    page.goto("/sign-in?lang=zh&next=/account")
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    page.locator("[name=name]").fill(make(people, "administrator"))
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    for path, ready in (("/account", "#who[aria-busy=false]"), ("/accounts", "#list[aria-busy=false]")):
        page.wait_for_url(f"**{path}")
        page.wait_for_selector(ready, state="attached")
        assert [violation["id"] for violation in Axe().run(page).response["violations"]] == [], path
        page.goto("/accounts")
    context.close()
