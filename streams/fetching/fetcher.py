"""A URL out of somebody's listing in, a picture or a reason out. It never raises, whatever the URL and its server do.

The flow: judge the URL, look into what is remembered, join a fetch of the same URL that is under way, else take a
slot of the host and one of the process, ask, judge and follow redirects one by one, try again what may pass, remember.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from yarl import URL

from streams.fetching.addresses import AddressPolicy
from streams.fetching.caches import BoundedMap, Kept, PictureCache, validators_of
from streams.fetching.exchange import Answer, Exchange, Moved, NotModified
from streams.fetching.hosts import HostLimits, Sleep
from streams.fetching.outcomes import MAY_PASS, OUR_OWN, Fetched, Reason, Refused, RefusedError
from streams.fetching.urls import UrlRules, read_url, shown
from streams.fetching.waiting import backoff_seconds, keeps_seconds
from streams.metrics import FetchMetrics

logger = logging.getLogger(__name__)
Outcome = Fetched | Refused
STAGE = "fetch"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one fetch may take, and how many there may be."""

    total_seconds: float  # waiting, redirects and repeated tries included
    max_redirects: int
    retries: int
    backoff_seconds: float  # before the second try; then doubling
    retry_after_max_seconds: float  # a server that asks for more is left alone, and the fetch refused
    concurrency: int
    waiting: int  # URLs beside those that are being asked for; more are refused as BUSY
    cache_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered between fetches."""

    pictures: PictureCache
    refusals: BoundedMap[bytes, Reason]  # by the URL's SHA-256: URLs are long


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Whatever a test may want to hold in its hands."""

    monotonic: Callable[[], float]
    sleep: Sleep
    random: Callable[[], float]


