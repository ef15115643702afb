"""One service on one set of servers for all short fault tests, which each send it listings of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from tests.faults.installation import Expected, Installation, installation_on
from tests.faults.material import few_rights, numbered, write_lines
from tests.faults.stack import running_stack

READY_SECONDS = 240.0
LISTINGS = 1_000
BATCHES = ("killed", "outage", "cut", "clickhouse-full", "kafka-full", "poisoned", "joined", "without")
WORKERS, WRITERS = ("worker-1", "worker-2"), ("writer-1", "writer-2")
SERVERS = ("kafka", "clickhouse", "postgresql", "redis")
PARTS = (*WORKERS, *WRITERS, *SERVERS)


@dataclass(frozen=True, slots=True)
class Batch:
    """Listings, and what an undisturbed run makes of them."""

    name: str
    file: Path
    expected: Expected


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two workers and two writers, up, behind networks that can be cut and on disks that can be filled."""
    folder = tmp_path_factory.mktemp("faults")
    with (
        running_stack(behind_networks=True, on_disks=True) as stack,
        installation_on(stack, folder / "data", {"RIGHTSWATCH_RETRO_DAYS": "0"}) as installation,
    ):
        installation.run("rights", "import", write_lines(folder / "rights.jsonl", few_rights()))
        for name in WORKERS:
            installation.start_worker(name)
        for name in WRITERS:
            installation.start(name, "writer")
        installation.add_servers()
        names = (*WORKERS, *WRITERS)
        installation.crew.until(lambda: installation.is_ready(*names), "all parts are ready", READY_SECONDS)
        yield installation


@pytest.fixture(scope="module")
def batches(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Batch]:
    """By name; the listings' ids begin with it."""
    folder = tmp_path_factory.mktemp("listings")
    rights = write_lines(folder / "rights.jsonl", few_rights())
    files = {
        name: write_lines(folder / f"{name}.jsonl", numbered(name, LISTINGS, seed)) for seed, name in enumerate(BATCHES)
    }
    scanned = installation.run("scan", "--rights", rights, *files.values()).stdout.splitlines()
    alerts = [orjson.loads(line) for line in scanned]
    found = {
        name: frozenset(a["alert_id"] for a in alerts if a["listing_id"].startswith(f"{name}-")) for name in BATCHES
    }
    assert all(len(ids) > 10 for ids in found.values())
    return {name: Batch(name, files[name], Expected(LISTINGS, found[name])) for name in BATCHES}
