"""The web application put together: every route, what each answer passes through, and what starts and stops with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry

from dashboards import (
    alerts_api,
    allow_api,
    check_api,
    dead_api,
    health,
    keys,
    live_api,
    openapi,
    pages,
    pictures_api,
)
from dashboards.access import audit_api, routes
from dashboards.access.account_routes import ACCOUNT_ROUTES
from dashboards.access.identify import identify_middleware
from dashboards.access.limits import TokenBuckets
from dashboards.access.ports import AccessStores
from dashboards.access.roles import Permission
from dashboards.access.routes import PUBLIC, SIGNED_IN
from dashboards.access.settings import AccessSettings
from dashboards.access.sights import Sights
from dashboards.access.visible import visible_to
from dashboards.assets import asset_handler, load_assets
from dashboards.catalogue import MESSAGES, Catalogues
from dashboards.figures.keys import FIGURES
from dashboards.figures.ports import FiguresStores
from dashboards.figures.routes import FIGURES_ROUTES
from dashboards.guard import Handler, add_security_headers, guard_middleware
from dashboards.leads.keys import LEADS
from dashboards.leads.ports import Leads
from dashboards.leads.routes import LEAD_ROUTES
from dashboards.live_hub import LiveHub
from dashboards.metrics import WebMetrics
from dashboards.notices.keys import NOTICES
from dashboards.notices.ports import NoticeStores
from dashboards.notices.routes import NOTICE_ROUTES
from dashboards.notices.unsubscribing import unsubscribe
from dashboards.papers.keys import PAPERS
from dashboards.papers.routes import PAPER_ROUTES
from dashboards.ports import (
    AllowList,
    Checker,
    Clock,
    DeadLetters,
    LiveStream,
    ReaderFactory,
    ReadinessProbe,
    RightPictures,
    RightsReader,
)
from dashboards.problems import Problem
from dashboards.readers import ReaderPool
from dashboards.right_names import RightNames
from dashboards.rights_desk.keys import DESK, PREVIEWS
from dashboards.rights_desk.ports import RightsDesk
from dashboards.rights_desk.routes import DESK_ROUTES
from dashboards.settings import WebSettings
from dashboards.triage.counting import QueueCounts
from dashboards.triage.keys import QUEUE_COUNTS, TRIAGE, TRIAGE_METRICS
from dashboards.triage.metrics import TriageMetrics
from dashboards.triage.ports import TriageStores
from dashboards.triage.routes import TRIAGE_ROUTES

FOLDER = Path(__file__).parent
API_ROUTES = (
    routes.get("/api/v1/alerts", alerts_api.alerts, Permission.READ_ALERTS),
    routes.get("/api/v1/alerts/{alert_id}", alerts_api.alert, Permission.READ_ALERTS),
    routes.get("/api/v1/alerts/{alert_id}/pictures/{digest}", pictures_api.picture, Permission.READ_ALERTS),
    routes.get("/api/v1/screened", alerts_api.screened, Permission.READ_SCREENED),
    *DESK_ROUTES,
    *FIGURES_ROUTES,
    *PAPER_ROUTES,
    routes.get("/api/v1/allow", allow_api.entries, Permission.READ_ALLOWED),
    routes.post("/api/v1/allow", allow_api.decide, Permission.CHANGE_ALLOWED),
    routes.get("/api/v1/allow/{pdq}", allow_api.entry, Permission.READ_ALLOWED),
    routes.delete("/api/v1/allow/{pdq}", allow_api.remove, Permission.CHANGE_ALLOWED),
    routes.get("/api/v1/dead", dead_api.letters, Permission.READ_DEAD),
    routes.post("/api/v1/dead", dead_api.decide, Permission.DECIDE_DEAD),
    routes.get("/api/v1/dead/counts", dead_api.counts, Permission.READ_DEAD),
    routes.get("/api/v1/dead/{letter_id}", dead_api.letter, Permission.READ_DEAD),
    *TRIAGE_ROUTES,
    *LEAD_ROUTES,
    *NOTICE_ROUTES,
    *ACCOUNT_ROUTES,
    routes.get("/api/v1/audit", audit_api.entries, Permission.READ_AUDIT),
    routes.post("/api/v1/check", check_api.check, Permission.CHECK),
    routes.get("/api/v1/live", live_api.live, Permission.READ_ALERTS, allow_head=False),
    routes.get("/api/v1/openapi.json", openapi.document, PUBLIC),
    routes.get("/livez", health.livez, PUBLIC),
    routes.get("/readyz", health.readyz, PUBLIC),
    routes.get("/metrics", health.metrics, Permission.READ_METRICS),
)
PAGE_ROUTES = (
    routes.get("/", pages.floor, Permission.READ_ALERTS),
    routes.get("/queue", pages.queue, Permission.READ_ALERTS),
    routes.get("/alerts/{alert_id}", pages.alert, Permission.READ_ALERTS),
    routes.get("/leads", pages.leads, Permission.READ_LEADS),
    routes.get("/check", pages.check, Permission.CHECK),
    routes.get("/pictures", pages.pictures, Permission.READ_ALLOWED),
    routes.get("/dead", pages.dead, Permission.READ_DEAD),
    routes.get("/screened", pages.screened, Permission.JUDGE_SCREENED),
    routes.get("/figures", pages.figures, Permission.READ_FIGURES),
    routes.get("/reports", pages.reports, Permission.READ_FIGURES),
    routes.get("/rights", pages.rights, Permission.READ_RIGHTS),
    routes.get("/new-right", pages.right, Permission.CHANGE_RIGHTS),
    routes.get("/rights/{right_id:.+}", pages.right, Permission.READ_RIGHTS),
    routes.get("/notices", pages.notices, Permission.MANAGE_NOTICES),
    routes.get("/unsubscribe/{token}", pages.unsubscribe, PUBLIC),
    routes.post("/unsubscribe/{token}", unsubscribe, PUBLIC),
    routes.get("/audit", pages.audit, Permission.READ_AUDIT),
    routes.get("/sign-in", pages.sign_in, PUBLIC),
    routes.get("/account", pages.account, SIGNED_IN),
    routes.get("/accounts", pages.accounts, Permission.MANAGE_ACCOUNTS),
)
log = logging.getLogger(__name__)


def create_web_app(
    *,
    settings: WebSettings,
    reader_factory: ReaderFactory,
    live: LiveStream,
    rights: RightsReader,
    access: AccessStores,
    right_pictures: RightPictures,
    allow: AllowList,
    dead: DeadLetters,
    desk: RightsDesk,
    triage: TriageStores,
    figures: FiguresStores,
    leads: Leads,
    notices: NoticeStores,
    checker: Checker,
    readiness: ReadinessProbe,
    registry: CollectorRegistry,
    clock: Clock,
    access_settings: AccessSettings | None = None,
    identify: Middleware = identify_middleware,
) -> web.Application:
    """The watch floor, the check page and the HTTP API. What it is given it uses, and closes only what it made.

    `identify` finds out who asks and sets PRINCIPAL, before any handler runs.
    """
    app = web.Application(
        client_max_size=check_api.MAX_BODY_BYTES,
        middlewares=[measure_middleware, problem_middleware, guard_middleware, identify],
    )
    pool = ReaderPool(reader_factory, threads=settings.read_threads, timeout_seconds=settings.read_timeout_seconds)
    limits = access_settings or AccessSettings()
    names = RightNames(rights, pool, clock)
    metrics = WebMetrics(registry)
    app[keys.SETTINGS] = settings
    app[keys.POOL] = pool
    app[keys.RIGHTS] = rights
    app[keys.ACCESS] = access
    app[keys.ACCESS_SETTINGS] = limits
    app[keys.ACCESS_POOL] = ReaderPool(reader_factory, threads=2, timeout_seconds=settings.read_timeout_seconds)
    app[keys.PASSWORD_POOL] = ReaderPool(reader_factory, threads=2, timeout_seconds=settings.read_timeout_seconds)
    app[keys.BUCKETS] = TokenBuckets(rate=limits.requests_per_second, size=limits.requests_at_once)
    app[keys.RIGHT_PICTURES] = right_pictures
    app[keys.ALLOW] = allow
    app[keys.DEAD] = dead
    app[DESK] = desk
    app[TRIAGE] = triage
    app[TRIAGE_METRICS] = TriageMetrics(registry)
    app[QUEUE_COUNTS] = QueueCounts()
    app[FIGURES] = figures
    app[LEADS] = leads
    app[NOTICES] = notices
    app[PREVIEWS] = asyncio.Semaphore(1)
    app[PAPERS] = asyncio.Semaphore(1)
    app[keys.NAMES] = names
    app[keys.METRICS] = metrics
    app[keys.REGISTRY] = registry
    app[keys.SIGHTS] = Sights(lambda principal: visible_to(app, principal))
    app[keys.HUB] = LiveHub(live, names, settings=settings, metrics=metrics, clock=clock)
    app[keys.ASSETS] = load_assets(FOLDER / "static")
    app[keys.CATALOGUES] = Catalogues(MESSAGES)
    app[keys.CHECKER] = checker
    app[keys.UPLOADS] = asyncio.Semaphore(settings.max_uploads)
    app[keys.READINESS] = readiness
    app[keys.CLOCK] = clock
    app.add_routes([*API_ROUTES, *PAGE_ROUTES, asset_handler(app[keys.ASSETS])])
    app.on_response_prepare.append(add_security_headers)
    app.on_shutdown.append(_end_live_streams)
    app.cleanup_ctx.append(_run_hub)
    return app


async def _run_hub(app: web.Application) -> AsyncIterator[None]:
    await app[keys.HUB].start()
    yield
    await app[keys.HUB].close()
    for pool in (keys.POOL, keys.ACCESS_POOL, keys.PASSWORD_POOL):
        await app[pool].close()


async def _end_live_streams(app: web.Application) -> None:
    app[keys.HUB].end_clients()


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal as a problem document, our own and the framework's alike."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPRequestEntityTooLarge:
        limit = check_api.MAX_BODY_BYTES
        return Problem(413, "body_too_large", f"body: larger than {limit} bytes", field="body").response()
    except web.HTTPException as refusal:
        if refusal.status < 400:
            raise
        response = Problem(
            refusal.status, (refusal.reason or "error").lower().replace(" ", "_"), request.path
        ).response()
        if "Allow" in refusal.headers:
            response.headers["Allow"] = refusal.headers["Allow"]
        return response
    except Exception as error:
        if isinstance(error, ConnectionResetError) and (request.transport is None or request.transport.is_closing()):
            return Problem(400, "cut_off", "the request ended before its body did").response()  # nobody hears it
        log.exception("a handler failed: this is our own fault")
        return Problem(500, "internal_error", "our own fault: the server's log says more").response()


@web.middleware
async def measure_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counted once per request, by route pattern; a path that is no route counts as `other`."""
    metrics = request.app[keys.METRICS]
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "other"
    started = perf_counter()
    response = await handler(request)
    metrics.requests.labels(route, str(response.status)).inc()
    if not isinstance(response, web.Response):
        return response
    metrics.seconds.labels(route).observe(perf_counter() - started)
    return response
