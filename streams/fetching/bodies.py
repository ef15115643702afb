"""Reading an answer's body: never more than the bound, never slower than the least rate, never past a wrong start."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp

from streams.fetching.media import MAGIC_BYTES, may_be_picture, sniff
from streams.fetching.outcomes import Reason, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    max_bytes: int
    min_bytes_per_second: float
    grace_seconds: float  # before the least rate counts

    def latest(self, started: float, received: int) -> float:
        """When the next bytes must have come: each byte buys time, and a trickle buys too little."""
        return started + self.grace_seconds + received / self.min_bytes_per_second


def check_head(response: aiohttp.ClientResponse, limits: BodyLimits) -> None:
    """Refuse by the headers alone what needs no reading.

    Raises:
        RefusedError: ENCODED, WRONG_TYPE or TOO_LARGE.
    """
    # Nothing is ever decompressed here: identity was asked for, and a server that answers otherwise is not believed.
    if any(value.strip().lower() not in ("", "identity") for value in response.headers.getall("Content-Encoding", ())):
        raise RefusedError(Reason.ENCODED)
    if not may_be_picture(response.headers.get("Content-Type", "")):
        raise RefusedError(Reason.WRONG_TYPE)
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.max_bytes:
        raise RefusedError(Reason.TOO_LARGE)


async def read_body(response: aiohttp.ClientResponse, limits: BodyLimits) -> tuple[bytes, str]:
    """The body and its media type by its first bytes. Holds at most `max_bytes` and one network read.

    Raises:
        RefusedError: TOO_LARGE, TOO_SLOW or NOT_A_PICTURE.
        aiohttp.ClientError: the body broke off.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    body = bytearray()
    media_type: str | None = None
    while True:
        try:
            async with asyncio.timeout_at(limits.latest(started, len(body))):
                chunk = await response.content.readany()
        except TimeoutError:
            raise RefusedError(Reason.TOO_SLOW) from None
        body += chunk
        if len(body) > limits.max_bytes:
            raise RefusedError(Reason.TOO_LARGE)
        if media_type is None and (len(body) >= MAGIC_BYTES or not chunk):
            media_type = sniff(bytes(body[:MAGIC_BYTES]))
            if media_type is None:
                raise RefusedError(Reason.NOT_A_PICTURE)
        if not chunk:
            return bytes(body), media_type or ""
