"""The leads' part of the application."""

from __future__ import annotations

from aiohttp import web

from dashboards.leads.ports import Leads

LEADS: web.AppKey[Leads] = web.AppKey("leads")
