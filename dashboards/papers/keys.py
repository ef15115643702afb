"""The papers' part of the application."""

from __future__ import annotations

import asyncio

from aiohttp import web

PAPERS = web.AppKey("papers", asyncio.Semaphore)  # so many are made at once: each takes a second of a processor
