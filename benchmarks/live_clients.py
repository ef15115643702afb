"""Many clients of the live stream in one process, cheap enough that what is measured is the server.

Started by `live.py`. Raw sockets: an HTTP head, chunks, events. A frame that many clients get is parsed once, and each
notes which alerts came and how late. Commands come as lines on stdin: `cut` ends every connection at once, `end N`
says that N alerts were sent; what came of it goes to stdout as JSON.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from array import array
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random
from typing import cast

import orjson
import uvloop

PATIENCE_SECONDS = 30.0  # for what still has to come once all is sent
HERD_SECONDS = 5.0  # alerts sent so long around the moment when all are cut are told apart
AGAIN_SECONDS = 0.5
KEPT_FRAMES = 256
SMALL_BUFFER = 4_096
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a client is, by its API key (empty: nobody asks), and which of the alerts it is to see: all, or those whose
    number leaves one of the remainders when divided by the plan's `cycle`."""

    key: str = ""
    remainders: frozenset[int] | None = None

    def sees(self, count: int, cycle: int) -> set[int]:
        """The numbers of the first `count` alerts that it must have."""
        return {number for number in range(count) if self.remainders is None or number % cycle in self.remainders}


@dataclass(frozen=True, slots=True)
class Plan:
    """`cutting` of the clients cut their connection again and again; `slow` further ones never read. The clients are
    the `readers` in turn."""

    port: int
    clients: int
    cutting: int
    slow: int
    readers: Sequence[Reader] = (Reader(),)
    cycle: int = 1
    seconds_between_cuts: float = 5.0
    most_seconds_away: float = 2.0

    def to_text(self) -> str:
        """For the command line."""
        return orjson.dumps(self, default=sorted).decode()

    @classmethod
    def from_text(cls, text: str) -> Plan:
        fields = orjson.loads(text)
        readers = [(one["key"], one["remainders"]) for one in fields.pop("readers")]
        return cls(**fields, readers=[Reader(key, None if some is None else frozenset(some)) for key, some in readers])


@dataclass(frozen=True, slots=True)
class Outcome:
    """Latencies are in nanoseconds, sorted."""

    incomplete: int  # clients that miss an alert
    missing: int  # alerts, over all clients
    beyond: int  # alerts that came to a client which must not see them
    repeated: int  # alerts that came twice, over all clients
    cuts: int
    gaps: int
    refused: int  # connections
    ended: int  # connections of clients that read, by the server
    steady: Sequence[int]  # alerts to clients that were connected when it was sent
    resumed: Sequence[int]  # from being connected again to having what was missed
    herd: Sequence[int]  # alerts sent around the moment when all were cut at once


def sent_at(number: int, now: int) -> dict[str, object]:
    """The fields by which a client knows an alert and when it was sent."""
    return {"alert_id": f"{number:032x}", "sent_ns": now}


@dataclass(frozen=True, slots=True)
class Event:
    """As clients note it: the numbers of its alerts, and when each was sent."""

    name: bytes
    place: str | None
    numbers: frozenset[int]
    sent: Sequence[int]


def events_of(text: bytes) -> list[Event]:
    """The events of whole server-sent ones."""
    return [_event(one) for one in text.split(b"\n\n") if one]


def _event(text: bytes) -> Event:
    fields = dict(line.partition(b": ")[::2] for line in text.split(b"\n"))
    alerts = orjson.loads(fields[b"data"])["alerts"] if fields.get(b"event") == b"alerts" else []
    place = fields[b"id"].decode() if b"id" in fields else None
    numbers = frozenset(int(alert["alert_id"], 16) for alert in alerts)
    return Event(fields.get(b"event", b""), place, numbers, [alert["sent_ns"] for alert in alerts])


