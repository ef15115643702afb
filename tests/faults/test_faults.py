"""Whatever befalls the parts, the servers, the network and the disks: each alert once, none missing, nobody called."""

from __future__ import annotations

from collections.abc import Mapping

from tests.faults.chance import freezes, kills, places, seeded, strike_over
from tests.faults.conftest import LISTINGS, WORKERS, WRITERS, Batch
from tests.faults.installation import Installation
from tests.faults.outcome import assert_as_undisturbed

SECONDS = 120.0
RATE = ("--page", "50", "--rate", "800")
SERVERS = ("kafka", "clickhouse", "postgresql", "redis")
PARTS = (*WORKERS, *WRITERS, *SERVERS)


def test_parts_killed_and_frozen_at_random(installation: Installation, batches: Mapping[str, Batch]) -> None:
    batch, crew, before = batches["killed"], installation.crew, installation.screened()
    chance = seeded()
    installation.feed("feed", batch.file, LISTINGS, *RATE)
    faults = [*kills(chance, (*PARTS, "feed"), 4), *freezes(chance, PARTS, 2, longest=6.0)]
    chance.shuffle(faults)

    def progress() -> float:
        return (installation.screened() - before) / LISTINGS

    strike_over(crew, faults, places(chance, len(faults)), progress, SECONDS)
    assert_as_undisturbed(installation, batch, SECONDS)


def test_an_outage_of_clickhouse_is_caught_up_with(installation: Installation, batches: Mapping[str, Batch]) -> None:
    batch, crew = batches["outage"], installation.crew
    crew.kill("clickhouse", down_seconds=4.0)
    installation.feed("feed", batch.file, LISTINGS, "--page", "50")
    crew.until(lambda: crew.parts["clickhouse"].is_running, "ClickHouse is back", SECONDS)
    assert_as_undisturbed(installation, batch, SECONDS)
