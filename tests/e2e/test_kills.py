"""A worker killed with SIGKILL again and again: nothing is lost, nothing stands in the store twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.material import write_listings, write_rights
from tests.e2e.offsets import Offsets, Place, offsets_of
from tests.e2e.service import Service, service_in
from tests.e2e.stored import alert_ids, screened_pages, wait_until_stored

PAGE = 100
FREQUENT_COMMITS = {"RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS": "0.05"}  # so that progress survives each kill


@dataclass(frozen=True, slots=True)
class Kill:
    """What the broker knew at the moment of one SIGKILL, the worker stopped just before."""

    committed: int  # pages that no other worker will screen again
    uncommitted: frozenset[Place]  # pages with proof of screening that the group does not know of
    different_screened: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What the tables hold when a run is over."""

    alert_ids: list[str]
    page_listings: dict[str, int]  # page digest -> listings, one row per screened page


@pytest.mark.parametrize(
    ("listings", "kills"),
    [
        pytest.param(8_000, 1, id="8k-1-kill"),  # tests/faults kills more, on Apache Kafka
        pytest.param(200_000, 10, id="200k-10-kills", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
    ],
)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path: Path, listings: int, kills: int) -> None:
    rights, file = write_rights(tmp_path / "rights.jsonl"), write_listings(tmp_path / "listings.jsonl", listings)
    with service_in(tmp_path / "calm") as service:
        produce(service, rights, file)
        calm = run_to_the_end(service, listings)
    with service_in(tmp_path / "killed", FREQUENT_COMMITS) as service:
        produce(service, rights, file)
        record, times_screened = asyncio.run(kill_again_and_again(service, listings // PAGE, kills))
        killed = run_to_the_end(service, listings)

    # Each kill landed on pages that were screened but not committed, and the kills are spread over the run.
    assert all(kill.uncommitted for kill in record), record
    shares = [kill.different_screened * kills // (listings // PAGE) for kill in record]
    assert shares == list(range(kills)), record
    committed = [kill.committed for kill in record]
    assert committed == sorted(committed), record
    assert 0 < committed[-1] < listings // PAGE, record
    assert all(times_screened[place] > 1 for kill in record for place in kill.uncommitted), record

    # Every listing screened, every alert once, none missing and none more than in the undisturbed run.
    assert sum(killed.page_listings.values()) == sum(calm.page_listings.values()) == listings
    assert killed.page_listings == calm.page_listings
    assert len(killed.alert_ids) == len(set(killed.alert_ids))
    assert set(killed.alert_ids) == set(calm.alert_ids)
    assert len(calm.alert_ids) > listings / 500


def produce(service: Service, rights: Path, file: Path) -> None:
    """The whole backlog is on the broker before the first worker starts."""
    for done in (service.run("rights", "import", rights), service.run("feed", file, "--page", str(PAGE))):
        assert done.returncode == 0, done.stderr


async def kill_again_and_again(service: Service, pages: int, kills: int) -> tuple[list[Kill], Counter[Place]]:
    """Kill a worker in the middle of each of `kills` equal parts of the run; a last one finishes it.

    Returns the kills and how often each page was screened.
    """
    record: list[Kill] = []
    async with offsets_of(service.connections.kafka) as offsets:
        assert await offsets.produced() == pages
        for number in range(kills):
            worker = service.start_worker()
            record.append(await kill_at(worker, offsets, pages * (2 * number + 1) // (2 * kills)))
        worker = service.start_worker()
        while len(set(offsets.screened)) < pages or sum((await offsets.committed()).values()) < pages:
            assert worker.poll() is None, service.logs()
            await offsets.follow()
        assert service.stop(worker) == 0, service.logs()
        await offsets.follow_until_quiet()
    return record, Counter(offsets.screened)


async def kill_at(worker: subprocess.Popen[bytes], offsets: Offsets, different_pages: int) -> Kill:
    """Let so many different pages be screened, freeze the worker, look at what is committed, and kill it."""
    while True:
        assert worker.poll() is None
        await offsets.follow()
        if len(set(offsets.screened)) < different_pages:
            continue
        worker.send_signal(signal.SIGSTOP)
        await offsets.follow_until_quiet()
        committed = await offsets.committed()
        uncommitted = frozenset(place for place in offsets.screened if place[1] >= committed[place[0]])
        if uncommitted:
            worker.kill()
            worker.wait()
            return Kill(sum(committed.values()), uncommitted, len(set(offsets.screened)))
        worker.send_signal(signal.SIGCONT)  # it had just committed: a little later


def run_to_the_end(service: Service, listings: int) -> Stored:
    """A worker that nobody disturbs, until everything is in the store."""
    worker = service.start_worker()
    wait_until_stored(service, listings, seconds=600)
    assert service.stop(worker) == 0, service.logs()
    return Stored(alert_ids(service), screened_pages(service))
