"""The process that fetches pictures and screens them: health, stores, watchlist, then messages until SIGTERM or Ctrl-C.

It yields to the screening of texts; more of them, here or elsewhere, share the work.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime

import uvloop

from sinks.operational.picture_store import PictureStore
from sinks.operational.rights_store import RightsStore
from streams.broker.producer import Sender
from streams.broker.topics import topic_names
from streams.configuration.connections import Connections, resolve
from streams.configuration.sections import PictureWordsSettings
from streams.errors import SettingsError
from streams.fetching.opening import World, open_fetcher
from streams.gallery_follower import GalleryFollower
from streams.metrics import GalleryMetrics, PictureMetrics
from streams.pictures.consuming import PictureConsumer
from streams.pictures.examining import Examine, Examiner
from streams.pictures.fetching import PictureFetching
from streams.pictures.reading import WordReader
from streams.pictures.reporting import FetchReport
from streams.pictures.screener import PictureScreener
from streams.pictures.storing import PictureTables
from streams.pipeline import screen_pictures
from streams.processes.kernels import load_kernels
from streams.processes.prepare import prepare_stores
from streams.processes.registry import process_registry
from streams.processes.shutdown import end_now, stop_on_signals
from streams.processes.watchdog import Watchdog, watched
from streams.settings import Settings
from streams.snapshot.opening import snapshot_sharing
from streams.watchlist_log.follower import WatchlistFollower
from streams.worker.handling import Handling
from streams.worker.health import Readiness, health_server
from streams.worker.in_hand import InHand

NICENESS = 5  # texts come first
REPORT_SECONDS = 1.0
TELL_EACH = 60  # reports


def pictures_main(settings: Settings, *, announce: Callable[[str], None], world: World | None = None) -> int:
    """Fetch and screen until SIGTERM or Ctrl-C; the exit code. What `rightswatch pictures` calls.

    `world` is what lies outside of the fetcher, for tests.

    Raises:
        StackError, BrokerError, StoreError, SettingsError: it cannot start; the message says what to do.
        OSError: [fetching] ca_file cannot be read.
    """
    if not settings.pictures.enabled:
        raise SettingsError("[pictures] enabled is false, so no pictures are asked for: set it to true")
    os.nice(NICENESS)
    with (
        resolve(settings, parts=("kafka", "clickhouse")) as connections,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_run(settings, connections, announce, world))
    return 0


async def _run(
    settings: Settings,
    connections: Connections,
    announce: Callable[[str], None],
    world: World | None,
) -> None:
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    registry = process_registry("pictures")
    metrics = PictureMetrics(registry)
    follower = WatchlistFollower(
        connections.kafka, metrics.watchlist, sharing=snapshot_sharing(settings, metrics.watchlist)
    )
    consumer: PictureConsumer | None = None

    def readiness() -> Readiness:
        state = follower.state()
        is_consuming = consumer is not None and consumer.is_consuming
        detail = {"watchlist_loaded": state.loaded, "revision": state.revision, "consuming": is_consuming}
        return Readiness(state.loaded and is_consuming, detail)

    try:
        async with AsyncExitStack() as stack:
            watchdog = await stack.enter_async_context(watched(settings.watch.stall_seconds, end_now))
            host, port = settings.pictures.health_host, settings.pictures.health_port
            health = health_server(host, port, registry, readiness, watchdog.verdict)
            announce(await stack.enter_async_context(health))
            if not await prepare_stores(connections, settings.writer.retry_max_seconds, stop):
                return
            await asyncio.to_thread(load_kernels)
            kept = await asyncio.to_thread(PictureStore, connections.operational)
            stack.callback(kept.close)
            gallery = GalleryFollower(kept, follower.current, GalleryMetrics(registry))
            look = Examiner(
                gallery=lambda: gallery.gallery,
                watchlist=follower.current,
                reader=_reader(settings.picture_words, metrics),
                budget=settings.picture_budget,
                metrics=metrics,
            )
            consumer = await _consumer(settings, connections, stack, metrics, follower, stop, world, look, watchdog)
            await _work(consumer, follower, gallery, FetchReport(registry), stop)
    finally:
        undo()


def _reader(settings: PictureWordsSettings, metrics: PictureMetrics) -> WordReader | None:
    """None where no words are to be read."""
    count = metrics.words
    return WordReader(settings, count=lambda outcome: count.labels(outcome).inc()) if settings.enabled else None


async def _consumer(
    settings: Settings,
    connections: Connections,
    stack: AsyncExitStack,
    metrics: PictureMetrics,
    follower: WatchlistFollower,
    stop: asyncio.Event,
    world: World | None,
    look: Examine,
    watchdog: Watchdog,
) -> PictureConsumer:
    """Everything that a message meets, put together."""
    topics = topic_names(connections.kafka.topic_prefix)
    retry_seconds = settings.writer.retry_max_seconds
    seeing, screening = ThreadPoolExecutor(1, "see"), ThreadPoolExecutor(1, "screen")
    for executor in (seeing, screening):
        stack.callback(executor.shutdown, wait=False, cancel_futures=True)
    in_hand = InHand(settings.data_dir / "in-hand", f"pictures-{socket.gethostname()}-{os.getpid()}")
    stack.callback(in_hand.close)
    fetching = PictureFetching(
        fetcher=await stack.enter_async_context(open_fetcher(settings.fetching, metrics.fetching, world)),
        examine=look,
        executor=seeing,
        settings=settings.pictures,
        metrics=metrics,
        clock=_now,
        queue_age_seconds=lambda: consumer.queue_age_seconds(),
        in_hand=in_hand,
    )
    rights = await asyncio.to_thread(RightsStore, connections.operational)
    stack.callback(rights.close)
    screener = PictureScreener(
        screen=screen_pictures,
        watchlist=follower.current,
        newest=rights.revision,
        fetching=fetching,
        store=stack.enter_context(closing(PictureTables(connections.clickhouse, retry_seconds, metrics))),
        handling=Handling(
            sender=await stack.enter_async_context(Sender(connections.kafka)),
            topics=topics,
            stages=metrics.stages,
            executor=screening,
            is_stopping=stop.is_set,
            end=end_now,
            max_pause_seconds=settings.worker.retry_max_seconds,
            failed_pages_limit=settings.worker.failed_pages_limit,
        ),
        metrics=metrics,
        clock=_now,
        shed_seconds=settings.pictures.shed_seconds,
        keep_days=min(settings.retro.days, settings.pictures.looks_days),
    )
    consumer = PictureConsumer(
        kafka=connections.kafka,
        topics=topics,
        handle=screener.handle,
        most=settings.pictures.messages,
        metrics=metrics,
        clock=_now,
        stop=stop,
        watchdog=watchdog,
    )
    return consumer


async def _work(
    consumer: PictureConsumer,
    follower: WatchlistFollower,
    gallery: GalleryFollower,
    report: FetchReport,
    stop: asyncio.Event,
) -> None:
    """Messages from the moment the watchlist and its pictures are loaded until the stop."""
    async with asyncio.TaskGroup() as tasks:
        background = [
            tasks.create_task(follower.run(), name="follower"),
            tasks.create_task(gallery.run(), name="gallery"),
            tasks.create_task(_report(follower, report)),
        ]
        loaded, stopping = asyncio.create_task(gallery.wait_loaded()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([loaded, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not stop.is_set():
                await consumer.run()
        finally:
            for task in (*background, loaded, stopping):
                task.cancel()


async def _report(follower: WatchlistFollower, report: FetchReport) -> None:
    while True:
        for _ in range(TELL_EACH):
            follower.report()
            await asyncio.sleep(REPORT_SECONDS)
        report.tell()


def _now() -> datetime:
    return datetime.now(UTC)
