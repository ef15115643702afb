"""Holds the parts as long as somebody is connected.

One line of JSON from each client says which parts it needs; one line answers with the endpoints or the error. Then
the connection only has to stay open: the kernel closes it when the client dies, however that happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import Collection, Mapping
from typing import Any

from streams.embedded.credentials import READ_ONLY_USER, READ_WRITE_USER, Credentials
from streams.embedded.endpoints import PARTS, Endpoints
from streams.embedded.errors import PartError, StackError
from streams.embedded.managed import ManagedPart

logger = logging.getLogger(__name__)

FIRST_CLIENT_SECONDS = 10.0
GRACE_SECONDS = 1.0
REQUEST_SECONDS = 10.0


class Supervisor:
    """Starts parts on demand and ends them all when nobody needs them."""

    def __init__(self, parts: Mapping[str, ManagedPart], credentials: Credentials) -> None:
        self._parts = parts
        self._credentials = credentials
        self._clients: set[asyncio.Task[None]] = set()
        self._occupied = asyncio.Event()
        self._empty = asyncio.Event()

    async def run(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Serve until the last client is gone or `stop` is set; every part has ended afterwards."""
        server = await asyncio.start_unix_server(self._serve, sock=listener)
        reasons = [asyncio.create_task(self._until_unused()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*reasons, *self._clients):
                task.cancel()
            server.close()

    async def stop_parts(self) -> None:
        await asyncio.gather(*(part.stop() for part in self._parts.values()))

    async def _until_unused(self) -> None:
        patience = FIRST_CLIENT_SECONDS
        while True:
            try:
                await asyncio.wait_for(self._occupied.wait(), patience)
            except TimeoutError:
                return
            await self._empty.wait()
            patience = GRACE_SECONDS

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in one
        self._clients.add(task)
        self._empty.clear()
        self._occupied.set()
        try:
            request = await asyncio.wait_for(reader.readline(), REQUEST_SECONDS)
            writer.write(json.dumps(await self._answer(request)).encode() + b"\n")
            await writer.drain()
            while await reader.read(1024):
                pass  # nothing more is expected; its end is what we wait for
        except (OSError, ValueError, asyncio.CancelledError):
            pass  # the client is gone, sent nonsense, or everything ends: each ends this connection only
        finally:
            writer.close()
            self._clients.discard(task)
            if not self._clients:
                self._occupied.clear()
                self._empty.set()

    async def _answer(self, request: bytes) -> dict[str, Any]:
        try:
            wanted = _wanted_parts(request)
            ports = await asyncio.gather(
                *(self._parts[name].ensure_started() for name in wanted), return_exceptions=True
            )
            for port in ports:
                if isinstance(port, BaseException):
                    raise port
        except PartError as error:
            logger.error("%s", error)  # noqa: TRY400 - the message says it all
            return {"error": error.to_json()}
        except StackError as error:
            return {"error": {"problem": str(error)}}
        return {"endpoints": self._endpoints(wanted).to_json()}

    def _endpoints(self, wanted: Collection[str]) -> Endpoints:
        values: dict[str, Any] = {f"{name}_port": self._parts[name].port for name in wanted}
        if "clickhouse" in wanted:
            values |= {
                "clickhouse_user": READ_WRITE_USER,
                "clickhouse_password": self._credentials.clickhouse,
                "clickhouse_reader_user": READ_ONLY_USER,
                "clickhouse_reader_password": self._credentials.clickhouse_reader,
            }
        if "redis" in wanted:
            values["redis_password"] = self._credentials.redis
        return Endpoints(**values)


def _wanted_parts(request: bytes) -> list[str]:
    with contextlib.suppress(ValueError, TypeError, KeyError):
        wanted = json.loads(request)["parts"]
        if wanted and all(name in PARTS for name in wanted):
            return sorted(set(wanted))
    raise StackError(f"the request must name parts out of {', '.join(PARTS)}; are two versions of rightswatch at work?")
