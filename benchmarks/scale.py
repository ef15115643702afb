"""`scale`: a watchlist of 10 k, 100 k and 1 M rights, each with a mark and a fingerprint, in workers of one host.

The log is there when the first worker starts: it reads all of it, compiles, and writes the snapshot. The next two start
from that, one after the other. Each screens pages before its memory is looked at. Then one right is put, and the clock
runs from its commit in the operational database until each worker says that the revision is in force.

What the second worker adds is what both take together, less what the first took alone. The host's memory for the first
is its own and the snapshot, which stands in the system's page cache as a whole and is what all map.

The cost of a listing is measured here: the snapshot as it is mapped, beside the same arrays in this process's memory.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import orjson

from benchmarks.core import one_core
from benchmarks.mark_work import Work
from benchmarks.records import BenchmarkError, Row
from benchmarks.service import free_port, wait_until_ready, worker_process
from benchmarks.shared_memory import Memory, cpu_seconds_of, memory_of
from benchmarks.synthetic_marks import many_marks, mark_rights
from benchmarks.turns import take_turns
from detectors.watchlist import Watchlist
from detectors.watchlist.saving import Saved, restore, save
from sinks.operational.rights_store import RightsStore
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from streams.configuration.connections import Connections, resolve
from streams.settings import Settings, load_settings
from streams.snapshot.opening import snapshot_store
from streams.watchlist_log.publisher import WatchlistPublisher

READY_LIMIT, ADDED_LIMIT, CHANGE_LIMIT = 10.0, 0.25, 1.0
LONGEST_SECONDS = 900.0
CHANGES = 5
SEED = 20261128


@dataclass(frozen=True, slots=True)
class Size:
    rights: int
    listings: int
    rounds: int


QUICK = (Size(10_000, 1_000, 3),)
FULL = (Size(10_000, 10_000, 5), Size(100_000, 10_000, 5), Size(1_000_000, 10_000, 5))


class Ready(NamedTuple):
    """Seconds until a worker was ready, and of the processor's time that it took itself."""

    seconds: float
    cpu_seconds: float


