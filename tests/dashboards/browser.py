"""A real Chromium for the tests of the pages. It must be there: a page that was never opened was never tested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROWS = "#alerts .row"


@contextmanager
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        raise RuntimeError(
            f"{CHROMIUM} is missing: install it with `apt-get install chromium`, then run the tests again"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def row_groups(page: Page) -> list[str]:
    """The group ids of the rows in the order shown."""
    groups: list[str] = page.eval_on_selector_all(ROWS, "rows => rows.map(row => row.dataset.group)")
    return groups


def wait_for_rows(page: Page, count: int) -> list[str]:
    page.wait_for_function("n => document.querySelectorAll('#alerts .row').length >= n", arg=count)
    return row_groups(page)


def wait_for_live(page: Page) -> None:
    """The stream is open, its figures are there, and the history has been read."""
    page.wait_for_selector(".state-live")
    page.wait_for_selector("#alerts[aria-busy=false]", state="attached")  # it is empty without alerts
