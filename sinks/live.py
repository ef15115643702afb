"""The live stream of alerts and of what people do with them, and the workers' pulse, in Redis.

Losing it loses nothing that matters. An entry may appear twice (a repeated append): readers know alerts by their id and
states by their version. What a reader missed it learns from `gap`, and then reloads from ClickHouse.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from sinks.errors import LiveUnavailable, StoreRefused
from sinks.settings import RedisSettings
from sinks.text import json_text

START = "0-0"  # before the first entry
KEPT_ENTRIES = 100_000  # about; Redis trims in whole blocks
MAX_READ = 500  # entries that one read returns at most
MAX_BLOCK_MS = 20_000  # below the socket's own time limit
PULSE_SECONDS = 10.0  # a worker that has not beaten for so long is gone
_SOCKET_TIMEOUT_SECONDS = 30.0
_ENTRY_ID = re.compile(r"(\d{1,19})-(\d{1,19})", re.ASCII)
_ALERT, _TRIAGE = b"alert", b"triage"


@dataclass(frozen=True, slots=True)
class LiveRead:
    """What came after a place in the stream, oldest first: (entry id, JSON of an alert or of a group's state).

    `gap`: the place is not in the stream any more (trimmed, or Redis was emptied), so entries may have been missed.
    There are no entries then; reload what is shown and go on from `last`.
    """

    entries: tuple[tuple[str, bytes], ...]
    last: str  # give this as `after` next time
    gap: bool = False


def redis_client(settings: RedisSettings, timeout_seconds: float) -> Redis:
    """A client that connects on first use. An answer that takes longer than the timeout is an error.

    Raises:
        ValueError: the url cannot be used.
    """
    tls: dict[str, Any] = {"ssl_ca_certs": settings.ca_file} if settings.ca_file else {}
    return Redis.from_url(settings.url, socket_timeout=timeout_seconds, socket_connect_timeout=5.0, **tls)


class LiveStream:
    """One pool of connections; use it from one event loop.

    Raises (every method): LiveUnavailable when Redis is away. The message names the host, not the password.
    """

    def __init__(self, settings: RedisSettings, kept_entries: int = KEPT_ENTRIES) -> None:
        self._place = settings.place
        self._stream = f"{settings.key_prefix}live"
        self._workers = f"{settings.key_prefix}workers"
        self._beats = f"{settings.key_prefix}beat:"
        self._kept_entries = kept_entries
        try:
            self._redis = redis_client(settings, _SOCKET_TIMEOUT_SECONDS)
        except ValueError as error:
            raise StoreRefused(f"[redis] url: cannot be used ({self._place}); write redis://host:port/0") from error

    async def append(self, alerts: Sequence[bytes]) -> None:
        """Add alerts (their JSON) in one round trip and let the oldest go. Repeating it adds them again."""
        await self._append(_ALERT, alerts)

    async def append_triage(self, changes: Sequence[str]) -> None:
        """Add what people did with groups of alerts, as their states are announced (JSON), likewise."""
        await self._append(_TRIAGE, changes)

    async def _append(self, field: bytes, documents: Sequence[bytes] | Sequence[str]) -> None:
        if not documents:
            return
        async with self._errors(), self._redis.pipeline(transaction=False) as pipeline:
            for document in documents:
                pipeline.xadd(self._stream, {field: document}, maxlen=self._kept_entries, approximate=True)
            await pipeline.execute()

    async def read(self, after: str, block_ms: int) -> LiveRead:
        """What came after entry `after` (START: all that is kept), waiting up to `block_ms` (20 s at most) for it.

        An `after` that is no entry id, as a stranger's browser may send, reads as a gap.
        """
        async with self._errors():
            found = await self._after(after)
            if found.entries or found.gap or block_ms <= 0:
                return found
            wait_ms = min(block_ms, MAX_BLOCK_MS)
            if not await self._redis.xread({self._stream: after}, count=1, block=wait_ms):
                return found
            # Looked up again: Redis may have been emptied and filled in between, and only a look at `after` tells.
            return await self._after(after)

    async def oldest_id(self) -> str | None:
        """The oldest entry kept; None when the stream is empty."""
        async with self._errors():
            rows = _entries(await self._redis.xrange(self._stream, count=1))
            return rows[0][0] if rows else None

    async def last_id(self) -> str:
        """The newest entry: the place to follow from. START when the stream is empty."""
        async with self._errors():
            return await self._last()

    async def check(self) -> None:
        """Whether Redis answers. Whoever may append may ask this, and need not be allowed to read the stream."""
        async with self._errors():
            await self._redis.ping()

    async def beat(self, worker_id: str, state: Mapping[str, Any]) -> None:
        """Say that a worker is alive, with what it wants shown. It is forgotten after PULSE_SECONDS without a beat."""
        async with self._errors(), self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(self._beats + worker_id, json_text(state), px=int(PULSE_SECONDS * 1000))
            pipeline.sadd(self._workers, worker_id)
            await pipeline.execute()

    async def pulse(self) -> dict[str, dict[str, Any]]:
        """The workers that have beaten within PULSE_SECONDS, with their last state."""
        async with self._errors():
            members: Any = await self._redis.smembers(self._workers)
            known = sorted(member.decode() for member in members)
            states = await self._redis.mget([self._beats + worker for worker in known]) if known else []
            fresh = {worker: orjson.loads(state) for worker, state in zip(known, states, strict=True) if state}
            if gone := [worker for worker in known if worker not in fresh]:
                await self._redis.srem(self._workers, *gone)
            return fresh

    async def close(self) -> None:
        await self._redis.aclose()

    async def __aenter__(self) -> LiveStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _after(self, after: str) -> LiveRead:
        """One command answers both what is new and whether `after` itself is still there."""
        if not _ENTRY_ID.fullmatch(after):
            return LiveRead((), await self._last(), gap=True)
        oldest = "-" if after == START else after
        entries = _entries(await self._redis.xrange(self._stream, min=oldest, count=MAX_READ + 1))
        if after == START:
            entries = entries[:MAX_READ]
        elif entries and entries[0][0] == after:
            del entries[0]
        else:
            return LiveRead((), await self._last(), gap=True)
        return LiveRead(tuple(entries), entries[-1][0] if entries else after)

    async def _last(self) -> str:
        rows = _entries(await self._redis.xrevrange(self._stream, count=1))
        return rows[0][0] if rows else START

    @asynccontextmanager
    async def _errors(self) -> AsyncIterator[None]:
        try:
            yield
        except AuthenticationError as error:
            remedy = "it does not let us in: correct the user in [redis] url and the password there or in password_file"
            raise LiveUnavailable(self._place, remedy) from error
        except (RedisError, OSError) as error:
            _pass_on_cancellation()
            raise LiveUnavailable(self._place, str(error).split("\n", 1)[0][:300] or type(error).__name__) from error
        _pass_on_cancellation()


def _pass_on_cancellation() -> None:
    """A client that is cancelled while it connects may go on, or raise an error of its own: nobody would ever end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _entries(rows: Any) -> list[tuple[str, bytes]]:
    """The client library types its answers by every protocol it speaks; this is the one we get."""
    return [(entry_id.decode(), fields.get(_ALERT) or fields.get(_TRIAGE, b"")) for entry_id, fields in rows or ()]
