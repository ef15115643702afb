"""A flood end to end: the writer's watch quarantines, the log tells every worker, and a person lets it alert again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from sinks.operational.allow_store import AllowStore
from tests.streams.world import Process, StartProcess, World, until

PDQ, OWN = "0f" * 32, "f0" * 32
FLOOD = {
    "RIGHTSWATCH_FLOOD_LISTINGS": "12",
    "RIGHTSWATCH_FLOOD_SELLERS": "6",
    "RIGHTSWATCH_FLOOD_POLL_SECONDS": "0.2",
}
RIGHT: dict[str, Any] = {
    "op": "put",
    "right": {"right_id": "R1", "kind": "design", "images": [{"pdq": PDQ}, {"pdq": OWN}]},
}


def pages(first: int, count: int, *pdqs: str) -> list[bytes]:
    """Pages of one offer each, all by different sellers, with these pictures."""
    offers = (
        {
            "platform": "taobao",
            "listing_id": str(number),
            "title": "lamp",
            "seller": {"id": f"s{number}"},
            "images": [{"url": f"https://a.example/{number}.jpg", "pdq": pdq} for pdq in pdqs],
        }
        for number in range(first, first + count)
    )
    return [orjson.dumps(offer) for offer in offers]


@contextmanager
def allow_list(world: World) -> Iterator[AllowStore]:
    store = AllowStore(world.settings.operational)
    try:
        yield store
    finally:
        store.close()


def know(workers: list[Process], revision: int) -> bool:
    return all(worker.metric("rightswatch_watchlist_revision") >= revision for worker in workers)


@pytest.mark.asyncio
async def test_every_worker_stops_alerting_on_a_flood_and_begins_again_when_it_is_released(
    world: World, start: StartProcess
) -> None:
    world.apply(RIGHT)
    workers, writer = [start("worker"), start("worker")], start("writer", **FLOOD)
    for process in (*workers, writer):
        await until(process.ready)
    await world.send_pages(pages(0, 12, PDQ))
    with allow_list(world) as allow:
        (entry,) = await until(lambda: allow.entries("quarantined"))
        assert (entry["pdq"], entry["fired"]["listings"], entry["fired"]["sellers"]) == (PDQ, 12, 12)
        assert writer.metric("rightswatch_flood_quarantined_total") == 1
        await until(lambda: know(workers, 2))
        await world.send_pages([*pages(100, 8, PDQ), *pages(200, 5, OWN), *pages(300, 3, PDQ, OWN)])
        await until(lambda: world.count("screenings") == 28 and world.count("screened_sample") == 8)
        assert world.rows("SELECT DISTINCT screened FROM screened_sample") == [("quarantined",)]
        await until(lambda: world.count("alerts") == 12 + 5 + 3)
        allow.release(PDQ, by="test", now=datetime.now(UTC))
        await until(lambda: know(workers, 3))
        await world.send_pages(pages(400, 12, PDQ))
        await until(lambda: world.count("alerts") == 20 + 12)
        assert [one["state"] for one in allow.entries()] == ["released"]
