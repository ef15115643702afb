"""Every page in a real browser: without faults for who reads with other senses, on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboards.app import PAGE_ROUTES
from sinks.settings import OperationalSettings
from tests.dashboards.every_page import PAGES, PageOf, opened, serving
from tests.dashboards.service import Stores, WebServer, offer
from tests.dashboards.shown_world import Shown, shown_world
from tests.streams.dead_world import page as page_of
from tools.screenshots import FOLDER, MOST_BYTES

SCRIPT = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
HOSTILE = f"""{SCRIPT}"'><svg onload=document.title='owned'>javascript:document.title='owned'"""
EACH = pytest.mark.parametrize("one", PAGES.values(), ids=lambda one: one.name)


def hostile_offer() -> dict[str, object]:
    """A script in every field of a listing."""
    words = ("description", "category", "brand", "price", "currency", "lang", "ships_from", "market", "url")
    fields: dict[str, object] = dict.fromkeys(words, HOSTILE)
    return offer(
        666,
        f"replica LUMORA {HOSTILE}",
        **fields,
        condition=HOSTILE,
        state=HOSTILE,
        attributes={HOSTILE: HOSTILE},
        seller=dict.fromkeys(("id", "name", "uscc", "region", "url"), HOSTILE),
        images=[{"url": f"https://{HOSTILE}", "path": HOSTILE}],
        **{HOSTILE: HOSTILE},
    )


@pytest.fixture(scope="module")
def shown(kept_stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("pages")
    return shown_world(kept_stores.emptied(), OperationalSettings.sqlite(folder / "db"), hostile_offer())


@pytest.fixture(scope="module")
def server(shown: Shown) -> Iterator[WebServer]:
    server = serving(shown)
    server.start()
    server.dead.seen(page_of(f'{{"platform":"{HOSTILE}"}}'.encode(), HOSTILE.encode()))
    shown.stores.sampled(offer(667, f"straps compatible with LUMORA bags {HOSTILE}", description=HOSTILE))
    yield server
    server.stop()


def listening(page: Page) -> list[str]:
    """What the browser complains about from here on."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: said.append(dialog.message))
    return said


def test_the_table_has_every_page() -> None:
    paths = {route.path.replace(":.+", "") for route in PAGE_ROUTES}
    assert paths == set(PAGES), "add yours to every_page.py, and make its screenshot: python -m tools.screenshots"


@EACH
def test_axe_finds_no_fault_in_light_and_dark(browser: Browser, server: WebServer, shown: Shown, one: PageOf) -> None:
    context = browser.new_context(base_url=server.url, color_scheme="light", bypass_csp=True)  # axe is a foreign script
    page = context.new_page()
    opened(page, one, shown)
    for scheme, options in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        report = Axe().run(page, options=options)
        assert report.violations_count == 0, report.generate_report()
    context.close()


@EACH
def test_a_page_fits_a_phone_and_no_strangers_script_runs(
    browser: Browser, server: WebServer, shown: Shown, one: PageOf
) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    said = listening(page)
    opened(page, one, shown, "zh")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert not page.title().isascii()
    if one.shows_offers:
        assert page.locator("main script, main img[src='x'], main svg[onload]").count() == 0
    for link in page.locator("main a").all():
        assert not (link.get_attribute("href") or "").lower().startswith("javascript")
    assert page.title() != "owned"
    assert [text for text in said if not (one.for_nobody and "401" in text)] == [], "nobody is told 401, by design"
    context.close()


@EACH
def test_each_page_has_its_picture_in_the_docs(one: PageOf) -> None:
    picture = FOLDER / f"{one.name}.webp"
    assert picture.exists(), "run python -m tools.screenshots"
    assert picture.stat().st_size <= MOST_BYTES
