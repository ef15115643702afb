"""The web process: the watch floor and the HTTP API over the real stores, with a watchlist of its own for checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry

from dashboards.access.ports import AccessStores
from dashboards.app import create_web_app
from dashboards.figures.ports import FiguresStores
from dashboards.notices.ports import NoticeStores
from dashboards.rights_desk.ports import RightsDesk
from dashboards.triage.ports import TriageStores
from sinks.clickhouse.reader import AlertReader
from sinks.live import LiveStream
from streams.broker.producer import Sender
from streams.broker.records import read_record
from streams.broker.topics import create_topics, topic_names
from streams.calibration.evidence import Judgements
from streams.check import make_checker
from streams.configuration.connections import Connections, resolve
from streams.dead.desk import DeadLetterDesk
from streams.desk.pictures import DeskPictures
from streams.fetching.opening import World
from streams.gallery_follower import GalleryFollower
from streams.metrics import GalleryMetrics, PublisherMetrics, WatchlistMetrics
from streams.notices.posting import AddressCheck, open_posting
from streams.pictures.reading import WordReader
from streams.preview.previewer import Previewer
from streams.processes.kernels import load_kernels
from streams.processes.open_files import allow_open_files
from streams.processes.registry import process_registry
from streams.processes.shutdown import end_now, stop_on_signals
from streams.processes.watchdog import Watchdog, watched
from streams.reports import Reports
from streams.settings import Settings
from streams.snapshot.opening import snapshot_sharing
from streams.watchlist_log.follower import WatchlistFollower
from streams.watchlist_log.publisher import WatchlistPublisher
from streams.web.listening import answer_health, listen, readiness_of
from streams.web.stores import WebStores, open_stores
from streams.web.tasks import Beside

REPORT_SECONDS = 1.0
OTHER_FILES = 500  # beside live streams: other requests, stores, mapped snapshots


def web_main(settings: Settings, *, announce: Callable[[str], None], world: World | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit code. What `rightswatch web` calls; `announce` is told the address.

    `world` is where notices are posted to, for tests.

    Raises:
        StackError, BrokerError, StoreError, SettingsError: it cannot start; the message says what to do.
    """
    allow_open_files(settings.web.max_live_clients + OTHER_FILES, "[web] max_live_clients")
    with resolve(settings) as connections, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_web(settings, connections, announce, world))
    return 0


async def run_web(
    settings: Settings, connections: Connections, announce: Callable[[str], None], world: World | None = None
) -> None:
    """The web process in the running event loop."""
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    try:
        async with (
            AsyncExitStack() as stack,
            watched(settings.watch.stall_seconds, end_now) as watchdog,  # /livez answers from its loop
            asyncio.TaskGroup() as tasks,
        ):
            background = await _serve(settings, connections, announce, world, stack, tasks, watchdog)
            await stop.wait()
            for task in background:
                task.cancel()
    finally:
        undo()


async def _serve(
    settings: Settings,
    connections: Connections,
    announce: Callable[[str], None],
    world: World | None,
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    watchdog: Watchdog,
) -> list[asyncio.Task[None]]:
    """Start everything; the tasks that run beside the server."""
    registry = process_registry("web")
    await asyncio.to_thread(load_kernels)  # the check page runs the same pipeline
    await create_topics(connections.kafka)
    stores = await open_stores(settings, connections.operational, stack)
    live = await stack.enter_async_context(LiveStream(connections.redis))
    sender = await stack.enter_async_context(Sender(connections.kafka))
    publishing = WatchlistPublisher(stores.rights, sender, connections.kafka, PublisherMetrics(registry))
    publisher = await stack.enter_async_context(publishing)
    metrics = WatchlistMetrics(registry)
    follower = WatchlistFollower(connections.kafka, metrics, sharing=snapshot_sharing(settings, metrics))
    gallery = GalleryFollower(stores.pictures, follower.current, GalleryMetrics(registry))
    poster, check_address = await stack.enter_async_context(open_posting(settings.notices, world))
    judgements = Judgements(connections.clickhouse)
    app = _app(settings, connections, stores, live, sender, follower, gallery, judgements, check_address, registry)
    await answer_health(settings, registry, follower, watchdog, stack)
    background: list[asyncio.Task[None]] = []
    address = await listen(app, settings, stack, tasks, background)
    beside = Beside(
        address=address,
        settings=settings,
        connections=connections,
        stores=stores,
        judgements=judgements,
        live=live,
        poster=poster,
        registry=registry,
        clock=_now,
    )
    works = {
        "publisher": publisher.run(settings.worker.watchlist_poll_seconds),
        "follower": follower.run(),
        "gallery": gallery.run(),
        "report": _report(follower),
        **beside.works(),
    }
    background += [tasks.create_task(work, name=name) for name, work in works.items()]
    announce(address)
    return background


def _app(
    settings: Settings,
    connections: Connections,
    stores: WebStores,
    live: LiveStream,
    sender: Sender,
    follower: WatchlistFollower,
    gallery: GalleryFollower,
    judgements: Judgements,
    check_address: AddressCheck,
    registry: CollectorRegistry,
) -> web.Application:
    """The pages and the API over all of it."""
    return create_web_app(
        settings=settings.web,
        reader_factory=lambda: AlertReader(connections.clickhouse),
        live=live,
        rights=stores.rights,
        access=AccessStores(holders=stores.holders, audit=stores.audit, accounts=stores.accounts),
        access_settings=settings.access,
        right_pictures=stores.pictures,
        allow=stores.allow,
        dead=DeadLetterDesk(
            clickhouse=connections.clickhouse,
            topics=topic_names(connections.kafka.topic_prefix),
            publisher=sender,
            read_record=partial(read_record, connections.kafka),
        ),
        triage=TriageStores(judging=stores.judging, policy=settings.triage),
        desk=RightsDesk(
            history=stores.history,
            listed=stores.listed,
            pictures=DeskPictures(stores.pictures),
            previewer=Previewer(connections.clickhouse, stores.rights),
        ),
        figures=FiguresStores(
            judgements=judgements,
            calibrations=stores.calibrations,
            reports=Reports(connections.clickhouse, stores.leads, settings.triage),
        ),
        leads=stores.leads,
        notices=NoticeStores(outbox=stores.notices, check=check_address),
        checker=make_checker(follower.current, lambda: gallery.gallery, WordReader()),
        readiness=lambda: readiness_of(follower, settings.worker.watchlist_stale_seconds),
        registry=registry,
        clock=_now,
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _report(follower: WatchlistFollower) -> None:
    while True:
        follower.report()
        await asyncio.sleep(REPORT_SECONDS)
