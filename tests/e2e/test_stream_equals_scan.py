"""The stream and `scan` find the same, and a replay finds it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from sinks.clickhouse.reader import AlertReader
from sinks.operational.rights_store import RightsStore
from streams.replay import replay
from tests.e2e.material import write_listings, write_rights
from tests.e2e.service import Service, service_in
from tests.e2e.stored import alert_ids, wait_until_stored

LISTINGS = 10_000


@dataclass(frozen=True, slots=True)
class Streamed:
    """A service through which the listings have gone, and what `scan` says of them."""

    service: Service
    scanned: frozenset[str]
    summary: str


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streamed]:
    folder = tmp_path_factory.mktemp("stream-equals-scan")
    rights, listings = write_rights(folder / "rights.jsonl"), write_listings(folder / "listings.jsonl", LISTINGS)
    with service_in(folder / "data") as service:
        scan = service.run("scan", "--rights", rights, listings)
        assert scan.returncode == 0, scan.stderr
        scanned = frozenset(orjson.loads(line)["alert_id"] for line in scan.stdout.splitlines())
        imported = service.run("rights", "import", rights)
        assert imported.returncode == 0, imported.stderr
        service.start_worker()
        fed = service.run("feed", listings, "--page", "100")
        assert fed.returncode == 0, fed.stderr
        wait_until_stored(service, LISTINGS)
        yield Streamed(service, scanned, scan.stderr)


def test_scan_and_stream_give_the_same_alert_ids(streamed: Streamed) -> None:
    stored = alert_ids(streamed.service)
    assert len(streamed.scanned) > 100
    assert frozenset(stored) == streamed.scanned
    assert len(stored) == len(set(stored))


def test_a_replay_reproduces_100_alerts_picked_at_random(streamed: Streamed) -> None:
    connections = streamed.service.connections
    with AlertReader(connections.clickhouse) as reader, closing(RightsStore(connections.operational)) as rights:
        chosen = reader.random_alert_ids(100)
        results = [replay(alert_id, reader, rights) for alert_id in chosen]
    assert len(chosen) == 100
    assert [result.differences for result in results if not result.is_identical] == []


def test_replay_on_the_command_line_prints_the_alert_and_says_identical(streamed: Streamed) -> None:
    alert_id = min(streamed.scanned)
    done = streamed.service.run("replay", alert_id)
    assert (done.returncode, done.stderr.strip()) == (0, "identical")
    assert orjson.loads(done.stdout)["alert_id"] == alert_id


def test_replay_of_an_unknown_alert_says_so(streamed: Streamed) -> None:
    done = streamed.service.run("replay", "00000000-0000-4000-8000-000000000000")
    assert done.returncode == 1
    assert "there is none with this id" in done.stderr


def test_a_replay_after_the_right_was_changed_uses_the_right_as_it_was(streamed: Streamed, tmp_path: Path) -> None:
    service = streamed.service
    marks = service.query("SELECT toString(alert_id), right_id FROM alerts FINAL WHERE detector = 'mark' LIMIT 1")
    alert_id, right_id = marks[0]
    withdrawn = service.run("rights", "withdraw", right_id)
    assert withdrawn.returncode == 0, withdrawn.stderr
    assert service.run("replay", alert_id).returncode == 0
