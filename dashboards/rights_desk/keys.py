"""The rights desk's part of the application."""

from __future__ import annotations

import asyncio

from aiohttp import web

from dashboards.rights_desk.ports import RightsDesk

DESK = web.AppKey("desk", RightsDesk)
PREVIEWS = web.AppKey("previews", asyncio.Semaphore)
