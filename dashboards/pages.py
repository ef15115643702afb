"""The HTML pages: shells with their words filled in; the scripts fetch everything else from the API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from dashboards.access.credentials import SESSION, csrf_word
from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.alert_filters import parse_identity
from dashboards.catalogue import COOKIE, LANGUAGES, ONE_YEAR_SECONDS, choose_language
from dashboards.keys import ASSETS, CATALOGUES
from dashboards.navigation import navigation, signed_in_as

FOLDER = Path(__file__).parent / "pages"
THEMES = ("dark", "light")
THEME_COOKIE = "rw_theme"


def shell(name: str) -> str:
    return (FOLDER / f"{name}.html").read_text("utf-8")


LAYOUT = shell("layout")
FLOOR = shell("floor")
QUEUE = shell("queue")
ALERT = shell("alert")
CHECK = shell("check")
PICTURES = shell("pictures")
DEAD = shell("dead")
LEADS = shell("leads")
SCREENED = shell("screened")
FIGURES = shell("figures")
REPORTS = shell("reports")
AUDIT = shell("audit")
NOTICES = shell("notices")
UNSUBSCRIBE = shell("unsubscribe")
SIGN_IN = shell("sign_in")
ACCOUNT = shell("account")
ACCOUNTS = shell("accounts")
RIGHTS = shell("rights")
DESK = shell("desk")


async def floor(request: web.Request) -> web.Response:
    return _page(request, "floor", FLOOR)


async def queue(request: web.Request) -> web.Response:
    return _page(request, "queue", QUEUE)


async def alert(request: web.Request) -> web.Response:
    parse_identity(request.match_info["alert_id"], "alert_id")
    return _page(request, "alert", ALERT)


async def check(request: web.Request) -> web.Response:
    return _page(request, "check", CHECK)


async def pictures(request: web.Request) -> web.Response:
    return _page(request, "pictures", PICTURES)


async def leads(request: web.Request) -> web.Response:
    return _page(request, "leads", LEADS)


async def dead(request: web.Request) -> web.Response:
    return _page(request, "dead", DEAD)


async def screened(request: web.Request) -> web.Response:
    return _page(request, "screened", SCREENED)


async def figures(request: web.Request) -> web.Response:
    return _page(request, "figures", FIGURES)


async def notices(request: web.Request) -> web.Response:
    return _page(request, "notices", NOTICES)


async def unsubscribe(request: web.Request) -> web.Response:
    """Shows a button and changes nothing: programs that look at links before people do open this, too."""
    return _page(request, "unsubscribe", UNSUBSCRIBE)


async def reports(request: web.Request) -> web.Response:
    return _page(request, "reports", REPORTS)


async def audit(request: web.Request) -> web.Response:
    return _page(request, "audit", AUDIT)


async def sign_in(request: web.Request) -> web.Response:
    """Leads on to where somebody wanted to be, at once when that is known already."""
    following = next_page(request.query.get("next", ""))
    if principal_of(request).is_known:
        raise web.HTTPSeeOther(following)
    return _page(request, "sign_in", SIGN_IN, {"next": following})


async def account(request: web.Request) -> web.Response:
    return _page(request, "account", ACCOUNT)


async def accounts(request: web.Request) -> web.Response:
    return _page(request, "accounts", ACCOUNTS)


async def rights(request: web.Request) -> web.Response:
    return _page(request, "rights", RIGHTS, {"can_change": _can_change_rights(request)})


async def right(request: web.Request) -> web.Response:
    """One right, or the form of a new one. The script reads the id from the address: the page says nothing of it."""
    own = orjson.dumps(sorted(principal_of(request).holders or ())).decode()
    return _page(request, "desk", DESK, {"can_change": _can_change_rights(request), "own_holders": own})


def _can_change_rights(request: web.Request) -> str:
    return "yes" if principal_of(request).may(Permission.CHANGE_RIGHTS) else "no"


def next_page(asked: str) -> str:
    """The address if it is a page of ours; else the floor, so that no link to us leads to another site."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not asked.startswith("//")
    is_plain = asked.isprintable() and "\\" not in asked
    return asked if is_ours and is_plain and parts.path != "/sign-in" else "/"


def _page(request: web.Request, name: str, body: str, more: Mapping[str, str] | None = None) -> web.Response:
    asked = request.query.get("lang")
    language = choose_language(asked, request.cookies.get(COOKIE), request.headers.get("Accept-Language"))
    theme = request.cookies.get(THEME_COOKIE, "")
    catalogues, assets = request.app[CATALOGUES], request.app[ASSETS]
    principal = principal_of(request)
    values = {
        "lang": "zh-Hans" if language == "zh" else language,
        "theme": theme if theme in THEMES else "auto",
        "page": name,
        "me": principal.name,
        "permissions": " ".join(sorted(principal.permissions)),
        "title": catalogues.messages(language)[f"title.{name}"],
        "static": assets.prefix,
        "messages_raw": catalogues.embedded(language),
        "csrf": csrf_word(token) if (token := request.get(SESSION)) else "",
        **(more or {}),
    }
    values["nav_raw"] = catalogues.fill(navigation(principal, name), language, {})
    values["who_raw"] = catalogues.fill(signed_in_as(principal, name), language, {})
    values["body_raw"] = catalogues.fill(body, language, values)
    text = catalogues.fill(LAYOUT, language, values)
    response = web.Response(text=text, content_type="text/html", headers={"Vary": "Accept-Language, Cookie"})
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, max_age=ONE_YEAR_SECONDS, samesite="Strict", path="/")
    return response