@dataclass(slots=True)
class Heard:
    """What all clients heard together."""

    frames: OrderedDict[bytes, list[Event]] = field(default_factory=OrderedDict)
    steady: array[int] = field(default_factory=lambda: array("q"))
    resumed: array[int] = field(default_factory=lambda: array("q"))
    herd: array[int] = field(default_factory=lambda: array("q"))
    herd_at: int | None = None
    gaps: int = 0
    cuts: int = 0
    refused: int = 0
    ended: int = 0
    answers: Counter[str] = field(default_factory=Counter)  # to those that were refused

    def events(self, chunk: bytes) -> list[Event]:
        found = self.frames.get(chunk)
        if found is None:
            found = self.frames[chunk] = events_of(chunk)
            if len(self.frames) > KEPT_FRAMES:
                self.frames.popitem(last=False)
        return found

    def is_herd(self, sent: int) -> bool:
        return self.herd_at is not None and -1 <= (sent - self.herd_at) / NANOSECONDS <= HERD_SECONDS


@dataclass(slots=True)
class Client:
    """One client, over all its connections."""

    heard: Heard
    port: int
    reader: Reader
    seen: set[int] = field(default_factory=set)
    repeated: int = 0
    last_id: str | None = None
    connected_at: int = 0
    wire: Wire | None = None  # None while it is away

    @property
    def is_connected(self) -> bool:
        return self.wire is not None and self.wire.opened.done()

    def take(self, event: Event) -> None:
        self.last_id = event.place or self.last_id
        if event.name == b"gap":
            self.heard.gaps += 1
        if event.sent:
            self._alerts(event.numbers, event.sent)

    def _alerts(self, numbers: frozenset[int], sent: Sequence[int]) -> None:
        now = time.monotonic_ns()
        before = len(self.seen)
        self.seen |= numbers
        self.repeated += len(sent) - (len(self.seen) - before)
        heard = self.heard
        if heard.is_herd(sent[0]):
            heard.herd.extend([now - at for at in sent])
        elif sent[0] > self.connected_at:
            heard.steady.extend([now - at for at in sent])
        else:
            heard.resumed.append(now - self.connected_at)

    async def connect(self) -> None:
        """Returns once the stream is open. One that is refused comes again, as a browser would."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while loop.time() < deadline:
            _, wire = await loop.create_connection(lambda: Wire(self), "127.0.0.1", self.port)
            with suppress(TimeoutError):
                if await asyncio.wait_for(wire.opened, PATIENCE_SECONDS / 2):
                    return
            wire.give_up()
            self.heard.refused += 1
            self.heard.answers[wire.answer] += 1
            await asyncio.sleep(AGAIN_SECONDS)
        sys.exit(f"a client was refused for {PATIENCE_SECONDS:g} s; the answers to all: {dict(self.heard.answers)}")

    async def cut(self, away: float) -> None:
        """End the connection, and come back after so many seconds."""
        self.heard.cuts += 1
        if (wire := self.wire) is not None and wire.transport is not None:
            self.wire = None
            wire.transport.abort()
        await asyncio.sleep(away)
        await self.connect()

    async def come_back(self) -> None:
        """After the server ended it, as it does with one that is too slow."""
        self.heard.ended += 1
        await asyncio.sleep(AGAIN_SECONDS)
        await self.connect()


class Wire(asyncio.Protocol):
    """One connection: asks for the live stream, and takes the chunks apart."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._raw = bytearray()
        self._rest = b""  # of an event that is not all there
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.answer = "none"
        self.transport: asyncio.Transport | None = None
        self._coming_back: asyncio.Task[None] | None = None

    def give_up(self) -> None:
        if self._client.wire is self:
            self._client.wire = None
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._client.wire = self
        self.transport.write(request(self._client.port, self._client.reader, self._client.last_id))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self._client.wire = None
            self.opened.set_result(False)
        elif self._client.wire is self:
            self._client.wire = None
            self._coming_back = asyncio.get_running_loop().create_task(self._client.come_back())

    def data_received(self, data: bytes) -> None:
        if self._client.wire is not self:
            return  # cut meanwhile
        self._raw += data
        if not self.opened.done() and not self._take_head():
            return
        start = 0
        while (line := self._raw.find(b"\r\n", start)) >= 0:
            size = int(self._raw[start:line], 16)
            if len(self._raw) < line + size + 4:
                break
            self._take(bytes(memoryview(self._raw)[line + 2 : line + 2 + size]))
            start = line + size + 4
        del self._raw[:start]

    def _take_head(self) -> bool:
        head, found, rest = bytes(self._raw).partition(b"\r\n\r\n")
        if not found:
            return False
        self.answer = head.split(b"\r\n", 1)[0].decode()
        is_open = head.startswith(b"HTTP/1.1 200")
        self._raw = bytearray(rest)
        self._client.connected_at = time.monotonic_ns()
        if not is_open:
            self._client.wire = None
        self.opened.set_result(is_open)
        return is_open

    def _take(self, chunk: bytes) -> None:
        whole, end, rest = (self._rest + chunk).rpartition(b"\n\n") if self._rest else (chunk, b"", b"")
        if not end and not chunk.endswith(b"\n\n"):
            whole, end, rest = chunk.rpartition(b"\n\n")
        self._rest = rest
        for event in self._client.heard.events(whole):
            self._client.take(event)


