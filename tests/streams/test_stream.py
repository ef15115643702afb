"""The stream as processes: pages in, alerts and rows out, across kills, changes and stops."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from sinks.errors import StoreRefused
from sinks.live import LiveStream
from tests.streams.world import Process, StartProcess, World, page, right, until

IN_FORCE_SECONDS = 2.0
DEBUG = {"RIGHTSWATCH_LOGS_FORMAT": "json", "RIGHTSWATCH_LOGS_LEVEL": "debug"}
BUSY_FACTOR = 5.0  # the machine that runs the tests may be busy with other things


@pytest.mark.asyncio
async def test_pages_become_alerts_and_rows(world: World, start: StartProcess) -> None:
    world.apply(right("CN-TM-1", "ZORBEX"))
    await world.send_pages([page(100 * n, 100, "ZORBEX" if n % 2 else "plain") for n in range(6)])
    worker, writer = start("worker", **DEBUG), start("writer", **DEBUG)
    await until(writer.ready)
    await until(worker.ready)
    await until(lambda: world.count("screenings") == 6 and world.count("pages") == 6 and world.count("alerts") == 300)
    assert world.count("listings") == 600
    assert world.rows("SELECT sum(listings), sum(alerts) FROM screenings FINAL") == [(600, 300)]
    assert worker.metric("rightswatch_listings_total") == 600
    assert worker.metric("rightswatch_alerts_total") == 300
    await until(lambda: writer.metric("rightswatch_sent_total") == 300 + 6 + 6)
    await until(lambda: worker.metric("rightswatch_lag_pages") == 0)
    async with LiveStream(world.settings.redis) as live:
        (beat,) = (await live.pulse()).values()
    assert (beat["listings_total"], beat["alerts_total"], beat["rights"], beat["partitions"]) == (600, 300, 1, 4)
    assert worker.terminate() == 0
    assert writer.terminate() == 0
    of_alerts = {page for (page,) in world.rows("SELECT DISTINCT lower(hex(page)) FROM alerts")}
    assert len(of_alerts) == 3
    assert {line["page"] for line in lines_of(worker) if "screened at revision" in line["message"]} > of_alerts
    assert {line["page"] for line in lines_of(writer) if line["message"] == "alerts stored"} == of_alerts


def lines_of(process: Process) -> list[dict[str, Any]]:
    """What the process said about pages."""
    lines = [orjson.loads(line) for line in process.log.read_text("utf-8").splitlines()]
    assert all("ZORBEX" not in line["message"] for line in lines)
    return [line for line in lines if line.get("trace_id") == line.get("page", "")[:32] != ""]


def test_a_worker_that_is_told_to_stop_while_it_is_starting_ends(start: StartProcess) -> None:
    """It was once cancelled while the Redis client connected, which swallowed the cancellation, and ran for ever."""
    assert [start("worker").terminate() for _ in range(5)] == [0] * 5


@pytest.mark.asyncio
async def test_a_killed_worker_replays_what_was_not_committed(world: World, start: StartProcess) -> None:
    """A commit interval longer than the test: nothing is committed when the kill comes, so all of it is replayed."""
    world.apply(right("CN-TM-1", "ZORBEX"))
    writer = start("writer")
    await world.send_pages([page(10 * n, 10, "ZORBEX") for n in range(40)])
    worker = start("worker", RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS="600")
    await until(lambda: worker.metric("rightswatch_pages_total") >= 10)
    worker.kill()
    again = start("worker")
    await until(again.ready)
    await until(lambda: again.metric("rightswatch_pages_total") == 40)
    await until(writer.ready)
    await until(lambda: world.count("alerts") == 400 and world.count("pages") == 40)
    await until(lambda: world.rows("SELECT uniqExact(page) FROM screenings") == [(40,)])


@pytest.mark.asyncio
async def test_sigterm_finishes_and_commits(world: World, start: StartProcess) -> None:
    """A commit interval longer than the test: what is committed was committed by the stop."""
    world.apply(right("CN-TM-1", "ZORBEX"))
    worker = start("worker", RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS="600")
    await until(worker.ready)
    sending = asyncio.create_task(world.send_pages([page(10 * n, 10, "ZORBEX") for n in range(200)]))
    await until(lambda: worker.metric("rightswatch_pages_total") >= 3)
    assert await asyncio.to_thread(worker.terminate) == 0
    await sending
    again = start("worker")
    await until(again.ready)
    await until(lambda: again.metric("rightswatch_pages_total") > 0 and again.metric("rightswatch_lag_pages") == 0)
    assert again.metric("rightswatch_pages_total") <= 197


@pytest.mark.asyncio
async def test_the_writer_beside_a_worker_is_started_again_and_dies_with_it(world: World, start: StartProcess) -> None:
    world.apply(right("CN-TM-1", "ZORBEX"))
    worker = start("worker", RIGHTSWATCH_WORKER_WRITER="yes")
    (writer,) = await until(worker.children)
    await world.send_pages([page(0, 10, "ZORBEX")])
    await until(lambda: is_stored(world, 10))
    os.kill(writer, signal.SIGKILL)
    (another,) = await until(lambda: [child for child in worker.children() if child != writer])
    await world.send_pages([page(10, 10, "ZORBEX")])
    await until(lambda: is_stored(world, 20))
    worker.kill()
    await until(lambda: not is_running(another))


def is_stored(world: World, alerts: int) -> bool:
    """Whether the table is there and holds so many alerts."""
    try:
        return world.count("alerts") == alerts
    except StoreRefused:
        return False


def is_running(process: int) -> bool:
    """Whether it lives; one that nobody has collected yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.asyncio
async def test_a_change_takes_effect_on_every_worker_without_a_restart(world: World, start: StartProcess) -> None:
    world.apply(right("CN-TM-1", "ZORBEX"))
    workers = [start("worker"), start("worker")]
    for worker in workers:
        await until(worker.ready)

    added = await in_force(world, workers, right("CN-TM-2", "QUVANT"))
    assert added < IN_FORCE_SECONDS * BUSY_FACTOR
    await world.send_pages([page(10 * n, 10, "QUVANT") for n in range(8)])
    await until(lambda: pages(workers) == 8)
    assert alerts(workers) == 80
    withdrawn = await in_force(world, workers, {"op": "withdraw", "right_id": "CN-TM-2"})
    assert withdrawn < IN_FORCE_SECONDS * BUSY_FACTOR
    await world.send_pages([page(100 + 10 * n, 10, "QUVANT") for n in range(8)])
    await until(lambda: pages(workers) == 16)
    assert alerts(workers) == 80


async def in_force(world: World, workers: list[Process], change: dict[str, Any]) -> float:
    """Seconds from the change's commit until every worker has it in force."""
    revision = world.apply(change)
    began = time.monotonic()
    await until(lambda: all(worker.readiness()["revision"] >= revision for worker in workers))
    return time.monotonic() - began


def pages(workers: list[Process]) -> float:
    return sum(worker.metric("rightswatch_pages_total") for worker in workers)


def alerts(workers: list[Process]) -> float:
    return sum(worker.metric("rightswatch_alerts_total") for worker in workers)
