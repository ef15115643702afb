"""How much processor time a process takes from one answer to another, and what it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.peers.work import BEGIN, END
from benchmarks.records import BenchmarkError
from benchmarks.service import Process
from benchmarks.shared_memory import cpu_seconds_of

PATIENCE_SECONDS = 300.0
POLL_MILLISECONDS = 50
FETCH_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """Between the two signs: processor time of the process, user and system, and the time that went by."""

    cpu_seconds: float
    seconds: float
    answered: frozenset[str]
    next_offset: int  # behind the last answer


async def follow(bootstrap: str, topic: str, offset: int, process: Process) -> Taken:
    """Read the answers of a process, from this offset on, until the last sign.

    Raises:
        BenchmarkError: it did not come in five minutes, or the process ended.
    """
    place = TopicPartition(topic, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    consumer.assign([place])
    await consumer.start()
    consumer.seek(place, offset)
    answered: set[str] = set()
    at: dict[str, tuple[float, float]] = {}
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while END not in at:
            if time.monotonic() > deadline:
                raise BenchmarkError(
                    f"the last listing was not answered in {PATIENCE_SECONDS:g} s: {process.log_tail()}"
                )
            if process.popen.poll() is not None:
                raise BenchmarkError(f"the process ended: {process.log_tail()}")
            for records in (await consumer.getmany(timeout_ms=POLL_MILLISECONDS)).values():
                offset = records[-1].offset + 1
                names = {orjson.loads(record.value)["listing_id"] for record in records}
                at |= {name: (_cpu_seconds(process), time.monotonic()) for name in names & {BEGIN, END}}
                answered |= names
    finally:
        await consumer.stop()
    (cpu, end), (cpu_before, begin) = at[END], at[BEGIN]
    return Taken(cpu - cpu_before, end - begin, frozenset(answered), offset)


def _cpu_seconds(process: Process) -> float:
    try:
        return cpu_seconds_of(process.pid)
    except OSError as error:
        raise BenchmarkError(f"the process ended: {process.log_tail()}") from error
