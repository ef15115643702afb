"""The rights desk's part of the application."""

from __future__ import annotations

from aiohttp import web

from dashboards.rights_desk.ports import RightsDesk

DESK = web.AppKey("desk", RightsDesk)