@dataclass(slots=True)
class Worker:
    """One that runs, and how long it took to be ready."""

    pid: int
    port: int
    ready: Ready

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            state: dict[str, Any] = orjson.loads(answer.read())
        return state

    def listings(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return int(sum(float(line.split()[1]) for line in lines if line.startswith("rightswatch_listings_total")))


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds and bytes; `changes` until all workers had each."""

    from_log: Ready
    from_snapshot: tuple[Ready, Ready]
    built: Memory
    alone: Memory
    both: tuple[Memory, Memory]
    snapshot_bytes: int
    changes: tuple[float, ...]


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a worker does not get as far as it should."""
    sizes = QUICK if quick else FULL
    work = Work.of(max(size.listings for size in sizes))
    names = many_marks(sizes[-1].rights, work.texts, work.pages)
    return [row for size in sizes for row in _rows(names[: size.rights], work, size)]


def _rows(names: Sequence[str], work: Work, size: Size) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="rightswatch-scale-") as folder, ExitStack() as stack:
        variables = _variables(folder, size.rights)
        settings = load_settings(None, variables)
        connections = stack.enter_context(resolve(settings, parts=("kafka", "redis", "clickhouse")))
        asyncio.run(_publish(_rights(names), connections))
        bodies = work.bodies[: size.listings // 100]
        taken = _measured(folder, variables, settings, connections, bodies)
        named = f"{_named(size.rights)} marks and as many fingerprints"
        yield from _service_rows(taken, named)
        yield _cost_row(settings, work, size, named)


def _variables(folder: str, rights: int) -> dict[str, str]:
    """Of workers with nothing beside them."""
    name = f"scale{os.getpid()}x{rights}"
    given = dict(os.environ)  # noqa: TID251 - the edge: what names real servers is handed on
    return given | {
        "RIGHTSWATCH_DATA_DIR": folder,
        "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}-",
        "RIGHTSWATCH_CLICKHOUSE_DATABASE": name,
        "RIGHTSWATCH_WORKER_WRITER": "false",
        "RIGHTSWATCH_RETRO_DAYS": "0",
        "RIGHTSWATCH_PICTURES_ENABLED": "false",
        "RIGHTSWATCH_SNAPSHOT_LEAST_RIGHTS": "1",
    }


def _rights(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    random = Random(SEED)
    for right in mark_rights(names):
        yield {**right, "images": [{"pdq": f"{random.getrandbits(256):064x}"}]}


async def _publish(rights: Iterator[Mapping[str, Any]], connections: Connections) -> None:
    with closing(RightsStore(connections.operational)) as store:
        store.apply({"op": "put", "right": right} for right in rights)
        await create_topics(connections.kafka)
        async with Sender(connections.kafka) as sender, WatchlistPublisher(store, sender, connections.kafka) as out:
            await out.publish()


def _measured(
    folder: str, variables: Mapping[str, str], settings: Settings, connections: Connections, bodies: Sequence[bytes]
) -> Taken:
    start = partial(_start, folder, variables)
    with ExitStack() as first:
        builder = start(first)
        _until(lambda: builder.state()["snapshot"] is not None, "the first worker wrote no snapshot")
        _screen(connections, bodies, [builder])
        built = memory_of(builder.pid)
    with ExitStack() as workers:
        one = start(workers)
        _screen(connections, bodies, [one])
        alone = memory_of(one.pid)
        two = start(workers)
        _screen(connections, bodies, [one, two])
        both = memory_of(one.pid), memory_of(two.pid)
        if not all(worker.state()["snapshot"] for worker in (one, two)):
            raise BenchmarkError("a worker did not start from the snapshot")
        changes = tuple(_change(connections, [one, two], number) for number in range(CHANGES))
    store = snapshot_store(settings)
    size = store.load(store.current() or "").bytes
    return Taken(builder.ready, (one.ready, two.ready), built, alone, both, size, changes)


def _start(folder: str, variables: Mapping[str, str], stack: ExitStack) -> Worker:
    port = free_port()
    log = Path(folder) / f"worker-{port}.log"
    began = time.monotonic()
    process = stack.enter_context(
        worker_process(Path(folder), {**variables, "RIGHTSWATCH_WORKER_HEALTH_PORT": str(port)}, log)
    )
    wait_until_ready(process, port, seconds=LONGEST_SECONDS)
    return Worker(process.pid, port, Ready(time.monotonic() - began, cpu_seconds_of(process.pid)))


def _screen(connections: Connections, bodies: Sequence[bytes], workers: Sequence[Worker]) -> None:
    """The pages through these workers, so that their memory is that of workers at work."""
    before = sum(worker.listings() for worker in workers)
    asyncio.run(_send(connections, bodies))
    wanted = before + sum(body.count(b"\n") + 1 for body in bodies)
    _until(lambda: sum(worker.listings() for worker in workers) >= wanted, "pages were not screened")


async def _send(connections: Connections, bodies: Sequence[bytes]) -> None:
    topics = await create_topics(connections.kafka)
    partitions = connections.kafka.listings_partitions
    async with Sender(connections.kafka) as sender:
        await sender.send_all(
            [Message(topics.listings, None, body, number % partitions) for number, body in enumerate(bodies)]
        )


def _change(connections: Connections, workers: Sequence[Worker], number: int) -> float:
    """Seconds from the commit of a right until all workers match by it."""
    right = {"right_id": f"NEW-{number}", "kind": "trademark", "marks": [f"Zorvequix {number}"]}
    with closing(RightsStore(connections.operational)) as store:
        revision = store.apply([{"op": "put", "right": right}])
    began = time.monotonic()
    _until(lambda: all(worker.state()["revision"] >= revision for worker in workers), "a change is not in force")
    return time.monotonic() - began


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise BenchmarkError(otherwise)
        time.sleep(0.01)


def _service_rows(taken: Taken, named: str) -> Iterator[Row]:
    log = taken.from_log
    for which, ready in zip(("first", "second"), taken.from_snapshot, strict=True):
        yield _limited(
            f"worker ready from the snapshot, {which} on the host, {named}: {ready.cpu_seconds:.1f} s of a processor "
            f"(from the log: {log.seconds:.1f} s, {log.cpu_seconds:.1f} s of a processor)",
            "s",
            ready.seconds,
            READY_LIMIT,
        )
    added = sum(memory.proportional for memory in taken.both) - taken.alone.proportional
    host = taken.alone.anonymous + taken.snapshot_bytes
    yield _limited(
        f"memory that a second worker adds, {named}: {added / 1e6:,.0f} MB, over the {host / 1e6:,.0f} MB of the first "
        f"with the snapshot of {taken.snapshot_bytes / 1e6:,.0f} MB",
        "share",
        added / host,
        ADDED_LIMIT,
    )
    yield _limited(
        f"the same over the proportional memory of a worker that compiled it, {taken.built.proportional / 1e6:,.0f} MB "
        f"(of one that started from the snapshot: {taken.alone.proportional / 1e6:,.0f} MB)",
        "share",
        added / taken.built.proportional,
        ADDED_LIMIT,
    )
    yield _limited(
        f"a right put until both workers match by it, worst of {len(taken.changes)}, {named}",
        "s",
        max(taken.changes),
        CHANGE_LIMIT,
    )


def _limited(metric: str, unit: str, ours: float, limit: float) -> Row:
    return Row(metric=metric, unit=unit, ours=ours, peer=limit, peer_name="limit: at most", ratio=limit / ours)


def _cost_row(settings: Settings, work: Work, size: Size, named: str) -> Row:
    store = snapshot_store(settings)
    mapped = store.load(store.current() or "").base
    saved = save(mapped)
    copied = restore(Saved(saved.document, {name: np.array(array) for name, array in saved.arrays.items()}))
    bodies = replace(work, bodies=work.bodies[: size.listings // 100])

    def screen(watchlist: Watchlist) -> None:
        bodies.screen(watchlist)

    with one_core():
        taken = take_turns(
            lambda: screen(mapped.watchlist), lambda: screen(copied.watchlist), rounds=size.rounds,
            clock=time.process_time,
        )  # fmt: skip
    return Row(
        metric=f"a listing screened with {named}, mapped from the snapshot, one core",
        unit="us",
        ours=taken.ours / size.listings * 1e6,
        peer=taken.peer / size.listings * 1e6,
        peer_name="the same arrays in the process's own memory",
        ratio=taken.peer / taken.ours,
    )


def _named(count: int) -> str:
    return f"{count // 1_000_000} M" if count >= 1_000_000 else f"{count // 1000} k"
