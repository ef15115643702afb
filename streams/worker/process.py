"""The worker process: wires the Faust app, the watchlist, the pulse, and what runs beside it.

Order of start: topics, publisher and follower, health, and only once the watchlist is loaded the listings. Order of
the end: the page in hand is finished and committed, then the rest goes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import faust
import uvloop
from aiokafka.errors import KafkaError

from sinks.errors import StoreUnavailable
from sinks.live import LiveStream
from sinks.operational.rights_store import RightsStore
from streams.broker.producer import Sender
from streams.broker.retry import Retry
from streams.broker.topics import Topics, create_topics
from streams.configuration.connections import Connections, resolve
from streams.metrics import PublisherMetrics, WorkerMetrics
from streams.pipeline import screen_page
from streams.processes.children import ChildProgram, service_program
from streams.processes.kernels import load_kernels
from streams.processes.registry import process_registry
from streams.processes.shutdown import end_now, stop_on_signals
from streams.processes.watchdog import watched
from streams.settings import Settings
from streams.snapshot.opening import snapshot_sharing
from streams.watchlist_log.follower import FollowerState, WatchlistFollower
from streams.watchlist_log.publisher import WatchlistPublisher
from streams.worker.app import create_app
from streams.worker.beside import running_beside
from streams.worker.handling import STOPPED_UNSENT_EXIT
from streams.worker.health import Readiness, health_server
from streams.worker.in_hand import InHand
from streams.worker.lag import LagProbe
from streams.worker.pulse import Pulse
from streams.worker.screener import PageScreener, ScreenPage

logger = logging.getLogger(__name__)
STOP_SECONDS = 60.0  # a page in hand takes so long at most
CRASHED_EXIT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPlan:
    """What one worker runs with."""

    settings: Settings
    connections: Connections
    worker_id: str
    screen: ScreenPage
    beside: Mapping[str, Sequence[str]]  # what runs beside it, each with what follows `rightswatch` to start it
    announce: Callable[[str], None]  # told the address of /readyz and /metrics


def worker_main(
    settings: Settings,
    *,
    writer_arguments: Sequence[str] | None,
    retro_arguments: Sequence[str] | None = None,
    pictures_arguments: Sequence[str] | None = None,
    announce: Callable[[str], None],
    screen: ScreenPage | None = None,
) -> int:
    """Run a worker until SIGTERM or Ctrl-C; the exit code. What `rightswatch worker` calls.

    `writer_arguments` is what follows `rightswatch` to start the writer beside it, as ["writer"]; None: no writer.
    `retro_arguments` is the same for the sweeper, `pictures_arguments` for what fetches pictures.

    Raises:
        StackError, BrokerError, StoreError, SettingsError: it cannot start; the message says what to do.
    """
    worker_id = f"{socket.gethostname()}-{os.getpid()}"
    wanted = {
        "writer": writer_arguments if settings.worker.writer else None,
        "retro": retro_arguments if settings.retro.days else None,
        "pictures": pictures_arguments if settings.pictures.enabled else None,
    }
    with resolve(settings) as connections, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        plan = WorkerPlan(
            settings=settings,
            connections=connections,
            worker_id=worker_id,
            screen=screen or partial(screen_page, sample_share=settings.worker.screened_sample),
            beside={name: arguments for name, arguments in wanted.items() if arguments},
            announce=announce,
        )
        return runner.run(run_worker(plan))


async def run_worker(plan: WorkerPlan) -> int:
    """The worker in the running event loop."""
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    try:
        async with AsyncExitStack() as stack:
            return await _run(plan, stop, stack)
    except ExceptionGroup as failure:
        # Faust's threads are still alive and the state is unknown: no clean end, no commit.
        logger.critical("the worker failed; start it again, nothing is lost", exc_info=failure)
        end_now(CRASHED_EXIT)
    finally:
        undo()


async def _run(plan: WorkerPlan, stop: asyncio.Event, stack: AsyncExitStack) -> int:
    kafka, settings = plan.connections.kafka, plan.settings.worker
    # While the watchlist is loaded and the group joined, both of which mostly wait for the broker.
    kernels = asyncio.create_task(asyncio.to_thread(load_kernels), name="kernels")
    registry = process_registry("worker")
    metrics = WorkerMetrics(registry)
    topics = await create_topics(kafka)
    sender = await stack.enter_async_context(Sender(kafka))
    live = await stack.enter_async_context(LiveStream(plan.connections.redis))
    follower = WatchlistFollower(kafka, metrics.watchlist, sharing=snapshot_sharing(plan.settings, metrics.watchlist))
    published = PublisherMetrics(registry)
    screener = _screener(plan, stack, sender, topics, metrics, follower, kernels, stop)
    app = create_app(kafka, settings, screener.handle, plan.settings.data_dir)
    probe = await stack.enter_async_context(LagProbe(app, kafka, screener.progress, screener.clock))
    watchdog = await stack.enter_async_context(watched(settings.stall_seconds, end_now))
    pulse = Pulse(
        worker_id=plan.worker_id,
        live=live,
        probe=probe,
        follower=follower,
        progress=screener.progress,
        metrics=metrics,
        watchdog=watchdog,
        clock=screener.clock,
        is_prepared=kernels.done,
    )

    def readiness() -> Readiness:
        return _readiness(follower, settings.watchlist_stale_seconds, consuming=app.started and kernels.done())

    health = health_server(settings.health_host, settings.health_port, registry, readiness, watchdog.verdict)
    plan.announce(await stack.enter_async_context(health))
    for name, arguments in plan.beside.items():
        await stack.enter_async_context(running_beside(_beside(plan, name, arguments), plan.settings.watch))
    async with asyncio.TaskGroup() as tasks:
        background = [
            tasks.create_task(_publish(plan, sender, published), name="publisher"),
            tasks.create_task(follower.run(), name="follower"),
            tasks.create_task(pulse.run(), name="pulse"),
        ]
        try:
            return await _consume(app, follower, kernels, stop)
        finally:
            for task in background:
                task.cancel()


async def _publish(plan: WorkerPlan, sender: Sender, metrics: PublisherMetrics) -> None:
    """The watchlist from the operational database. While that is away, what the log holds is screened with."""
    settings, connections = plan.settings.worker, plan.connections
    opening = Retry(
        what="opening the operational database",
        errors=(StoreUnavailable,),
        max_pause_seconds=settings.retry_max_seconds,
    )
    store = await opening.run(lambda: asyncio.to_thread(RightsStore, connections.operational))
    reaching = Retry(
        what="reaching the watchlist log", errors=(KafkaError, OSError), max_pause_seconds=settings.retry_max_seconds
    )
    async with AsyncExitStack() as stack:
        stack.callback(store.close)
        publisher = WatchlistPublisher(store, sender, connections.kafka, metrics)
        await reaching.run(lambda: stack.enter_async_context(publisher))
        await publisher.run(settings.watchlist_poll_seconds)


def _screener(
    plan: WorkerPlan,
    stack: AsyncExitStack,
    sender: Sender,
    topics: Topics,
    metrics: WorkerMetrics,
    follower: WatchlistFollower,
    kernels: asyncio.Task[None],
    stop: asyncio.Event,
) -> PageScreener:
    in_hand = InHand(plan.settings.data_dir / "in-hand", plan.worker_id)
    stack.callback(in_hand.close)
    executor = ThreadPoolExecutor(1, "screen")
    stack.callback(executor.shutdown, wait=False, cancel_futures=True)
    return PageScreener(
        screen=plan.screen,
        watchlist=follower.current,
        sender=sender,
        topics=topics,
        metrics=metrics,
        worker_id=plan.worker_id,
        clock=lambda: datetime.now(UTC),
        executor=executor,
        is_stopping=stop.is_set,
        end=end_now,
        max_pause_seconds=plan.settings.worker.retry_max_seconds,
        failed_pages_limit=plan.settings.worker.failed_pages_limit,
        asks_for_pictures=plan.settings.pictures.enabled,
        reads_words=plan.settings.picture_words.enabled,
        in_hand=in_hand,
        prepared=lambda: asyncio.shield(kernels),
    )


async def _consume(
    app: faust.App, follower: WatchlistFollower, kernels: asyncio.Task[None], stop: asyncio.Event
) -> int:
    """Consume listings from the moment the watchlist is loaded until the stop or a crash of the app.

    A page that comes before all kernels are loaded waits for them: compiling, where that was not done before, takes
    minutes, and whatever ends the process meanwhile is not the page's doing.
    """
    if not await _before_stop(follower.wait_loaded(), stop):
        return 0
    logger.info("the watchlist is loaded; joining the group of workers")
    starting = asyncio.ensure_future(app.start())
    try:
        if await _before_stop(asyncio.shield(starting), stop) and await _before_stop(asyncio.shield(kernels), stop):
            logger.info("consuming listings")
            await _before_stop(app.wait_until_stopped(), stop)
        async with asyncio.timeout(STOP_SECONDS):
            await starting
            crash = app.crash_reason
            await app.stop()
    except TimeoutError:
        logger.warning("the app does not stop; ending without a commit, so that its pages are screened again")
        end_now(STOPPED_UNSENT_EXIT)
    if crash is not None:
        logger.error("the stream crashed; start the worker again, nothing is lost", exc_info=crash)
        return CRASHED_EXIT
    logger.info("stopped: everything that was screened is committed")
    return 0


async def _before_stop(work: object, stop: asyncio.Event) -> bool:
    """Await the work; False when the stop came first, and then the work is cancelled."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([task, stopping], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            return not stop.is_set()
        return False
    finally:
        task.cancel()
        stopping.cancel()


