"""One request and its answer, with everything that can go wrong turned into a reason. Follows no redirect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from streams.fetching.bodies import BodyLimits, check_head, read_body
from streams.fetching.connecting import AddressRefusedError
from streams.fetching.outcomes import Reason, RefusedError
from streams.fetching.waiting import Clock, retry_after_seconds

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BY_STATUS = {
    401: Reason.DENIED, 403: Reason.DENIED, 451: Reason.DENIED,
    404: Reason.GONE, 410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A picture's bytes and the headers that caching needs."""

    content: bytes = field(repr=False)
    media_type: str
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """A redirect; `location` as received."""

    location: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotModified:
    """What the validators in the request name still holds."""

    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLimits:
    connect_seconds: float  # name, connection, TLS
    first_byte_seconds: float  # from there to the whole head of the answer
    body: BodyLimits


class Exchange:
    """Asks a server for one URL."""

    def __init__(self, session: aiohttp.ClientSession, limits: ExchangeLimits, utc_now: Clock) -> None:
        self._session = session
        self._limits = limits
        self._utc_now = utc_now

    async def ask(self, url: URL, validators: Mapping[str, str]) -> Answer | Moved | NotModified:
        """GET the URL, which `read_url` has approved.

        Raises:
            RefusedError: and, short of cancellation and our own faults, nothing else.
        """
        with as_reasons():
            async with self._response(url, validators) as response:
                if response.status == 304 and validators:
                    return NotModified(response.headers)
                if response.status in _REDIRECTS:
                    return Moved(response.headers.get("Location", ""))
                self._check_status(response)
                check_head(response, self._limits.body)
                content, media_type = await read_body(response, self._limits.body)
                return Answer(content=content, media_type=media_type, headers=response.headers)

    @asynccontextmanager
    async def _response(self, url: URL, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        # aiohttp bounds the pauses between reads; a head sent letter by letter needs a bound on the whole.
        try:
            async with asyncio.timeout(self._limits.connect_seconds + self._limits.first_byte_seconds):
                response = await self._session.get(url, headers=headers, allow_redirects=False)
        except TimeoutError:
            raise RefusedError(Reason.NO_ANSWER) from None
        try:
            yield response
        finally:
            response.close()  # what was read to its end has given its connection back already

    def _check_status(self, response: aiohttp.ClientResponse) -> None:
        if response.status == 200:
            return
        reason = _BY_STATUS.get(response.status, Reason.SERVER_ERROR if response.status >= 500 else Reason.STATUS)
        wait = retry_after_seconds(response.headers.get("Retry-After", ""), self._utc_now())
        raise RefusedError(reason, wait)


async def one_try(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """The session's middleware: aiohttp would ask again by itself after a disconnection, past every host's budget."""
    with as_reasons():
        return await handler(request)


@contextmanager
def as_reasons() -> Iterator[None]:
    """aiohttp's errors as ours. The order matters: its families overlap."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError:
        raise RefusedError(Reason.CONNECT_TIMEOUT) from None
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError):
        raise RefusedError(Reason.TLS) from None
    except aiohttp.ClientConnectorError as error:
        raise RefusedError(_connection_reason(error.os_error)) from None
    except aiohttp.InvalidURL:
        raise RefusedError(Reason.BAD_URL) from None
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError):
        raise RefusedError(Reason.RESET) from None
    except aiohttp.ClientError:
        raise RefusedError(Reason.BAD_RESPONSE) from None


def _connection_reason(error: OSError) -> Reason:
    if isinstance(error, AddressRefusedError):
        return Reason.ADDRESS
    return Reason.RESET if isinstance(error, ConnectionResetError) else Reason.UNREACHABLE
