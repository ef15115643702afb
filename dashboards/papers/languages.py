"""In which language a paper is asked for."""

from __future__ import annotations

from aiohttp import web

from dashboards.catalogue import COOKIE, LANGUAGES, choose_language
from dashboards.keys import CATALOGUES
from dashboards.papers.wording import Words
from dashboards.problems import bad_field


def words_of(request: web.Request) -> Words:
    """As `lang` says, else as pages choose it. Raises Problem: 400, there is no such language."""
    asked = request.query.get("lang") or None
    if asked is not None and asked not in LANGUAGES:
        raise bad_field("lang", f"use one of {', '.join(LANGUAGES)}")
    language = choose_language(asked, request.cookies.get(COOKIE), request.headers.get("Accept-Language"))
    return Words(request.app[CATALOGUES], language)
