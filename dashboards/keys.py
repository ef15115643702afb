"""What the handlers find in the application, under typed keys."""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client import CollectorRegistry

from dashboards.access.limits import TokenBuckets
from dashboards.access.ports import AccessStores
from dashboards.access.settings import AccessSettings
from dashboards.access.sights import Sights
from dashboards.assets import Assets
from dashboards.catalogue import Catalogues
from dashboards.live_hub import LiveHub
from dashboards.metrics import WebMetrics
from dashboards.ports import AllowList, Checker, Clock, DeadLetters, ReadinessProbe, RightPictures, RightsReader
from dashboards.readers import ReaderPool
from dashboards.right_names import RightNames
from dashboards.settings import WebSettings

SETTINGS = web.AppKey("settings", WebSettings)
POOL = web.AppKey("pool", ReaderPool)
ACCESS_POOL = web.AppKey("access_pool", ReaderPool)  # of its own, so that slow reads keep nobody from being known
PASSWORD_POOL = web.AppKey("password_pool", ReaderPool)  # so many passwords are hashed at once
ACCESS_SETTINGS = web.AppKey("access_settings", AccessSettings)
BUCKETS = web.AppKey("buckets", TokenBuckets)
RIGHTS = web.AppKey("rights", RightsReader)
ACCESS = web.AppKey("access", AccessStores)
RIGHT_PICTURES = web.AppKey("right_pictures", RightPictures)
ALLOW = web.AppKey("allow", AllowList)
DEAD = web.AppKey("dead", DeadLetters)
NAMES = web.AppKey("names", RightNames)
HUB = web.AppKey("hub", LiveHub)
SIGHTS = web.AppKey("sights", Sights)
METRICS = web.AppKey("metrics", WebMetrics)
REGISTRY = web.AppKey("registry", CollectorRegistry)
ASSETS = web.AppKey("assets", Assets)
CATALOGUES = web.AppKey("catalogues", Catalogues)
CHECKER: web.AppKey[Checker] = web.AppKey("checker")
READINESS: web.AppKey[ReadinessProbe] = web.AppKey("readiness")
UPLOADS = web.AppKey("uploads", asyncio.Semaphore)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
