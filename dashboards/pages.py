"""The HTML pages: shells with their words filled in; the scripts fetch everything else from the API."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from dashboards.access.principal import principal_of
from dashboards.alert_filters import parse_identity
from dashboards.catalogue import COOKIE, LANGUAGES, choose_language
from dashboards.keys import ASSETS, CATALOGUES
from dashboards.navigation import navigation

FOLDER = Path(__file__).parent / "pages"
THEMES = ("dark", "light")
THEME_COOKIE = "rw_theme"
ONE_YEAR_SECONDS = 31_536_000


def shell(name: str) -> str:
    return (FOLDER / f"{name}.html").read_text("utf-8")


LAYOUT, FLOOR, ALERT, CHECK, PICTURES, DEAD, AUDIT = (
    shell(name) for name in ("layout", "floor", "alert", "check", "pictures", "dead", "audit")
)


async def floor(request: web.Request) -> web.Response:
    return _page(request, "floor", FLOOR)


async def alert(request: web.Request) -> web.Response:
    parse_identity(request.match_info["alert_id"], "alert_id")
    return _page(request, "alert", ALERT)


async def check(request: web.Request) -> web.Response:
    return _page(request, "check", CHECK)


async def pictures(request: web.Request) -> web.Response:
    return _page(request, "pictures", PICTURES)


async def dead(request: web.Request) -> web.Response:
    return _page(request, "dead", DEAD)


async def audit(request: web.Request) -> web.Response:
    return _page(request, "audit", AUDIT)


def _page(request: web.Request, name: str, body: str) -> web.Response:
    asked = request.query.get("lang")
    language = choose_language(asked, request.cookies.get(COOKIE), request.headers.get("Accept-Language"))
    theme = request.cookies.get(THEME_COOKIE, "")
    catalogues, assets = request.app[CATALOGUES], request.app[ASSETS]
    values = {
        "lang": "zh-Hans" if language == "zh" else language,
        "theme": theme if theme in THEMES else "auto",
        "page": name,
        "title": catalogues.messages(language)[f"title.{name}"],
        "static": assets.prefix,
        "messages_raw": catalogues.embedded(language),
    }
    values["nav_raw"] = catalogues.fill(navigation(principal_of(request), name), language, {})
    values["body_raw"] = catalogues.fill(body, language, values)
    text = catalogues.fill(LAYOUT, language, values)
    response = web.Response(text=text, content_type="text/html", headers={"Vary": "Accept-Language, Cookie"})
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, max_age=ONE_YEAR_SECONDS, samesite="Strict", path="/")
    return response
