"""A small internet on loopback: names that a test hands out, servers with certificates, a clock that stands still.

The policy under test stays the production one for everything but exactly the address and ports of a test's servers.
"""

from __future__ import annotations

import asyncio
import ipaddress
import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import trustme
from aiohttp import web
from prometheus_client import CollectorRegistry

from streams.configuration.sections import FetchingSettings
from streams.fetching.addresses import Address, is_public
from streams.fetching.connecting import AddressInfo
from streams.fetching.fetcher import Fetcher, Outcome
from streams.fetching.opening import World, open_fetcher
from streams.fetching.outcomes import Fetched, Reason, Refused
from streams.metrics import FetchMetrics, Stages

LOOPBACK = ipaddress.ip_address("127.0.0.1")
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)
HOST = "pictures.example"
START = datetime(2026, 11, 28, 10, tzinfo=UTC)
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

AUTHORITY = trustme.CA()


def server_tls(*names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(*names).configure_cert(context)
    return context


def client_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


SERVER_TLS = server_tls(HOST, "other.example", "*.many.example", "127.0.0.1")
CLIENT_TLS = client_tls()


@dataclass
class Net:
    """What is out there, and what was asked of it."""

    names: dict[str, Sequence[str]] = field(default_factory=lambda: {HOST: ["127.0.0.1"]})
    ports: set[int] = field(default_factory=set)
    lookups: list[str] = field(default_factory=list)
    opened: list[Any] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    now: float = 1_000.0

    async def lookup(self, host: str) -> Sequence[str]:
        self.lookups.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return self.names[host]

    def policy(self, address: Address, port: int) -> bool:
        return is_public(address) or (address == LOOPBACK and port in self.ports)

    def open(self, info: AddressInfo) -> socket.socket:
        self.opened.append(info[4])
        return socket.socket(*info[:3])

    def monotonic(self) -> float:
        return self.now

    def utc_now(self) -> datetime:
        return START + timedelta(seconds=self.now - 1_000.0)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def world(self) -> World:
        return World(
            lookup=self.lookup,
            policy=self.policy,
            tls=CLIENT_TLS,
            opener=self.open,
            monotonic=self.monotonic,
            utc_now=self.utc_now,
            sleep=self.sleep,
            random=random.Random(7).random,
        )


@dataclass
class Desk:
    """A fetcher and its figures."""

    fetcher: Fetcher
    registry: CollectorRegistry
    net: Net

    async def fetch(self, url: str) -> Outcome:
        return await self.fetcher.fetch(url)

    async def reason(self, url: str) -> Reason | None:
        outcome = await self.fetcher.fetch(url)
        return outcome.reason if isinstance(outcome, Refused) else None

    async def picture(self, url: str) -> Fetched:
        outcome = await self.fetcher.fetch(url)
        assert isinstance(outcome, Fetched), outcome
        return outcome

    def figure(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def desk(net: Net, **settings: Any) -> AsyncIterator[Desk]:
    registry = CollectorRegistry()
    ports = tuple(str(port) for port in sorted(net.ports))
    chosen = FetchingSettings(**{"extra_ports": ports, "host_rate": 1e6, "address_rate": 1e6, **settings})
    async with open_fetcher(chosen, FetchMetrics(registry, Stages(registry)), net.world) as fetcher:
        yield Desk(fetcher, registry, net)


@asynccontextmanager
async def https_server(net: Net, handler: Handler, tls: ssl.SSLContext | None = SERVER_TLS) -> AsyncIterator[int]:
    """An aiohttp server on loopback that answers every path by `handler`; its port, which the policy allows."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port: int = runner.addresses[0][1]
    net.ports.add(port)
    try:
        yield port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(
    net: Net, talk: Talk, tls: ssl.SSLContext | None = SERVER_TLS, *, speaks_first: bool = False
) -> AsyncIterator[int]:
    """A server that says whatever bytes `talk` writes, after the head of one request unless it speaks first."""
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                if not speaks_first:
                    await reader.readuntil(b"\r\n\r\n")
                await talk(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    net.ports.add(port)
    try:
        yield port
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def says(*parts: bytes) -> Talk:
    """Writes the parts and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return talk


def falls_silent(*parts: bytes) -> Talk:
    """Writes the parts and says no more until the other side hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        await reader.read()

    return talk


def head(body: bytes = b"", *headers: str, status: str = "200 OK", media_type: str = "image/jpeg") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", *headers]
    if not any(header.lower().startswith(("content-length", "transfer-encoding")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
