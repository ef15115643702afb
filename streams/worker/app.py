"""The Faust app: one agent over the topic `listings`, a few lines; all work is in `streams/worker/screener.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import faust
from faust.auth import SASLCredentials, SSLCredentials

from streams.broker.access import tls_context
from streams.broker.topics import topic_names
from streams.configuration.sections import KafkaSettings, WorkerSettings
from streams.worker.faust_transport import prompt_transport

HandlePage = Callable[[bytes, int, tuple[str, int, int]], Awaitable[None]]
BUFFERED_PAGES = 64  # pages waiting in memory, of up to 900 kB each; a full buffer stops the fetching
FETCH_BYTES_PER_PARTITION = 4_000_000
MAX_POLL_SECONDS = 600.0


def create_app(kafka: KafkaSettings, worker: WorkerSettings, handle: HandlePage, data_dir: Path) -> faust.App:
    """The app, ready to be started in the running event loop. `handle` must not raise: see the module screener."""
    loop = asyncio.get_running_loop()
    data_dir.mkdir(parents=True, exist_ok=True)  # nothing else makes it where every server is a named one
    topics = topic_names(kafka.topic_prefix)
    app = faust.App(
        topics.worker_group,
        broker=[f"aiokafka://{address.strip()}" for address in kafka.bootstrap.split(",")],
        broker_credentials=_credentials(kafka),
        broker_session_timeout=kafka.session_timeout_seconds,
        broker_rebalance_timeout=kafka.session_timeout_seconds,
        broker_heartbeat_interval=kafka.session_timeout_seconds / 6,
        broker_commit_interval=worker.commit_interval_seconds,
        broker_max_poll_interval=MAX_POLL_SECONDS,
        consumer_max_fetch_size=FETCH_BYTES_PER_PARTITION,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=BUFFERED_PAGES,
        stream_wait_empty=True,  # on a stop and on a rebalance the page in hand is finished first
        topic_allow_declare=False,  # streams/broker/topics.py creates them
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
        store="memory://",
        datadir=str(data_dir / "faust"),
        loop=loop,
    )
    app.transport = prompt_transport(app, kafka.fetch_wait_seconds)
    _add_agent(app, topics.listings, handle)
    return app


def _add_agent(app: faust.App, topic: str, handle: HandlePage) -> None:
    listings = app.topic(topic, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")

    @app.agent(listings, name="screen_pages", concurrency=1)  # type: ignore[untyped-decorator]
    async def screen_pages(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            await handle(
                message.value or b"", round(message.timestamp * 1000), (topic, message.partition, message.offset)
            )


def _credentials(kafka: KafkaSettings) -> Any:
    context = tls_context(kafka)
    if kafka.uses_sasl:
        return SASLCredentials(
            username=kafka.sasl_username,
            password=kafka.sasl_password,
            ssl_context=context,
            mechanism=kafka.sasl_mechanism,
        )
    return SSLCredentials(context=context) if context else None
