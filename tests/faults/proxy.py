"""The network between the service and one server: passes everything on, until a test cuts, stalls or slows it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CHUNK_BYTES = 65_536
HOW = ("cut", "refuse", "stall", "slow")
SLOW_SECONDS = 0.05


class Network:
    """A port of its own that leads to `target_port`. It works in a thread of its own; call it from any other."""

    def __init__(self) -> None:
        self.target_port = 0
        self.port = 0
        self.connections = 0  # so many were ever opened
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_refusing = False
        self._delay_seconds = 0.0
        self._flowing: asyncio.Event

    def cut(self) -> None:
        """Reset every connection; new ones are let through."""
        self._call(self._abort_all)

    def refuse(self) -> None:
        """Reset every connection, and each new one at once, until `restore`."""
        self._is_refusing = True
        self.cut()

    def stall(self) -> None:
        """Nothing passes, and nobody is told, until `restore`."""
        self._call(lambda: self._flowing.clear())

    def slow(self) -> None:
        """Everything that passes is late, until `restore`."""
        self._delay_seconds = SLOW_SECONDS

    def disturb(self, how: str) -> None:
        """One of HOW."""
        {"cut": self.cut, "refuse": self.refuse, "stall": self.stall, "slow": self.slow}[how]()

    def restore(self) -> None:
        self._is_refusing = False
        self._delay_seconds = 0.0
        self._call(lambda: self._flowing.set())

    def open(self) -> None:
        self._thread.start()
        self._up.wait()

    def close(self) -> None:
        self._call(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, action: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(action)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._flowing = asyncio.Event()
        self._flowing.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end(server))

    async def _end(self, server: asyncio.Server) -> None:
        """Leaves no socket to the collector, which would be a warning, and so a failed test."""
        self._is_refusing = True
        server.close()
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.sleep(0)  # who was let in a moment ago begins: one cancelled before that would close nothing
            self._abort_all()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted connection closes its socket in the next turn

    def _abort_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_refusing:
            writer.transport.abort()
            return
        self._writers.add(writer)
        self.connections += 1
        try:
            with contextlib.suppress(asyncio.CancelledError):  # the network is closed
                await self._join(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:  # the server is down
            return
        self._writers.add(target_writer)
        try:
            await asyncio.gather(self._pump(reader, target_writer), self._pump(target_reader, writer))
        finally:
            self._writers.discard(target_writer)
            target_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self._flowing.wait()
                if self._delay_seconds:
                    await asyncio.sleep(self._delay_seconds)
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()


@contextmanager
def network() -> Iterator[Network]:
    """While the block runs. Say where it leads by `target_port`."""
    one = Network()
    one.open()
    try:
        yield one
    finally:
        one.close()
