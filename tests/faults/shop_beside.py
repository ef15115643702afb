"""The shop with pictures, in a thread of its own beside a test that is not asynchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.streams.shop import Shop, open_shop


@contextmanager
def shop_beside() -> Iterator[Shop]:
    opened = threading.Event()
    loop = asyncio.new_event_loop()
    closing = asyncio.Event()
    shops: list[Shop] = []

    async def keep_open() -> None:
        async with open_shop() as shop:
            shops.append(shop)
            opened.set()
            await closing.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(keep_open()), name="shop", daemon=True)
    thread.start()
    opened.wait()
    try:
        yield shops[0]
    finally:
        loop.call_soon_threadsafe(closing.set)
        thread.join()
        loop.close()
