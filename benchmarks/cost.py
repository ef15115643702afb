"""`cost`: what a listing costs each part of the service: processor time, and bytes on disk (docs/scaling.md).

Apache Kafka, one worker, its writer, ClickHouse; pages of 1,000 as feeds send them under load, 10,000 marks, about 2 %
of the listings alert. Processor time stands beside that of decoding the same listings with orjson, which says how fast
the machine is; bytes beside the listing's own JSON. ClickHouse is asked what its parts take once it has merged them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.arrivals import until
from benchmarks.pipeline import MARKS, about_two_percent
from benchmarks.records import BenchmarkError, Row
from benchmarks.service import Stores, prepared
from benchmarks.shared_memory import cpu_seconds_of, family
from benchmarks.work import PAGE_LISTINGS, listings, pages
from sinks.clickhouse.connection import Connection
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

WARM_UP = 20  # pages
AT_ONCE = 50  # pages handed to the producer
PATIENCE_SECONDS = 300.0
TABLES = ("pages", "listings", "alerts", "alerts_by_time", "screenings")
SETTINGS = {"RIGHTSWATCH_PICTURES_ENABLED": "no", "RIGHTSWATCH_RETRO_DAYS": "0"}


@dataclass(frozen=True, slots=True)
class Taken:
    """Processor seconds by part, bytes by store, for all listings together."""

    seconds: Mapping[str, float]
    bytes: Mapping[str, int]


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when the service does not start, or rows do not come."""
    count = 50 if quick else 400
    rows = listings((count + WARM_UP) * PAGE_LISTINGS)
    bodies = pages(rows, PAGE_LISTINGS)
    expected, _ = about_two_percent(rows, bodies)
    with (
        running(KafkaServer) as server,
        prepared(expected.rights, {**SETTINGS, "RIGHTSWATCH_KAFKA_BOOTSTRAP": server.bootstrap}) as stores,
        stores.worker() as process,
    ):
        worker, writer = process.pid, _child(process.pid, "writer")
        parts = {"worker": worker, "writer": writer, "ClickHouse": _clickhouse(stores.folder), "Kafka": server.pid}
        taken = asyncio.run(_measure(stores, parts, bodies))
    measured = bodies[WARM_UP:]
    return _rows(taken, len(measured) * PAGE_LISTINGS, _decoding(measured), sum(map(len, measured)))


async def _measure(stores: Stores, parts: Mapping[str, int], bodies: Sequence[bytes]) -> Taken:
    with Connection(stores.connections.clickhouse) as connection:
        await _through(stores, connection, bodies[:WARM_UP], 0)
        before = {part: cpu_seconds_of(pid) for part, pid in parts.items()}
        empty = _sizes(connection)
        await _through(stores, connection, bodies[WARM_UP:], WARM_UP)
        for table in TABLES:
            connection.command(f"OPTIMIZE TABLE {table} FINAL")
        seconds = {part: cpu_seconds_of(pid) - before[part] for part, pid in parts.items()}
        full = _sizes(connection)
    return Taken(seconds, {table: full.get(table, 0) - empty.get(table, 0) for table in TABLES})


async def _through(stores: Stores, connection: Connection, bodies: Sequence[bytes], before: int) -> None:
    kafka = stores.connections.kafka
    topics = await create_topics(kafka)
    wanted = (before + len(bodies)) * PAGE_LISTINGS
    async with Sender(kafka) as sender:
        for start in range(0, len(bodies), AT_ONCE):
            sending = enumerate(bodies[start : start + AT_ONCE], before + start)
            await asyncio.gather(*(sender.send(Message(topics.listings, str(n).encode(), body)) for n, body in sending))
    await until(
        lambda: connection.query("SELECT sum(listings) FROM screenings")[0][0] >= wanted,
        f"{wanted:,} listings' proofs",
        PATIENCE_SECONDS,
    )


def _sizes(connection: Connection) -> dict[str, int]:
    of_ours = "active AND database = currentDatabase()"
    sql = f"SELECT table, sum(bytes_on_disk) FROM system.parts WHERE {of_ours} GROUP BY table"  # noqa: S608
    return {table: int(size) for table, size in connection.query(sql)}


def _rows(taken: Taken, count: int, decoding: float, size: int) -> Sequence[Row]:
    work = f"{count // 1000} k listings, {MARKS // 1000} k marks, Apache Kafka"
    return [
        *(
            Row(
                metric=f"processor time of a listing, {part} ({work})",
                unit="us",
                ours=seconds / count * 1e6,
                peer=decoding / count * 1e6,
                peer_name="orjson.loads of the listing",
                ratio=decoding / seconds,
            )
            for part, seconds in taken.seconds.items()
        ),
        *(
            Row(
                metric=f"bytes of a listing in ClickHouse, {table}",
                unit="B",
                ours=taken_bytes / count,
                peer=size / count,
                peer_name="the listing's JSON",
                ratio=size / taken_bytes if taken_bytes else 0.0,
            )
            for table, taken_bytes in taken.bytes.items()
        ),
    ]


def _decoding(bodies: Sequence[bytes]) -> float:
    start = time.process_time()
    for body in bodies:
        for line in body.split(b"\n"):
            orjson.loads(line)
    return time.process_time() - start


def _child(pid: int, name: str) -> int:
    """The process that a worker runs beside itself."""
    for child in family(pid):
        if child != pid and name.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
            return child
    raise BenchmarkError(f"the worker runs no {name} beside it")


def _clickhouse(folder: Path) -> int:
    """The embedded server over this data folder."""
    for commands in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = commands.read_bytes()
        except OSError:  # it has ended
            continue
        if b"clickhouse_host.py" in command and str(folder).encode() in command:
            return int(commands.parent.name)
    raise BenchmarkError(f"no ClickHouse of {folder} is running")
