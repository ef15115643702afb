"""From settings to a fetcher that works; closes everything behind it."""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp

from streams.configuration.sections import FetchingSettings
from streams.fetching.addresses import AddressPolicy, public_only
from streams.fetching.bodies import BodyLimits
from streams.fetching.buckets import TokenBuckets
from streams.fetching.caches import BoundedMap, PictureCache
from streams.fetching.connecting import KEEP_ALIVE_SECONDS, MAX_KEPT_HOSTS, CheckedConnector, KeptHosts, OpenSocket
from streams.fetching.connecting import open_socket as plain_socket
from streams.fetching.exchange import Exchange, ExchangeLimits, one_try
from streams.fetching.fetcher import Fetcher, FetchLimits, Memory, Outside
from streams.fetching.hosts import HostBudget, HostLimits, Sleep
from streams.fetching.resolving import CheckedResolver, Lookup, SystemLookup
from streams.fetching.urls import UrlRules
from streams.fetching.waiting import Clock
from streams.metrics import FetchMetrics

MAX_REMEMBERED = 10_000
"""Hosts, addresses and refusals: so many of each."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside of the fetcher. The defaults are the real world; `lookup` and `policy` follow the settings."""

    lookup: Lookup | None = None
    policy: AddressPolicy | None = None
    tls: ssl.SSLContext | None = None
    opener: OpenSocket = plain_socket
    monotonic: Callable[[], float] = time.monotonic
    utc_now: Clock = _utc_now
    sleep: Sleep = asyncio.sleep
    random: Callable[[], float] = field(default=random.random)


@asynccontextmanager
async def open_fetcher(
    settings: FetchingSettings, metrics: FetchMetrics, world: World | None = None
) -> AsyncIterator[Fetcher]:
    """A fetcher for as long as the context lasts, in the running loop.

    Raises:
        OSError: the settings' `ca_file` cannot be read.
    """
    world = world or World()
    policy = world.policy or public_only(settings.refuse_networks)
    lookup = world.lookup or SystemLookup(settings.lookup_threads)
    resolver = CheckedResolver(
        lookup,
        policy,
        TokenBuckets(rate=settings.address_rate, burst=settings.address_rate, max_keys=MAX_REMEMBERED),
        world.monotonic,
    )
    connector = CheckedConnector(
        resolver=resolver,
        policy=policy,
        tls=world.tls or ssl.create_default_context(cafile=settings.ca_file or None),
        opener=world.opener,
        kept=KeptHosts(MAX_KEPT_HOSTS, KEEP_ALIVE_SECONDS, world.monotonic),
    )
    async with _session(settings, connector) as session:
        fetcher = Fetcher(
            exchange=Exchange(session, _exchange_limits(settings), world.utc_now),
            rules=UrlRules(allow_http=settings.allow_http, extra_ports=settings.ports),
            policy=policy,
            hosts=HostLimits(_host_budget(settings), world.monotonic, world.sleep),
            limits=_fetch_limits(settings),
            memory=Memory(
                pictures=PictureCache(settings.cache_bytes),
                refusals=BoundedMap(MAX_REMEMBERED, world.monotonic, ttl_seconds=settings.refusal_seconds),
            ),
            outside=Outside(monotonic=world.monotonic, sleep=world.sleep, random=world.random),
            metrics=metrics,
        )
        try:
            yield fetcher
        finally:
            await fetcher.close()
            if isinstance(lookup, SystemLookup):
                lookup.close()


def _session(settings: FetchingSettings, connector: CheckedConnector) -> aiohttp.ClientSession:
    """Nothing of ours goes along: no cookies, no credentials, no proxy from the environment."""
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        middlewares=(one_try,),
        headers={"User-Agent": settings.agent, "Accept": "image/*", "Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(
            total=None, connect=settings.connect_seconds, sock_connect=settings.connect_seconds
        ),
    )


def _exchange_limits(settings: FetchingSettings) -> ExchangeLimits:
    return ExchangeLimits(
        connect_seconds=settings.connect_seconds,
        first_byte_seconds=settings.first_byte_seconds,
        body=BodyLimits(
            max_bytes=settings.max_bytes,
            min_bytes_per_second=settings.min_bytes_per_second,
            grace_seconds=settings.stall_seconds,
        ),
    )


def _host_budget(settings: FetchingSettings) -> HostBudget:
    return HostBudget(
        concurrency=settings.host_concurrency,
        rate=settings.host_rate,
        wait_seconds=settings.host_wait_seconds,
        suffix_rates=settings.suffix_rates,
        max_hosts=MAX_REMEMBERED,
    )


def _fetch_limits(settings: FetchingSettings) -> FetchLimits:
    return FetchLimits(
        total_seconds=settings.total_seconds,
        max_redirects=settings.max_redirects,
        retries=settings.retries,
        backoff_seconds=settings.backoff_seconds,
        retry_after_max_seconds=settings.retry_after_max_seconds,
        concurrency=settings.concurrency,
        waiting=settings.waiting,
        cache_seconds=settings.cache_seconds,
    )
