"""The notices' part of the application."""

from __future__ import annotations

from aiohttp import web

from dashboards.notices.ports import NoticeStores

NOTICES = web.AppKey("notices", NoticeStores)
