"""The connector: the second gate where a socket is made, the third on the peer once it is connected.

The resolver has judged the addresses already. These two hold even where aiohttp does not ask the resolver (literal
addresses), keeps a connection for later, or changes its ways.
"""

from __future__ import annotations

import socket
from collections import OrderedDict
from collections.abc import Callable
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

import aiohttp

from streams.fetching.addresses import AddressPolicy, parse_address
from streams.fetching.outcomes import Reason, RefusedError
from streams.fetching.resolving import CheckedResolver

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection

AddressInfo = tuple[Any, ...]
"""What getaddrinfo gives: family, type, protocol, canonical name, socket address."""
OpenSocket = Callable[[AddressInfo], socket.socket]
KEEP_ALIVE_SECONDS = 15.0
MAX_KEPT_HOSTS = 64


def open_socket(info: AddressInfo) -> socket.socket:
    family, kind, protocol = info[:3]
    return socket.socket(family, kind, protocol)


class AddressRefusedError(OSError):
    """aiohttp carries an OSError out of the making of a socket."""


class KeptHosts:
    """Whose connections may stay open for the next picture: few hosts, so that few sockets can lie idle.

    A host leaves once it was not asked for longer than an idle connection lives, so idle connections never exceed
    `max_hosts` times the connections of one host, however many hosts a flood of URLs names.
    """

    def __init__(self, max_hosts: int, keep_seconds: float, monotonic: Callable[[], float]) -> None:
        self._max_hosts = max_hosts
        self._keep_seconds = keep_seconds
        self._monotonic = monotonic
        self._used: OrderedDict[str, float] = OrderedDict()

    def admit(self, host: str) -> bool:
        now = self._monotonic()
        while self._used and now - next(iter(self._used.values())) > self._keep_seconds:
            self._used.popitem(last=False)
        if host not in self._used and len(self._used) >= self._max_hosts:
            return False
        self._used[host] = now
        self._used.move_to_end(host)
        return True


class CheckedConnector(aiohttp.TCPConnector):
    """Connects only where the policy allows it."""

    def __init__(
        self, *, resolver: CheckedResolver, policy: AddressPolicy, tls: SSLContext, opener: OpenSocket, kept: KeptHosts
    ) -> None:
        super().__init__(
            resolver=resolver,
            use_dns_cache=False,  # a kept connection spares the look-up; a new one looks anew
            ssl=tls,
            limit=0,  # the fetcher's own limits hold
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            socket_factory=self._open,
        )
        self._policy = policy
        self._opener = opener
        self._kept = kept

    async def connect(self, req: ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout) -> Connection:  # noqa: ASYNC109
        """As aiohttp's, before anything is sent.

        Raises:
            RefusedError: ADDRESS, the other end is not allowed.
        """
        connection = await super().connect(req, traces, timeout)
        transport = connection.transport
        peer = transport.get_extra_info("peername") if transport is not None else None
        if peer is not None and not self._is_allowed(peer):
            connection.close()
            raise RefusedError(Reason.ADDRESS)
        if peer is None:  # it closed just now
            connection.close()
            raise aiohttp.ServerDisconnectedError
        if connection.protocol is not None and not self._kept.admit(str(req.url.raw_host)):
            connection.protocol.force_close()
        return connection

    def _open(self, info: AddressInfo) -> socket.socket:
        if not self._is_allowed(info[4]):
            raise AddressRefusedError("not a public address")
        return self._opener(info)

    def _is_allowed(self, socket_address: Any) -> bool:
        address = parse_address(str(socket_address[0]))
        return address is not None and self._policy(address, int(socket_address[1]))
