"""Whatever befalls the parts, the servers, the network and the disks: each alert once, none missing, nobody called."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.faults.chance import freezes, kills, places, seeded, strike_over
from tests.faults.conftest import LISTINGS, PARTS, SERVERS, WRITERS, Batch
from tests.faults.installation import Installation
from tests.faults.outcome import assert_as_undisturbed, assert_outcome, wait_for_proofs
from tests.faults.proxy import HOW

SECONDS = 120.0  # under the 300 s of a test, so that a failure shows the logs of all parts
PAGE = ("--page", "50")
SLOWLY = ("--page", "5", "--rate", "40")  # so that workers join and leave while it runs


def progress_of(installation: Installation) -> Callable[[], float]:
    """Of the next LISTINGS, from 0 to 1."""
    before = installation.fed
    return lambda: (installation.screened() - before) / LISTINGS


def test_parts_killed_and_frozen_at_random(installation: Installation, batches: Mapping[str, Batch]) -> None:
    batch, progress, chance = batches["killed"], progress_of(installation), seeded()
    faults = [*kills(chance, (*PARTS, "feed"), 3), *freezes(chance, PARTS, 2, longest=5.0)]
    chance.shuffle(faults)
    installation.feed("feed", batch.file, LISTINGS, *PAGE, "--rate", "500")
    strike_over(installation.crew, faults, places(chance, len(faults)), progress, SECONDS)
    assert_as_undisturbed(installation, batch, SECONDS)


def test_an_outage_of_clickhouse_is_caught_up_with(installation: Installation, batches: Mapping[str, Batch]) -> None:
    batch, crew = batches["outage"], installation.crew
    crew.kill("clickhouse", down_seconds=2.0)
    installation.feed("feed", batch.file, LISTINGS, *PAGE)
    crew.until(lambda: crew.parts["clickhouse"].is_running, "ClickHouse is back", SECONDS)
    assert_as_undisturbed(installation, batch, SECONDS)


def test_connections_cut_stalled_and_slowed(installation: Installation, batches: Mapping[str, Batch]) -> None:
    batch, crew, progress, chance = batches["cut"], installation.crew, progress_of(installation), seeded()
    installation.feed("feed", batch.file, LISTINGS, *PAGE, "--rate", "500")
    for place in places(chance, 6):
        crew.until(lambda place=place: progress() >= place, f"{place:.0%} of the run", SECONDS)  # type: ignore[misc]
        name = chance.choice(SERVERS)
        network = installation.stack.networks[name]
        how = chance.choice(HOW)
        print(f"  at {place:5.1%}: {how} {name}")
        network.disturb(how)
        crew.later(chance.uniform(0.2, 2.0), network.restore)
    assert_as_undisturbed(installation, batch, SECONDS)


def test_a_full_disk_under_clickhouse_is_waited_for(installation: Installation, batches: Mapping[str, Batch]) -> None:
    batch, crew = batches["clickhouse-full"], installation.crew
    disk, server = installation.stack.disks["clickhouse"], installation.stack.clickhouse
    failures = sum(crew.log(name).count("inserting failed") for name in WRITERS)

    def has_failed() -> bool:
        disk.fill(server)  # merges make room, which would do for so few pages
        return sum(crew.log(name).count("inserting failed") for name in WRITERS) > failures

    disk.fill(server)
    try:
        installation.feed("feed", batch.file, LISTINGS, *PAGE)
        crew.until(has_failed, "an insert fails", SECONDS)
    finally:
        disk.free(server)
    assert_as_undisturbed(installation, batch, SECONDS)


def test_a_full_disk_under_kafka_is_waited_for(installation: Installation, batches: Mapping[str, Batch]) -> None:
    """Kafka ends when it cannot write, and does not come up until it can."""
    batch, crew = batches["kafka-full"], installation.crew
    disk, server = installation.stack.disks["kafka"], installation.stack.kafka
    starts = crew.starts["kafka"]
    disk.fill(server)
    try:
        installation.feed("feed", batch.file, LISTINGS, *PAGE)
        crew.until(lambda: crew.starts["kafka"] > starts, "Kafka has ended", SECONDS)
    finally:
        disk.free(server)
    assert_as_undisturbed(installation, batch, SECONDS)


def test_bad_pages_end_as_dead_letters_and_hold_up_nobody(
    installation: Installation, batches: Mapping[str, Batch]
) -> None:
    """One that kills the process among them: three workers die of it, then it is let go."""
    batch = batches["poisoned"]
    installation.send_bad_pages()
    installation.feed("feed", batch.file, LISTINGS, *PAGE)
    assert_as_undisturbed(installation, batch, SECONDS)


@pytest.mark.long  # two workers start one after the other
def test_pages_sent_twice_while_workers_with_wrong_clocks_come_and_go(
    installation: Installation, batches: Mapping[str, Batch]
) -> None:
    batch, crew, progress = batches["joined"], installation.crew, progress_of(installation)
    again = batch.file.with_name("joined-again.jsonl")
    again.write_bytes(batch.file.read_bytes())
    (before,), *_ = installation.query("SELECT now64(3, 'UTC')")
    installation.feed("feed", batch.file, LISTINGS, *SLOWLY)
    wrong = {}
    for name, clock, share in (("worker-1", "+3d", 0.3), ("worker-2", "-3d", 0.6)):
        crew.until(lambda share=share: progress() >= share, f"{share:.0%} of the run", SECONDS)  # type: ignore[misc]
        newcomer = f"{name}-{clock}"
        installation.start_worker(newcomer, FAKETIME=clock)
        crew.until(lambda newcomer=newcomer: installation.is_ready(newcomer), "the newcomer is up", SECONDS)  # type: ignore[misc]
        assert installation.leave(name) == 0
        wrong[newcomer] = installation.pid(newcomer)
    installation.feed("feed-again", again, 0, *SLOWLY)

    def has_screened_wrongly_dated() -> bool:
        screened_by = {worker for (worker,) in installation.query("SELECT DISTINCT worker FROM screenings")}
        return all(any(worker.endswith(f"-{pid}") for worker in screened_by) for pid in wrong.values())

    crew.until(has_screened_wrongly_dated, "both newcomers have screened", SECONDS)
    assert_as_undisturbed(installation, batch, SECONDS)
    (after,), *_ = installation.query("SELECT now64(3, 'UTC')")
    first, last = installation.query(
        "SELECT min(observed_at), max(observed_at) FROM alerts WHERE listing_id LIKE 'joined-%'"
    )[0]
    assert before <= first <= last <= after


def test_without_redis_and_postgresql_alerts_land_and_the_floor_says_so(
    installation: Installation, batches: Mapping[str, Batch]
) -> None:
    """A worker that is killed meanwhile comes back without them."""
    batch, crew = batches["without"], installation.crew
    installation.start("web", "web", "--port", "0")
    crew.until(lambda: installation.is_live() is True, "the floor is live", SECONDS)
    crew.kill("redis", down_seconds=3600)
    crew.kill("postgresql", down_seconds=3600)
    crew.kill(next(name for name in crew.parts if name.startswith("worker-1")))
    installation.feed("feed", batch.file, LISTINGS, *PAGE)
    crew.until(lambda: installation.is_live() is False, "the floor says that it is not live", SECONDS)
    wait_for_proofs(installation, SECONDS)
    assert_outcome(installation, batch)
    crew.bring_back("redis", "postgresql")
    crew.until(lambda: crew.is_calm and installation.is_live() is True, "the floor is live again", SECONDS)