def _readiness(follower: WatchlistFollower, stale_seconds: float, *, consuming: bool) -> Readiness:
    state = follower.state()
    is_fresh = state.age_seconds <= stale_seconds
    detail = {
        "watchlist_loaded": state.loaded,
        "watchlist_fresh": is_fresh,
        "revision": state.revision,
        "rights": state.rights,
        "age_seconds": round(state.age_seconds, 3) if state.age_seconds != float("inf") else None,
        "behind_entries": state.behind_entries,
        "snapshot": _snapshot(state),
        "consuming": consuming,
    }
    return Readiness(ready=state.loaded and is_fresh and consuming, detail=detail)


def _beside(plan: WorkerPlan, name: str, arguments: Sequence[str]) -> ChildProgram:
    log = plan.settings.data_dir / "logs" / f"{name}-{plan.worker_id}.log"
    section = getattr(plan.settings, name)
    return service_program(name, arguments, log, host=section.health_host, port=section.health_port)


def _snapshot(state: FollowerState) -> dict[str, float] | None:
    """The snapshot that the watchlist is mapped from; None: it was compiled in this process."""
    if state.snapshot_revision is None or state.snapshot_age_seconds is None:
        return None
    return {"revision": state.snapshot_revision, "age_seconds": round(state.snapshot_age_seconds, 3)}