class Fetcher:
    """Use from one event loop. `close` ends what is under way; the session is the caller's."""

    def __init__(
        self,
        *,
        exchange: Exchange,
        rules: UrlRules,
        policy: AddressPolicy,
        hosts: HostLimits,
        limits: FetchLimits,
        memory: Memory,
        outside: Outside,
        metrics: FetchMetrics,
    ) -> None:
        self._exchange = exchange
        self._rules = rules
        self._policy = policy
        self._hosts = hosts
        self._limits = limits
        self._memory = memory
        self._outside = outside
        self._metrics = metrics
        self._gate = asyncio.Semaphore(limits.concurrency)
        self._under_way: dict[str, asyncio.Task[Outcome]] = {}
        self._is_closed = False

    async def fetch(self, url: str) -> Outcome:
        """The picture at the URL, or why there is none. A cancelled caller leaves the fetch to the others who wait."""
        started = self._outside.monotonic()
        self._metrics.stages.received(STAGE, 1)
        outcome = await self._outcome(url)
        if isinstance(outcome, Fetched):
            self._metrics.stages.sent(STAGE, 1)
        else:
            self._metrics.stages.dropped(STAGE, outcome.reason, 1)
        self._metrics.stages.took(STAGE, self._outside.monotonic() - started)
        return outcome

    async def close(self) -> None:
        """Whoever waits for a fetch is told CLOSED."""
        self._is_closed = True
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _outcome(self, text: str) -> Outcome:
        try:
            url = read_url(text, self._rules, self._policy)
        except RefusedError as error:
            return Refused(error.reason)
        return self._remembered(str(url)) or await self._joined(url)

    def _remembered(self, key: str) -> Outcome | None:
        kept = self._memory.pictures.get(key)
        if kept is not None and kept.fresh_until > self._outside.monotonic():
            self._metrics.remembered.labels("picture").inc()
            return _fetched(kept, from_cache=True)
        reason = self._memory.refusals.get(_hash(key))
        if reason is None:
            return None
        self._metrics.remembered.labels("refusal").inc()
        return Refused(reason)

    async def _joined(self, url: URL) -> Outcome:
        """The outcome of the one fetch of this URL that is under way, begun here if there is none."""
        key = str(url)
        task = self._under_way.get(key)
        if task is not None:
            self._metrics.remembered.labels("under_way").inc()
        elif self._is_closed:
            return Refused(Reason.CLOSED)
        elif len(self._under_way) >= self._limits.concurrency + self._limits.waiting:
            return Refused(Reason.BUSY)
        else:
            task = self._under_way[key] = asyncio.create_task(self._fetch(url))
            task.add_done_callback(lambda done: self._landed(key))
            self._metrics.under_way.set(len(self._under_way))
        await asyncio.wait({task})
        return Refused(Reason.CLOSED) if task.cancelled() else task.result()

    def _landed(self, key: str) -> None:
        del self._under_way[key]
        self._metrics.under_way.set(len(self._under_way))
        self._metrics.cache_bytes.set(self._memory.pictures.bytes)

    async def _fetch(self, url: URL) -> Outcome:
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._with_retries(url)
        except RefusedError as error:
            reason = error.reason
        except TimeoutError:
            reason = Reason.TOO_SLOW
        except Exception as error:  # noqa: BLE001 -- what a hostile server brings about must not end the worker
            _complain(error)
            reason = Reason.INTERNAL
        logger.debug("refused %s: %s", shown(url), reason)
        if reason not in OUR_OWN:
            self._memory.refusals.put(_hash(str(url)), reason)
        return Refused(reason)

    async def _with_retries(self, url: URL) -> Outcome:
        attempt = 0
        while True:
            try:
                return await self._follow(url)
            except RefusedError as error:
                if error.reason not in MAY_PASS or attempt >= self._limits.retries:
                    raise
                wait = backoff_seconds(attempt, self._limits.backoff_seconds, self._outside.random())
                wait = max(wait, error.retry_after_seconds or 0.0)
                if wait > self._limits.retry_after_max_seconds:
                    raise
            attempt += 1
            self._metrics.stages.retried(STAGE)
            await self._outside.sleep(wait)

    async def _follow(self, start: URL) -> Fetched:
        """Ask, and follow what redirects: each hop is judged like the first, and pays its own host's budget."""
        kept = self._memory.pictures.get(str(start))
        url = start
        for _ in range(self._limits.max_redirects + 1):
            answer = await self._ask(url, kept)
            if isinstance(answer, Moved):
                url = self._next(url, answer.location)
            elif isinstance(answer, Answer):
                return self._keep(start, url, answer)
            elif kept is not None:
                return self._refresh(start, kept, answer)
        raise RefusedError(Reason.REDIRECTS)

    async def _ask(self, url: URL, kept: Kept | None) -> Answer | Moved | NotModified:
        validators = kept.validators if kept is not None and kept.final_url == str(url) else {}
        host = str(url.raw_host)
        async with self._hosts.slot(host), self._gate:
            try:
                return await self._exchange.ask(url, validators)
            except RefusedError as error:
                if error.retry_after_seconds and error.reason in MAY_PASS:
                    # Bounded: a host cannot have itself forgotten for a day.
                    most = 6 * self._limits.retry_after_max_seconds
                    self._hosts.quieten(host, min(error.retry_after_seconds, most))
                raise

    def _next(self, url: URL, location: str) -> URL:
        try:
            joined = str(url.join(URL(location.strip())))
        except ValueError:
            raise RefusedError(Reason.BAD_URL) from None
        if not location or joined == str(url):
            raise RefusedError(Reason.REDIRECTS)
        target = read_url(joined, self._rules, self._policy)
        if url.scheme == "https" and target.scheme != "https":
            raise RefusedError(Reason.DOWNGRADE)
        return target

    def _keep(self, start: URL, final: URL, answer: Answer) -> Fetched:
        kept = Kept(
            content=answer.content,
            digest=hashlib.sha256(answer.content).hexdigest(),
            media_type=answer.media_type,
            final_url=str(final),
            fresh_until=self._outside.monotonic(),
            validators=validators_of(answer.headers),
        )
        self._metrics.bytes.inc(len(answer.content))
        self._store(start, kept, answer.headers)
        return _fetched(kept, from_cache=False)

    def _refresh(self, start: URL, kept: Kept, answer: NotModified) -> Fetched:
        self._metrics.remembered.labels("revalidated").inc()
        self._store(start, kept, answer.headers)
        return _fetched(kept, from_cache=True)

    def _store(self, start: URL, kept: Kept, headers: Mapping[str, str]) -> None:
        seconds = keeps_seconds(headers.get("Cache-Control", ""), self._limits.cache_seconds)
        if seconds is None:
            self._memory.pictures.drop(str(start))
        else:
            fresh = replace(kept, fresh_until=self._outside.monotonic() + seconds)
            self._memory.pictures.put(str(start), fresh)


def _complain(error: Exception) -> None:
    """Without the error's message, which may hold the URL and its query."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("a fetch failed by our own fault: %s at %s:%s", type(error).__name__, place.filename, place.lineno)


def _hash(url: str) -> bytes:
    return hashlib.sha256(url.encode()).digest()


def _fetched(kept: Kept, *, from_cache: bool) -> Fetched:
    return Fetched(
        content=kept.content,
        digest=kept.digest,
        media_type=kept.media_type,
        final_url=kept.final_url,
        from_cache=from_cache,
    )
