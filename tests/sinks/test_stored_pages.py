"""What a sweep reads: proofs in the order they were stored, pages, alerts that are there, and latest observations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from detectors.records import Page
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.listing_row import listing_row
from sinks.clickhouse.stored_pages import Observation, Proof, StoredPages
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings
from sinks.text import storable
from tests.sinks.conftest import START, MakeAlert

HOSTILE = (
    "'; DROP TABLE listings; --",
    "a\\'b\\",
    "tab\tline\nnul\0",
    "{ids:Array(String)}",
    "耐克 🎒",
    "\ud800",
    "%s[]",
)
STORED_AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def stored(clickhouse: ClickHouseSettings) -> Iterator[StoredPages]:
    pages = StoredPages(clickhouse)
    yield pages
    pages.close()


def page(*listings: dict[str, Any], at: datetime = START) -> Page:
    return Page(b"\n".join(orjson.dumps(one) for one in listings), at, "listings", 1, 7)


def store_proofs(connection: Connection, *proofs: tuple[str, int, int]) -> None:
    """Each a page's digest, the revision, and the seconds after STORED_AT; the broker's time says nothing."""
    for digest, revision, second in proofs:
        connection.insert(
            "screenings",
            {
                "observed_at": [datetime(1970, 1, 1, tzinfo=UTC)],
                "page": [bytes.fromhex(digest)],
                "revision": [revision],
                "stored_at": [STORED_AT + timedelta(seconds=second)],
            },
        )


def digest(number: int) -> str:
    return f"{number:064x}"


def places(proofs: list[Proof]) -> list[tuple[int, str]]:
    return [(proof.second - int(STORED_AT.timestamp()), proof.page) for proof in proofs]


def test_proofs_come_in_the_order_in_which_they_were_stored_and_only_older_ones(
    connection: Connection, stored: StoredPages
) -> None:
    rows = [(digest(10), 5, 1), (digest(11), 5, 0), (digest(0xAB), 4, 1), (digest(1), 7, 0), (digest(2), 6, 2)]
    store_proofs(connection, *rows)
    begin = (int(STORED_AT.timestamp()), "")
    everything = stored.proofs(7, begin, 100)
    assert places(everything) == [(0, digest(11)), (1, digest(10)), (1, digest(0xAB)), (2, digest(2))]
    assert [proof.revision for proof in everything] == [5, 5, 4, 6]
    assert all(proof.age_seconds > 0 for proof in everything if datetime.now(UTC) > STORED_AT)
    assert places(stored.proofs(7, everything[1].place, 1)) == [(1, digest(0xAB))]
    assert stored.proofs(7, everything[-1].place, 100) == []
    assert stored.proofs(4, begin, 100) == []
    assert places(stored.proofs(7, (begin[0] + 2, ""), 100)) == [(2, digest(2))]


def test_pages_come_with_their_bytes_and_what_is_not_kept_is_left_out(writer: TableWriter, stored: StoredPages) -> None:
    one, other = page({"title": "\xff \0"}), page({"title": "b"})
    writer.insert_pages([one, other, one])
    found = stored.pages([one.digest, digest(5), other.digest])
    assert found == {one.digest: one, other.digest: other}
    assert stored.pages([]) == {}


def test_alerts_that_are_in_the_store_are_known_however_many_are_asked_for(
    writer: TableWriter, stored: StoredPages, make_alert: MakeAlert
) -> None:
    kept, other = [make_alert() for _ in range(1_200)], make_alert()
    writer.insert_alerts(kept)
    ids = {alert.alert_id for alert in kept}
    assert stored.raised({*ids, other.alert_id}) == ids
    assert stored.raised([]) == set()


def test_the_latest_observation_of_an_offer_is_found_whatever_it_is_called(
    writer: TableWriter, stored: StoredPages
) -> None:
    offers = [("p" + name[:1], name) for name in HOSTILE]
    for number, (platform, listing_id) in enumerate(offers):
        first = page({"title": "first", "number": number})
        later = page({"title": "later", "number": number}, at=START + timedelta(seconds=1))
        offer = {"platform": platform, "listing_id": listing_id}
        rows = [
            listing_row({**offer, "state": "delisted"}, later, 1, digest(1)),
            listing_row({**offer, "state": "changed"}, later, 2, digest(2)),
            listing_row(offer, first, 9, digest(3)),
        ]
        writer.insert_listings(rows)
        kept_as = storable(platform), storable(listing_id)
        assert stored.latest([(platform, listing_id)]) == {kept_as: Observation(later.digest, digest(2), "changed")}
    assert len(stored.latest([*offers, ("p", "unknown")])) == len(offers)


def test_nothing_stored_is_nothing_found(stored: StoredPages) -> None:
    assert stored.latest([("taobao", "1")]) == {}
    assert stored.proofs(10, (0, ""), 10) == []
