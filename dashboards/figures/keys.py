"""The figures' part of the application."""

from __future__ import annotations

from aiohttp import web

from dashboards.figures.ports import FiguresStores

FIGURES = web.AppKey("figures", FiguresStores)
