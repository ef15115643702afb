"""From a name to addresses that were all judged: the first of the three gates on the way to a connection.

aiohttp connects to exactly the addresses that this resolver gives it, so a name that changes between the check and
the connection (DNS rebinding) has nothing to change: there is one look-up, and its answer is used.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from streams.fetching.addresses import AddressPolicy, parse_address
from streams.fetching.buckets import TokenBuckets
from streams.fetching.outcomes import Reason, RefusedError

Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host name, as texts. Raises OSError when there are none."""

MAX_ADDRESSES = 8
MAX_NAMED_ADDRESSES = 64


class SystemLookup:
    """The system's resolver, in threads of its own: names that answer slowly must not hold up the process's others."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="lookup")

    async def __call__(self, host: str) -> Sequence[str]:
        # The trailing dot makes the name absolute: no search list, no neighbour's machine by its short name.
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(f"{host}.", None, type=socket.SOCK_STREAM)
        )
        return [str(sockaddr[0]) for _, _, _, _, sockaddr in found]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedResolver(AbstractResolver):
    """A name is refused whole when one of its addresses is not allowed.

    `connections` bounds how often one address is connected to, whatever names lead there: a thousand names of one
    domain must not add up to an attack on one server.
    """

    def __init__(
        self, lookup: Lookup, policy: AddressPolicy, connections: TokenBuckets, monotonic: Callable[[], float]
    ) -> None:
        self._lookup = lookup
        self._policy = policy
        self._connections = connections
        self._monotonic = monotonic

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises: RefusedError with UNRESOLVABLE, ADDRESS or HOST_BUSY."""
        addresses = await self._allowed(host, port)
        now = self._monotonic()
        # All of them pay: which one answers is the other side's choice, and the first may be a decoy.
        taken = [self._connections.take(server, now) for server in {_server(address) for address in addresses}]
        if not all(taken):
            raise RefusedError(Reason.HOST_BUSY)
        return [_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held here."""

    async def _allowed(self, host: str, port: int) -> list[str]:
        try:
            texts = await self._lookup(host)
        except (OSError, UnicodeError):
            raise RefusedError(Reason.UNRESOLVABLE) from None
        if not texts:
            raise RefusedError(Reason.UNRESOLVABLE)
        if len(texts) > MAX_NAMED_ADDRESSES:  # nobody's picture server; and all would have to be judged
            raise RefusedError(Reason.ADDRESS)
        addresses = [parse_address(text) for text in texts]
        if not all(address is not None and self._policy(address, port) for address in addresses):
            raise RefusedError(Reason.ADDRESS)
        return list(dict.fromkeys(str(address) for address in addresses))[:MAX_ADDRESSES]


def _server(address: str) -> str:
    """What counts as one server: an IPv4 address, an IPv6 network of 64 bits, as one customer gets."""
    return str(ipaddress.ip_network((address, 64), strict=False)) if ":" in address else address


def _result(host: str, address: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
