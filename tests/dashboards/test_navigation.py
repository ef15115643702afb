"""The bar shows what one may open, and where one is."""

from __future__ import annotations

import re

from dashboards.access.principal import LOCAL
from dashboards.access.roles import Role
from dashboards.app import PAGE_ROUTES
from dashboards.navigation import LINKS, navigation
from tests.dashboards.principals import principal
from tests.dashboards.service import WebServer, ask


def shown(links: str) -> list[str]:
    return re.findall(r'data-nav="(\w+)"', links)


def test_everybody_sees_the_pages_that_they_may_open() -> None:
    assert sorted(shown(navigation(LOCAL, "floor"))) == sorted(name for name, _, _ in LINKS)
    assert shown(navigation(principal(Role.ENFORCEMENT), "floor")) == ["floor", "queue", "leads", "rights", "notices"]
    assert "pictures" not in shown(navigation(principal(Role.RIGHTS_HOLDER), "floor"))


def test_what_is_opened_all_day_stands_in_the_bar_and_the_rest_in_a_menu_that_names_the_present_page() -> None:
    links = navigation(LOCAL, "dead")
    bar, _, menu = links.partition("<details")
    assert shown(bar) == ["floor", "queue", "leads", "check", "rights"]
    assert "dead" in shown(menu)
    assert '<summary class="here">{{nav.dead}}</summary>' in menu
    assert "<details" not in navigation(principal(Role.FAIR_TEAM), "floor")


def test_each_link_needs_what_its_page_needs() -> None:
    needs = {route.path: getattr(route.handler, "needs", None) for route in PAGE_ROUTES}
    assert {address: needs[address] for _, address, _ in LINKS} == {address: needed for _, address, needed in LINKS}


def test_the_present_page_is_marked(shared_server: WebServer) -> None:
    text = ask(shared_server, "/dead").body.decode()
    assert re.findall(r'data-nav="(\w+)" aria-current="page">Dead letters<', text) == ["dead"]
