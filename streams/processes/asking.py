"""Asks a process of ours on this machine whether it still makes progress, since a frozen one cannot tell by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from streams.configuration.sections import WatchSettings


async def until_silent(
    host: str, port: int, watch: WatchSettings, monotonic: Callable[[], float] = time.monotonic
) -> str:
    """Returns once /livez at that place gave no good answer for too long, with the last reason; else never.

    One bad answer never suffices: it may be us who were frozen while it came.
    """
    deadline, was_good = monotonic() + watch.start_seconds, True
    while True:
        problem = await _ask(host, port, watch.ask_seconds)
        now = monotonic()
        if not problem:
            deadline = now + watch.silent_seconds
        elif now > deadline and not was_good:
            return problem
        was_good = not problem
        await asyncio.sleep(watch.ask_seconds)


async def _ask(host: str, port: int, seconds: float) -> str:
    """What is wrong, or an empty text."""
    try:
        async with asyncio.timeout(seconds):
            answer = await _get(host, port)
    except TimeoutError:
        return f"no answer within {seconds:g} s"
    except OSError as error:
        return f"no connection ({error.strerror or type(error).__name__})"
    head, _, body = answer.partition(b"\r\n\r\n")
    is_good = head.split(b" ", 2)[1:2] == [b"200"]
    return "" if is_good else f"it says {body.decode('utf-8', 'replace')[:300]}"


async def _get(host: str, port: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        # A name that the web process answers to at any address, with the port, as a browser says it.
        writer.write(b"GET /livez HTTP/1.0\r\nHost: localhost:%d\r\n\r\n" % port)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()
