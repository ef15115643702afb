"""The long form: a million listings through two workers, twenty kills of anything, and a minute without ClickHouse."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import orjson
import pytest

from tests.faults.chance import kills, places, seeded, strike_over
from tests.faults.installation import Installation, installation_on
from tests.faults.material import few_rights, numbered, write_lines
from tests.faults.shop_beside import shop_beside
from tests.faults.stack import running_stack
from tests.streams.shop import right_of_the_photograph

LISTINGS = int(os.environ.get("FAULTS_LISTINGS", "1000000"))  # noqa: TID251 - less, for a try
KILLS = 20
RATE = "5000"
MADE_SHARE = 0.02
PICTURES = 300  # listings that show a copy of a right's picture behind a URL
LATE_RIGHTS = 5  # imported in the middle of the run: sweeps look for them in what came before
PARTS = ("worker-1", "worker-2", "writer-1", "writer-2", "feed", "web", "pictures", "retro")
SERVERS = ("kafka", "clickhouse", "postgresql", "redis")
READY_SECONDS = 300.0
STEP_SECONDS = 900.0
END_SECONDS = 1_800.0
OUTAGE_SECONDS = 60.0
CATCH_UP_SECONDS = 120.0

pytestmark = [pytest.mark.long, pytest.mark.timeout(7200)]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """On the servers themselves: no network between costs time."""
    variables = {"RIGHTSWATCH_RETRO_SETTLE_SECONDS": "2", "RIGHTSWATCH_FLOOD_WINDOW_MINUTES": "0"}
    with (
        running_stack(behind_networks=False, on_disks=False) as stack,
        installation_on(stack, tmp_path / "data", variables) as installation,
    ):
        installation.crew.poll_seconds = 0.3
        yield installation


def start_all(installation: Installation, **pictures: str) -> None:
    for name in ("worker-1", "worker-2"):
        installation.start(name, "worker", "--no-writer", "--no-retro", "--no-pictures")
    for name in ("writer-1", "writer-2"):
        installation.start(name, "writer")
    installation.start("web", "web", "--port", "0")
    installation.start("retro", "retro")
    installation.start_pictures("pictures", **pictures)
    installation.add_servers()
    names = [name for name in PARTS if name not in ("feed", "web")]
    installation.crew.until(lambda: installation.is_ready(*names), "all parts are ready", READY_SECONDS)


def test_a_million_listings_and_twenty_kills(installation: Installation, tmp_path: Path) -> None:
    chance, crew = seeded(), installation.crew
    rights = few_rights()
    late = rights[:: len(rights) // LATE_RIGHTS][:LATE_RIGHTS]
    early = [right for right in rights if right not in late]
    with shop_beside() as shop:
        plain = numbered("text", LISTINGS - PICTURES, 7, MADE_SHARE)
        pictured = {
            int(LISTINGS * (n + 0.5) / PICTURES): orjson.loads(shop.offer(n, f"copy/{n}.jpg")) for n in range(PICTURES)
        }
        listings = (pictured.get(place) or next(plain) for place in range(LISTINGS))
        file = write_lines(tmp_path / "listings.jsonl", listings)
        every = write_lines(tmp_path / "rights.jsonl", rights)
        expected = installation.scan(every, file)
        design = right_of_the_photograph()["right"]
        installation.run("rights", "import", write_lines(tmp_path / "early.jsonl", chain(early, [design])))
        start_all(installation, **shop.variables(tmp_path))

        began = time.monotonic()
        installation.feed("feed", file, expected.listings, "--rate", RATE)
        # The feed may be through long before the others: its turn comes first.
        faults = sorted(kills(chance, (*PARTS, *SERVERS), KILLS), key=lambda fault: fault.part != "feed")
        when = places(chance, KILLS)
        half = sum(place < 0.5 for place in when)

        def progress() -> float:
            return installation.screened() / expected.listings

        strike_over(crew, faults[:half], when[:half], progress, STEP_SECONDS)
        crew.until(lambda: progress() >= 0.5 and crew.is_calm, "half of the run", STEP_SECONDS)
        installation.run("rights", "import", write_lines(tmp_path / "late.jsonl", late))
        strike_over(crew, faults[half:], when[half:], progress, STEP_SECONDS)
        crew.until(lambda: installation.screened() >= installation.fed, "every page's proof", END_SECONDS)
        streamed = time.monotonic() - began
        wanted = len(expected.alert_ids) + PICTURES
        crew.until(lambda: len(installation.alert_ids()) >= wanted and crew.is_calm, "every alert", END_SECONDS)

        alerts = installation.query("SELECT alert_id, listing_id, detector FROM alerts FINAL")
        stored = installation.query("SELECT count() FROM alerts")[0][0]
        texts = [str(alert_id) for alert_id, _, detector in alerts if detector != "image_copy"]
        pictures = [listing_id for _, listing_id, detector in alerts if detector == "image_copy"]
        print(
            f"  {installation.fed:,} listings in {streamed:.0f} s, {sum(crew.kills.values())} kills: {dict(crew.kills)}"
        )
        print(
            f"  {len(alerts):,} alerts, {stored:,} rows before FINAL; all there after {time.monotonic() - began:.0f} s"
        )
        print(f"  started again by the supervisor: {dict(crew.starts)}")
        assert len(texts) == len(set(texts))
        assert set(texts) == expected.alert_ids
        assert sorted(pictures) == sorted(str(n) for n in range(PICTURES))
        assert installation.screened() == installation.fed == expected.listings
        assert installation.dead_letters() == Counter()
        kept = installation.query("SELECT uniqExact(platform, listing_id), uniqExact(page) FROM listings")[0]
        assert kept == (expected.listings, installation.query("SELECT count() FROM screenings FINAL")[0][0])
        assert sum(crew.kills.values()) == KILLS


def test_a_minute_without_clickhouse(installation: Installation, tmp_path: Path) -> None:
    """The feed goes on meanwhile, and for a while afterwards."""
    crew, count = installation.crew, min(LISTINGS, 240_000)
    rights = write_lines(tmp_path / "rights.jsonl", few_rights())
    file = write_lines(tmp_path / "listings.jsonl", numbered("text", count, 8, MADE_SHARE))
    expected = installation.scan(rights, file)
    installation.run("rights", "import", rights)
    start_all(installation, TEST_PICTURES_PORT="1")
    installation.feed("feed", file, count, "--rate", "3000")
    crew.until(lambda: installation.screened() > 0, "the run has begun", READY_SECONDS)
    crew.kill("clickhouse", down_seconds=OUTAGE_SECONDS)
    crew.until(lambda: crew.parts["clickhouse"].is_running, "ClickHouse is back", 2 * OUTAGE_SECONDS)
    waiting = installation.fed - installation.screened()
    took = crew.until(lambda: installation.screened() >= installation.fed, "caught up", END_SECONDS)
    alert_ids = installation.alert_ids()
    print(f"  {waiting:,} of {count:,} listings without proof when it came back; all there {took:.0f} s later")
    assert len(alert_ids) == len(set(alert_ids))
    assert set(alert_ids) == expected.alert_ids
    assert installation.dead_letters() == Counter()
    assert took <= CATCH_UP_SECONDS
