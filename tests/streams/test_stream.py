"""The stream as processes: pages in, alerts and rows out, across kills, changes and stops."""

from __future__ import annotations

import pytest

from tests.streams.world import StartProcess, World, page, right, until


@pytest.mark.asyncio
async def test_pages_become_alerts_and_rows(world: World, start: StartProcess) -> None:
    world.apply(right("CN-TM-1", "ZORBEX"))
    await world.send_pages([page(100 * n, 100, "ZORBEX" if n % 2 else "plain") for n in range(6)])
    worker, writer = start("worker"), start("writer")
    await until(worker.ready)
    await until(writer.ready)
    await until(lambda: world.count("screenings") == 6 and world.count("pages") == 6 and world.count("alerts") == 300)
    assert world.count("listings") == 600
    assert world.rows("SELECT sum(listings), sum(alerts) FROM screenings FINAL") == [(600, 300)]
    assert worker.metric("rightswatch_listings_total") == 600
    assert worker.metric("rightswatch_alerts_total") == 300
    assert writer.metric("rightswatch_sent_total") == 300 + 6 + 6
    assert worker.terminate() == 0
    assert writer.terminate() == 0
