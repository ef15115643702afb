"""The web process: the watch floor and the HTTP API over the real stores, with a watchlist of its own for checks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry

from dashboards.access.ports import AccessStores
from dashboards.app import create_web_app
from dashboards.catalogue import MESSAGES, Catalogues
from dashboards.figures.ports import FiguresStores
from dashboards.notices.ports import NoticeStores
from dashboards.ports import Readiness
from dashboards.rights_desk.ports import RightsDesk
from dashboards.triage.ports import TriageStores
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.notice_source import NoticeSource
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.triage_rows import TriageWriter
from sinks.errors import StoreUnavailable
from sinks.live import LiveStream
from sinks.operational.account_store import AccountStore
from sinks.operational.allow_store import AllowStore
from sinks.operational.audit_store import AuditStore
from sinks.operational.calibration_store import CalibrationStore
from sinks.operational.holder_store import HolderStore
from sinks.operational.lead_store import LeadStore
from sinks.operational.lockout import ADDRESS_FORGET_MS, NAME_FORGET_MS, Lock, LockoutPolicy
from sinks.operational.notice_store import NoticeStore
from sinks.operational.picture_store import PictureStore
from sinks.operational.reopening_store import ReopeningStore
from sinks.operational.right_history_store import RightHistoryStore
from sinks.operational.right_list_store import RightListStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from streams.broker.producer import Sender
from streams.broker.records import read_record
from streams.broker.retry import Retry
from streams.broker.topics import create_topics
from streams.calibration.evidence import Judgements
from streams.calibration.task import Calibrating, keep_calibrating
from streams.check import make_checker
from streams.configuration.connections import Connections, resolve
from streams.dead.desk import DeadLetterDesk
from streams.desk.listing import keep_listed
from streams.desk.pictures import DeskPictures
from streams.errors import SettingsError
from streams.gallery_follower import GalleryFollower
from streams.leads.leads import Leads
from streams.leads.metrics import LeadMetrics
from streams.metrics import GalleryMetrics, PublisherMetrics, WatchlistMetrics
from streams.notices.channels import Channels
from streams.notices.collecting import Collector
from streams.notices.mail import Mailer
from streams.notices.metrics import NoticeMetrics
from streams.notices.posting import Poster, open_posting
from streams.notices.sender import NoticeSender
from streams.pictures.reading import WordReader
from streams.preview.previewer import Previewer
from streams.processes.kernels import load_kernels
from streams.processes.open_files import allow_open_files
from streams.processes.registry import process_registry, report_ready
from streams.processes.shutdown import end_now, stop_on_signals
from streams.processes.watchdog import Watchdog, watched
from streams.reopening.reopener import Reopener
from streams.reports import Reports
from streams.settings import Settings
from streams.snapshot.opening import snapshot_sharing
from streams.tls import Certificate
from streams.triage.metrics import OutboxMetrics, QueueMetrics
from streams.triage.outbox import OutboxMover
from streams.triage.queue_figures import report_queue
from streams.watchlist_log.follower import WatchlistFollower
from streams.watchlist_log.publisher import WatchlistPublisher
from streams.worker import health

logger = logging.getLogger(__name__)
REPORT_SECONDS = 1.0
OTHER_FILES = 500  # beside live streams: other requests, stores, mapped snapshots
BACKLOG = 1024  # connections that wait to be accepted: with 128 a crowd that comes back is told to try in a second
HOUR_SECONDS = 3600.0
CLOSE_SECONDS = 5.0  # requests in hand get so long at the end


def web_main(settings: Settings, *, announce: Callable[[str], None]) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code. What `rightswatch web` calls; `announce` is told the address.

    Raises:
        StackError, BrokerError, StoreError, SettingsError: it cannot start; the message says what to do.
    """
    allow_open_files(settings.web.max_live_clients + OTHER_FILES, "[web] max_live_clients")
    with resolve(settings) as connections, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_web(settings, connections, announce))
    return 0


async def run_web(settings: Settings, connections: Connections, announce: Callable[[str], None]) -> None:
    """The web process in the running event loop."""
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    try:
        async with (
            AsyncExitStack() as stack,
            watched(settings.watch.stall_seconds, end_now) as watchdog,  # /livez answers from its loop
            asyncio.TaskGroup() as tasks,
        ):
            background = await _serve(settings, connections, announce, stack, tasks, watchdog)
            await stop.wait()
            for task in background:
                task.cancel()
    finally:
        undo()


