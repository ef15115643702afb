"""Keeps the searched list of rights up to the watchlist's log, beside the server: an import may bring a million."""

from __future__ import annotations

import asyncio

from sinks.errors import StoreUnavailable
from sinks.operational.right_list_store import RightListStore
from streams.broker.retry import Retry

POLL_SECONDS = 2.0  # who asks for the list takes what is new himself, unless it is much


async def keep_listed(store: RightListStore, max_pause_seconds: float) -> None:
    """Follow until cancelled. A database that is away is waited for."""
    retry = Retry(what="listing rights", errors=(StoreUnavailable,), max_pause_seconds=max_pause_seconds)
    while True:
        behind = await retry.run(lambda: asyncio.to_thread(store.catch_up))
        await asyncio.sleep(0 if behind else POLL_SECONDS)
