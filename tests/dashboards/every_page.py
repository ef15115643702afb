"""Every page: its name, an address where it has something to show, and when it is ready. A missing one fails a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from playwright.sync_api import Page

from dashboards.access.principal import NOBODY, PRINCIPAL
from dashboards.guard import Handler
from dashboards.settings import WebSettings
from tests.dashboards.service import WebServer
from tests.dashboards.shown_world import Shown

NOBODYS = "nobody"  # the cookie of a browser that has not signed in


@dataclass(frozen=True)
class PageOf:
    """`ready` is there once the page shows its data; `act` is done then, before it is looked at."""

    name: str
    address: Callable[[Shown], str]
    ready: str
    act: Callable[[Page], None] = lambda page: None
    shows_offers: bool = False
    for_nobody: bool = False  # who has signed in is sent on


def at(address: str) -> Callable[[Shown], str]:
    return lambda shown: address


def check_an_offer(page: Page) -> None:
    page.locator("[name=title]").fill("LUМ0RА leather tote bag, replica")
    page.locator("#submit").click()
    page.wait_for_selector("#result .card")


def open_a_case(page: Page) -> None:
    page.keyboard.press("n")
    page.wait_for_selector("#case-body[aria-busy=false]")


def explain_a_lead(page: Page) -> None:
    page.locator("#leads details:has(.log) summary").first.click()
    page.locator("#leads .pack summary").first.click()
    page.wait_for_selector("#leads .log li")
    page.locator("#policy > summary").click()
    page.wait_for_selector("#policy-parts form")


def choose_this_month(page: Page) -> None:
    with page.expect_response("**/api/v1/reports/*"):
        page.locator("[name=month]").fill(f"{datetime.now(UTC):%Y-%m}")
        page.locator("[name=month]").dispatch_event("change")
    page.wait_for_selector("#by_region")


PAGES = {
    "/": PageOf("floor", at("/"), "#alerts[aria-busy=false] .row", shows_offers=True),
    "/queue": PageOf("queue", at("/queue"), "#items[aria-busy=false] > *", open_a_case, shows_offers=True),
    "/alerts/{alert_id}": PageOf(
        "alert", lambda shown: f"/alerts/{shown.alert.alert_id}", "#alert[aria-busy=false] h1", shows_offers=True
    ),
    "/leads": PageOf("leads", at("/leads"), "#leads[aria-busy=false] article", explain_a_lead, shows_offers=True),
    "/check": PageOf("check", at("/check"), "#submit", check_an_offer),
    "/pictures": PageOf("pictures", at("/pictures"), "#entries[aria-busy=false] > *", shows_offers=True),
    "/dead": PageOf("dead", at("/dead"), "#letters[aria-busy=false] article", shows_offers=True),
    "/screened": PageOf("screened", at("/screened"), "#match[aria-busy=false] > *", shows_offers=True),
    "/figures": PageOf("figures", at("/figures"), "#figures[aria-busy=false] > *"),
    "/rights": PageOf("rights", at("/rights"), "#list[aria-busy=false] tr"),
    "/new-right": PageOf("new_right", at("/new-right"), "#form[aria-busy=false]"),
    "/rights/{right_id}": PageOf("right", at("/rights/CN-TM-90000001"), "#form[aria-busy=false]"),
    "/notices": PageOf("notices", at("/notices"), "#notices[aria-busy=false] tr", shows_offers=True),
    "/unsubscribe/{token}": PageOf("unsubscribe", at("/unsubscribe/word"), "#end"),
    "/reports": PageOf("reports", at("/reports"), "#report[aria-busy=false] > *", choose_this_month),
    "/audit": PageOf("audit", at("/audit"), "#entries[aria-busy=false] tr"),
    "/sign-in": PageOf("sign_in", at("/sign-in"), "form", for_nobody=True),
    "/account": PageOf("account", at("/account"), "#who[aria-busy=false] > *"),
    "/accounts": PageOf("accounts", at("/accounts"), "#list[aria-busy=false] > *"),
}
"""By the route's canonical path."""


def serving(shown: Shown) -> WebServer:
    """A web process where the world's administrator is signed in, but on the page for who is not."""

    @web.middleware
    async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[PRINCIPAL] = NOBODY if NOBODYS in request.cookies else shown.admin
        return await handler(request)

    return WebServer(shown.stores, WebSettings(port=0, accounts=True), identify=identify)


def opened(page: Page, one: PageOf, shown: Shown, language: str = "en") -> None:
    """Go there, wait until it shows its data, and do what is to be done first."""
    if one.for_nobody:
        page.context.add_cookies([{"name": NOBODYS, "value": "1", "domain": "127.0.0.1", "path": "/"}])
    page.goto(f"{one.address(shown)}?lang={language}")
    page.wait_for_selector(one.ready, state="attached")
    one.act(page)