async def _serve(
    settings: Settings,
    connections: Connections,
    announce: Callable[[str], None],
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    watchdog: Watchdog,
) -> list[asyncio.Task[None]]:
    """Start everything; the tasks that run beside the server."""
    registry = process_registry("web")
    await asyncio.to_thread(load_kernels)  # the check page runs the same pipeline
    topics = await create_topics(connections.kafka)
    store = await asyncio.to_thread(RightsStore, connections.operational)
    stack.callback(store.close)
    allow = await asyncio.to_thread(AllowStore, connections.operational)
    stack.callback(allow.close)
    holders = await asyncio.to_thread(HolderStore, connections.operational)
    stack.callback(holders.close)
    audit = await asyncio.to_thread(AuditStore, connections.operational)
    stack.callback(audit.close)
    accounts = await _accounts(settings, connections, stack) if settings.web.accounts else None
    live = await stack.enter_async_context(LiveStream(connections.redis))
    sender = await stack.enter_async_context(Sender(connections.kafka))
    published = PublisherMetrics(registry)
    publisher = await stack.enter_async_context(WatchlistPublisher(store, sender, connections.kafka, published))
    metrics = WatchlistMetrics(registry)
    follower = WatchlistFollower(connections.kafka, metrics, sharing=snapshot_sharing(settings, metrics))
    pictures = await asyncio.to_thread(PictureStore, connections.operational)
    stack.callback(pictures.close)
    judging = await asyncio.to_thread(TriageStore, connections.operational, settings.triage)
    stack.callback(judging.close)
    history = await asyncio.to_thread(RightHistoryStore, connections.operational)
    stack.callback(history.close)
    listed = await asyncio.to_thread(RightListStore, connections.operational)
    stack.callback(listed.close)
    calibrations = await asyncio.to_thread(CalibrationStore, connections.operational)
    stack.callback(calibrations.close)
    poster, check_address = await stack.enter_async_context(open_posting(settings.notices))
    reopenings = await asyncio.to_thread(ReopeningStore, connections.operational)
    stack.callback(reopenings.close)
    leads = await asyncio.to_thread(LeadStore, connections.operational, settings.leads)
    stack.callback(leads.close)
    notices = await asyncio.to_thread(NoticeStore, connections.operational)
    stack.callback(notices.close)
    judgements = Judgements(connections.clickhouse)
    gallery = GalleryFollower(pictures, follower.current, GalleryMetrics(registry))
    mover = OutboxMover(
        outbox=judging.outbox,
        writer=TriageWriter(connections.clickhouse),
        live=live,
        metrics=OutboxMetrics(registry),
        clock=_now,
    )
    app = create_web_app(
        settings=settings.web,
        reader_factory=lambda: AlertReader(connections.clickhouse),
        live=live,
        rights=store,
        access=AccessStores(holders=holders, audit=audit, accounts=accounts),
        access_settings=settings.access,
        right_pictures=pictures,
        allow=allow,
        dead=DeadLetterDesk(
            clickhouse=connections.clickhouse,
            topics=topics,
            publisher=sender,
            read_record=partial(read_record, connections.kafka),
        ),
        triage=TriageStores(judging=judging, policy=settings.triage),
        desk=RightsDesk(
            history=history,
            listed=listed,
            pictures=DeskPictures(pictures),
            previewer=Previewer(connections.clickhouse, store),
        ),
        figures=FiguresStores(
            judgements=judgements,
            calibrations=calibrations,
            reports=Reports(connections.clickhouse, settings.triage),
        ),
        leads=leads,
        notices=NoticeStores(outbox=notices, check=check_address),
        checker=make_checker(follower.current, lambda: gallery.gallery, WordReader()),
        readiness=lambda: _readiness(follower, settings.worker.watchlist_stale_seconds),
        registry=registry,
        clock=_now,
    )
    await _answer_health(settings, registry, follower, watchdog, stack)
    background = [
        tasks.create_task(publisher.run(settings.worker.watchlist_poll_seconds), name="publisher"),
        tasks.create_task(follower.run(), name="follower"),
        tasks.create_task(gallery.run(), name="gallery"),
        tasks.create_task(_report(follower), name="report"),
        tasks.create_task(keep_listed(listed, settings.writer.retry_max_seconds), name="listing"),
        tasks.create_task(
            keep_calibrating(
                Calibrating(
                    settings=settings.calibration,
                    store=calibrations,
                    watched=store,
                    evidence=judgements.evidence,
                    audit=audit,
                    clock=_now,
                ),
                settings.writer.retry_max_seconds,
            ),
            name="calibrating",
        ),
        tasks.create_task(mover.run(settings.triage.outbox_seconds, settings.writer.retry_max_seconds), name="outbox"),
        tasks.create_task(
            report_queue(AlertReader(connections.clickhouse), settings.triage, QueueMetrics(registry), _now),
            name="queue",
        ),
        tasks.create_task(
            Reopener(
                store=reopenings,
                rights=store,
                judging=judging,
                clickhouse=connections.clickhouse,
                policy=settings.triage,
                clock=_now,
            ).run(settings.writer.retry_max_seconds),
            name="reopening",
        ),
        tasks.create_task(
            Leads(
                store=leads,
                rights=store,
                notices=notices,
                clickhouse=connections.clickhouse,
                settings=settings.leads,
                metrics=LeadMetrics(registry),
                clock=_now,
            ).run(settings.writer.retry_max_seconds),
            name="leads",
        ),
        tasks.create_task(
            NoticeSender(
                store=notices,
                channels=_channels(settings, poster),
                metrics=NoticeMetrics(registry),
                clock=_now,
                random=SystemRandom().random,
            ).run(settings.notices.poll_seconds, settings.writer.retry_max_seconds),
            name="notices",
        ),
        tasks.create_task(
            Collector(store=notices, source=NoticeSource(connections.clickhouse), clock=_now).run(
                settings.notices.poll_seconds, settings.writer.retry_max_seconds
            ),
            name="collecting",
        ),
        tasks.create_task(_create_tables(connections, settings.writer.retry_max_seconds), name="tables"),
    ]
    if accounts is not None:
        background.append(tasks.create_task(_forget(accounts, settings.writer.retry_max_seconds), name="forget"))
    announce(await _listen(app, settings, stack, tasks, background))
    return background


