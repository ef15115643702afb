"""`workers`: one worker and two on Apache Kafka: listings a second, and processor time for each listing.

The pages are `pipeline`'s, 100 listings each, with 10,000 marks; no writer and no pictures, so that what is measured is
the workers. All pages wait on the broker before the first is taken: workers stand still (SIGSTOP) while they are sent.
A worker that has a partner should cost nothing but its start: the limit is on processor time, which what else runs on
the machine does not change. Listings a second are wall time; on two cores two workers share them with the broker, so
the second brings less than it would on a machine of its own.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.end_to_end import PAGE_LISTINGS
from benchmarks.pipeline import MARKS, about_two_percent
from benchmarks.proofs import counting_proofs
from benchmarks.records import BenchmarkError, Row
from benchmarks.service import Stores, free_port, prepared
from benchmarks.shared_memory import cpu_seconds_of
from benchmarks.work import listings, pages
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import topic_names
from streams.configuration.sections import KafkaSettings
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

CPU_LIMIT = 1.1
WARM_UP = 100  # pages
AT_ONCE = 200  # pages handed to the producer
PATIENCE_SECONDS = 300.0
MOST_TWICE = 0.02  # of the pages: the last ones of workers that stop may be screened by the next ones, too
SETTINGS = {"RIGHTSWATCH_WORKER_WRITER": "no", "RIGHTSWATCH_PICTURES_ENABLED": "no", "RIGHTSWATCH_RETRO_DAYS": "0"}


@dataclass(frozen=True, slots=True)
class Taken:
    """For one listing."""

    seconds: float
    cpu_seconds: float


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a worker does not start, or pages are not screened in time."""
    count, rounds = (500, 1) if quick else (4_000, 3)
    rows = listings((count + WARM_UP) * PAGE_LISTINGS)
    bodies = pages(rows, PAGE_LISTINGS)
    expected, _ = about_two_percent(rows, bodies)
    with (
        running(KafkaServer) as server,
        prepared(expected.rights, {**SETTINGS, "RIGHTSWATCH_KAFKA_BOOTSTRAP": server.bootstrap}) as stores,
    ):
        taken = [(_measured(stores, bodies, 1), _measured(stores, bodies, 2)) for _ in range(rounds)]
    size = f"{count * PAGE_LISTINGS // 1000} k listings, {MARKS // 1000} k marks, Apache Kafka"
    return _rows(taken, size)


def _rows(taken: Sequence[tuple[Taken, Taken]], size: str) -> Sequence[Row]:
    one, two = (
        Taken(median(each.seconds for each in some), median(each.cpu_seconds for each in some))
        for some in zip(*taken, strict=True)
    )
    return [
        Row(
            metric=f"listings through two workers, beside one ({size})",
            unit="listings/s",
            ours=1 / two.seconds,
            peer=1 / one.seconds,
            peer_name="one worker",
            ratio=one.seconds / two.seconds,
        ),
        Row(
            metric=f"processor time of a listing with two workers over that with one ({size})",
            unit="times",
            ours=two.cpu_seconds / one.cpu_seconds,
            peer=CPU_LIMIT,
            peer_name=f"limit: at most; one takes {one.cpu_seconds * 1e6:.1f} us",
            ratio=CPU_LIMIT * one.cpu_seconds / two.cpu_seconds,
        ),
    ]


def _measured(stores: Stores, bodies: Sequence[bytes], count: int) -> Taken:
    """Workers that are new, and warm."""
    with ExitStack() as stack:
        workers = [stack.enter_context(stores.worker(port=free_port())).pid for _ in range(count)]
        asyncio.run(_through(stores, workers, bodies[:WARM_UP]))
        cpu = sum(map(cpu_seconds_of, workers))
        seconds = asyncio.run(_through(stores, workers, bodies[WARM_UP:]))
        cpu = sum(map(cpu_seconds_of, workers)) - cpu
    done = (len(bodies) - WARM_UP) * PAGE_LISTINGS
    return Taken(seconds / done, cpu / done)


async def _through(stores: Stores, workers: Sequence[int], bodies: Sequence[bytes]) -> float:
    """Seconds from the first page taken to the last one's proof."""
    kafka = stores.connections.kafka
    async with counting_proofs(kafka) as proofs:
        wanted = await proofs.count() + len(bodies)
        with _standing_still(workers, kafka.session_timeout_seconds / 2):
            await _send(kafka, bodies)
        start = time.monotonic()
        await proofs.reach(wanted, PATIENCE_SECONDS)
        seconds = time.monotonic() - start
        if (twice := await proofs.count() - wanted) > MOST_TWICE * len(bodies):
            raise BenchmarkError(f"{twice} pages were screened twice, so the clock was stopped too early")
    return seconds


@contextmanager
def _standing_still(processes: Sequence[int], seconds: float) -> Iterator[None]:
    """For no longer than that: the broker gives their partitions to others once it hears no sign of life.

    Raises:
        BenchmarkError: it took longer.
    """
    began = time.monotonic()
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
    if (stood := time.monotonic() - began) > seconds:
        raise BenchmarkError(f"workers stood still for {stood:.0f} s, more than {seconds:g}: send fewer pages")


async def _send(kafka: KafkaSettings, bodies: Sequence[bytes]) -> None:
    topic = topic_names(kafka.topic_prefix).listings
    async with Sender(kafka) as sender:
        for start in range(0, len(bodies), AT_ONCE):
            some = bodies[start : start + AT_ONCE]
            await asyncio.gather(
                *(sender.send(Message(topic, f"{start + n}".encode(), body)) for n, body in enumerate(some))
            )