def request(port: int, reader: Reader, last_id: str | None = None) -> bytes:
    place = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
    proof = f"Authorization: Bearer {reader.key}\r\n" if reader.key else ""
    return f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{proof}{place}\r\n".encode()


async def run(plan: Plan) -> Outcome:
    """Listen until all that was sent has come, or does not come."""
    heard = Heard()
    clients = [Client(heard, plan.port, reader) for reader in islice(cycle(plan.readers), plan.clients)]
    for client in clients:
        await client.connect()
    slow = [await _never_reads(plan.port, plan.readers[0]) for _ in range(plan.slow)]
    stop = asyncio.Event()
    cutting = [
        asyncio.create_task(_cut_again_and_again(client, plan, Random(number), stop))
        for number, client in enumerate(clients[: plan.cutting])
    ]
    await _say("ready")
    while (command := await asyncio.to_thread(sys.stdin.readline)).strip() == "cut":
        heard.herd_at = time.monotonic_ns()
        await asyncio.gather(*(client.cut(0.0) for client in clients if client.is_connected))
    stop.set()
    await asyncio.gather(*cutting)
    count = int(command.split()[1])
    wanted = {reader: reader.sees(count, plan.cycle) for reader in plan.readers}
    await _until_all_came(clients, wanted)
    for connection in slow:
        connection.close()
    return _outcome(clients, heard, wanted)


def _outcome(clients: Sequence[Client], heard: Heard, wanted: Mapping[Reader, set[int]]) -> Outcome:
    missing = [len(wanted[client.reader] - client.seen) for client in clients]
    return Outcome(
        incomplete=sum(number != 0 for number in missing),
        missing=sum(missing),
        beyond=sum(len(client.seen - wanted[client.reader]) for client in clients),
        repeated=sum(client.repeated for client in clients),
        cuts=heard.cuts,
        gaps=heard.gaps,
        refused=heard.refused,
        ended=heard.ended,
        steady=sorted(heard.steady),
        resumed=sorted(heard.resumed),
        herd=sorted(heard.herd),
    )


async def _until_all_came(clients: Sequence[Client], wanted: Mapping[Reader, set[int]]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and any(  # noqa: ASYNC110 - of many
        not wanted[client.reader] <= client.seen for client in clients
    ):
        await asyncio.sleep(0.25)


async def _cut_again_and_again(client: Client, plan: Plan, chance: Random, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), plan.seconds_between_cuts * (0.5 + chance.random()))
        if client.is_connected:
            await client.cut(plan.most_seconds_away * chance.random())


async def _never_reads(port: int, reader: Reader) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    await loop.sock_sendall(connection, request(port, reader))
    return connection


async def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    await asyncio.to_thread(sys.stdout.flush)


def main(plan: str) -> None:
    outcome = uvloop.run(run(Plan.from_text(plan)))
    print(orjson.dumps(outcome).decode())


if __name__ == "__main__":
    main(sys.argv[1])
