"""`soak`: fifteen minutes at full load: memory stays, lag does not grow, file descriptors are as many as they were.

Apache Kafka, one worker and its writer. Pages are sent so that some always wait, and never more than a bound: full load
whatever the machine can do. Memory (proportional set size, with the children's) and file descriptors of our processes
are looked at every few seconds, once the first tenth of the run has warmed everything up; file descriptors from five
minutes on, or a third of a shorter run, since each client opens one more connection when it first asks again which
brokers there are.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median

from benchmarks.arrivals import POLL_SECONDS
from benchmarks.end_to_end import PAGE_LISTINGS
from benchmarks.pipeline import MARKS, about_two_percent
from benchmarks.proofs import counting_proofs
from benchmarks.records import BenchmarkError, Row
from benchmarks.service import Stores, prepared
from benchmarks.shared_memory import family, memory_of
from benchmarks.work import listings, pages
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import topic_names
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

SECONDS, QUICK_SECONDS = 900.0, 20.0
DISTINCT_PAGES = 500
WAITING = 100  # pages that wait at most
LOOK_SECONDS = 5.0
ASKED_AGAIN_SECONDS = 315.0  # aiokafka asks again after 300
GROWTH_LIMIT = 1.05
SETTINGS = {"RIGHTSWATCH_PICTURES_ENABLED": "no", "RIGHTSWATCH_RETRO_DAYS": "0"}


@dataclass(slots=True)
class Looks:
    """One value a look: bytes and open files of our processes, pages that wait; `done` in the end."""

    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    done: int = 0


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when the service does not start, or stands still."""
    seconds = QUICK_SECONDS if quick else SECONDS
    rows = listings(DISTINCT_PAGES * PAGE_LISTINGS)
    bodies = pages(rows, PAGE_LISTINGS)
    expected, _ = about_two_percent(rows, bodies)
    with (
        running(KafkaServer) as server,
        prepared(expected.rights, {**SETTINGS, "RIGHTSWATCH_KAFKA_BOOTSTRAP": server.bootstrap}) as stores,
        stores.worker() as process,
    ):
        looks = asyncio.run(_soak(stores, process.pid, bodies, seconds))
    return list(_rows(looks, seconds))


async def _soak(stores: Stores, worker: int, bodies: Sequence[bytes], seconds: float) -> Looks:
    looks, sent, end = Looks(), 0, time.monotonic() + seconds
    supply = cycle(bodies)
    kafka = stores.connections.kafka
    topics = topic_names(kafka.topic_prefix)
    next_look, before = time.monotonic() + LOOK_SECONDS, 0
    async with counting_proofs(kafka) as proofs, Sender(kafka) as sender:
        while time.monotonic() < end:
            done = await proofs.count()
            more = [next(supply) for _ in range(WAITING - (sent - done))]
            await asyncio.gather(
                *(sender.send(Message(topics.listings, str(sent + n).encode(), body)) for n, body in enumerate(more))
            )
            sent += len(more)
            await asyncio.sleep(POLL_SECONDS)
            if time.monotonic() >= next_look:
                if done == before:
                    raise BenchmarkError(f"no page went through for {LOOK_SECONDS:g} s: {done} of {sent}")
                next_look, before = next_look + LOOK_SECONDS, done
                _look(looks, worker, sent - done)
    looks.done = before
    return looks


def _look(looks: Looks, worker: int, waiting: int) -> None:
    processes = list(family(worker))
    looks.memory.append(sum(memory_of(pid).proportional for pid in processes))
    looks.files.append(sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in processes))
    looks.waiting.append(waiting)


def _rows(looks: Looks, seconds: float) -> Iterator[Row]:
    work = f"{seconds / 60:g} minutes, {looks.done * PAGE_LISTINGS:,} listings, {MARKS // 1000} k marks, Apache Kafka"
    first, last = _settled(looks.memory[len(looks.memory) // 10 :])
    yield _at_most(
        f"memory of worker and writer at the end over that at the start ({work})", last / first, GROWTH_LIMIT
    )
    first, last = _settled(looks.files[min(round(ASKED_AGAIN_SECONDS / LOOK_SECONDS), len(looks.files) // 3) :])
    yield _at_most("file descriptors at the end over those at the start", last / first, 1.0)
    yield _at_most("pages that wait, the most", float(max(looks.waiting)), float(WAITING), "pages")


def _settled(values: Sequence[int]) -> tuple[float, float]:
    """The medians of the first and the last quarter."""
    quarter = max(1, len(values) // 4)
    return median(values[:quarter]), median(values[-quarter:])


def _at_most(metric: str, value: float, limit: float, unit: str = "times") -> Row:
    return Row(
        metric=metric,
        unit=unit,
        ours=value,
        peer=limit,
        peer_name="limit: at most",
        ratio=limit / value if value else 1.0,
    )