async def _accounts(settings: Settings, connections: Connections, stack: AsyncExitStack) -> AccountStore:
    limits = settings.access
    first_ms = round(limits.lock_seconds * 1000)
    policy = LockoutPolicy(
        name=Lock(free=limits.failures, first_ms=first_ms, forget_ms=NAME_FORGET_MS),
        address=Lock(free=limits.address_failures, first_ms=first_ms, forget_ms=ADDRESS_FORGET_MS),
    )
    store = await asyncio.to_thread(lambda: AccountStore(connections.operational, policy=policy))
    stack.callback(store.close)
    if not await asyncio.to_thread(store.accounts, datetime.now(UTC)):
        logger.warning("there is no account yet: make the first one with `rightswatch accounts add`")
    return store


async def _forget(accounts: AccountStore, max_pause_seconds: float) -> None:
    """Each hour, what is kept of sessions and failures that nobody needs any more."""
    while True:
        retry = Retry(what="forgetting old sessions", errors=(StoreUnavailable,), max_pause_seconds=max_pause_seconds)
        await retry.run(lambda: asyncio.to_thread(accounts.prune, datetime.now(UTC)))
        await asyncio.sleep(HOUR_SECONDS)


async def _answer_health(
    settings: Settings,
    registry: CollectorRegistry,
    follower: WatchlistFollower,
    watchdog: Watchdog,
    stack: AsyncExitStack,
) -> None:
    """On a port of its own, without sign-in or TLS: for Prometheus, probes, and whoever keeps this process running."""

    def readiness() -> health.Readiness:
        state = _readiness(follower, settings.worker.watchlist_stale_seconds)
        return health.Readiness(state.loaded, {"revision": state.revision, "detail": state.detail})

    if not settings.web.health_port:
        report_ready(registry, lambda: readiness().ready)
        return
    host, port = settings.web.health_host, settings.web.health_port
    await stack.enter_async_context(health.health_server(host, port, registry, readiness, watchdog.verdict))


async def _listen(
    app: web.Application,
    settings: Settings,
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    background: list[asyncio.Task[None]],
) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, port = settings.web.host, settings.web.port
    certificate = Certificate(settings.web) if settings.web.is_tls else None
    if certificate is not None:
        background.append(tasks.create_task(certificate.keep_fresh(HOUR_SECONDS), name="certificate"))
    try:
        tls = certificate.context if certificate else None
        await web.TCPSite(runner, host, port, ssl_context=tls, backlog=BACKLOG).start()
    except OSError as error:
        raise SettingsError(
            f"[web] port: cannot listen on {host}:{port} ({error.strerror}); choose another with --port or in the "
            "settings, or 0 for any free one"
        ) from error
    bound = runner.addresses[0]
    return settings.web.address(bound[0], bound[1])


async def _create_tables(connections: Connections, max_pause_seconds: float) -> None:
    """Beside the server, since pages can say that ClickHouse is away; the writer does the same."""
    retry = Retry(what="creating the tables", errors=(StoreUnavailable,), max_pause_seconds=max_pause_seconds)
    await retry.run(lambda: asyncio.to_thread(migrate, connections.clickhouse))


def _channels(settings: Settings, poster: Poster) -> Channels:
    address = f"http://{settings.web.host}:{settings.web.port}"
    return Channels(
        poster=poster,
        mailer=Mailer(settings=settings.notices) if settings.notices.can_mail else None,
        words=Catalogues(MESSAGES),
        public_url=(settings.notices.public_url or address).rstrip("/"),
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _report(follower: WatchlistFollower) -> None:
    while True:
        follower.report()
        await asyncio.sleep(REPORT_SECONDS)


def _readiness(follower: WatchlistFollower, stale_seconds: float) -> Readiness:
    state = follower.state()
    is_fresh = state.age_seconds <= stale_seconds
    detail = "" if is_fresh else f"no contact with the watchlist log for over {stale_seconds:g} s: is the broker up?"
    if not state.loaded:
        detail = "the watchlist is still being loaded"
    return Readiness(
        loaded=state.loaded and is_fresh,
        revision=state.revision,
        rights=state.rights,
        age_seconds=min(state.age_seconds, 86_400.0),
        detail=detail,
    )
