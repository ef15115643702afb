"""What a sweep reads from ClickHouse: which pages were screened before a change, their bytes, and what became of them.

Proofs of screening are read in the order in which they were stored, not by the broker's timestamp: a producer can set
that to 1970, and then its listings would never be swept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from detectors.records import Page
from sinks.clickhouse.columns import digest_bytes, milliseconds
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.stored_pictures import PageLooks, pages_with_looks, read_looks
from sinks.settings import ClickHouseSettings
from sinks.text import storable

CHUNK = 500  # values to a query: an offer's id may have 500 code points, and a query has its limits
Offer = tuple[str, str]
Value = TypeVar("Value")

# No FINAL: a page that was screened again meanwhile comes once more, which costs a little and changes nothing.
_PROOFS = """
SELECT toUnixTimestamp(stored_at), lower(hex(page)), revision, toUnixTimestamp(now()) - toUnixTimestamp(stored_at)
FROM screenings
WHERE revision < {below:UInt64} AND stored_at >= fromUnixTimestamp({second:UInt32})
    AND (stored_at > fromUnixTimestamp({second:UInt32}) OR hex(page) > {page:String})
ORDER BY stored_at, page
LIMIT {limit:UInt32}"""

# `uniq` counts exactly up to 65,536 pages, and within 1 % above.
_HOW_MANY = """
SELECT uniq(page) FROM screenings
WHERE observed_at >= fromUnixTimestamp64Milli({since:Int64})
    AND observed_at < fromUnixTimestamp64Milli({until:Int64})"""

# In an order that has nothing to do with what is on the pages, and is the same for the same seed.
_SAMPLE = """
SELECT lower(hex(page)) FROM screenings
WHERE observed_at >= fromUnixTimestamp64Milli({since:Int64})
    AND observed_at < fromUnixTimestamp64Milli({until:Int64})
GROUP BY page
ORDER BY cityHash64(page, {seed:UInt64}), page
LIMIT {limit:UInt32}"""

_PAGES = """
SELECT body, observed_at, topic, `partition`, `offset` FROM pages
WHERE digest IN (SELECT toFixedString(unhex(arrayJoin({digests:Array(String)})), 32))
LIMIT 1 BY digest"""

# The latest row of an offer: what stands further down on a page came later.
_LATEST = """
SELECT platform, listing_id, argMax((lower(hex(page)), lower(hex(listing_digest)), state), (observed_at, line, page))
FROM listings
WHERE platform IN {platforms:Array(String)} AND listing_id IN {listing_ids:Array(String)}
GROUP BY platform, listing_id"""


@dataclass(frozen=True, slots=True)
class Proof:
    """That a page was screened at a revision, and when the proof was stored."""

    second: int  # since 1970, by the server's clock
    page: str  # the page's digest
    revision: int
    age_seconds: int  # when it was read

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the order in which proofs were stored."""
        return self.second, self.page


@dataclass(frozen=True, slots=True)
class PageSample:
    """Digests of pages chosen at random, each as likely as any other, and how many pages there were to choose from."""

    digests: list[str]
    pages: int


@dataclass(frozen=True, slots=True)
class Observation:
    """The latest that was seen of an offer."""

    page: str
    listing_digest: str
    state: str


class StoredPages:
    """One connection, one thread at a time.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def proofs(self, below: int, after: tuple[int, str], limit: int) -> list[Proof]:
        """Proofs of a screening at a revision below `below`, in order, from behind the place `after`."""
        second, page = after
        values = {"below": below, "second": second, "page": page.upper(), "limit": limit}
        return [Proof(*row) for row in self._connection.query(_PROOFS, values)]

    def sample(self, *, since: datetime, until: datetime, limit: int, seed: int) -> PageSample:
        """Some of the pages that were screened between the moments, or all if there are no more than `limit`."""
        span = {"since": milliseconds(since), "until": milliseconds(until)}
        rows = self._connection.query(_SAMPLE, {**span, "seed": seed, "limit": limit})
        digests = [digest for (digest,) in rows]
        if len(digests) < limit:
            return PageSample(digests, len(digests))
        ((pages,),) = self._connection.query(_HOW_MANY, span)
        return PageSample(digests, max(pages, limit))

    def pages(self, digests: Collection[str]) -> dict[str, Page]:
        """The pages that are still kept, by their digests."""
        rows = self._connection.query(_PAGES, {"digests": list(digests)}, as_bytes=True)
        pages = [Page(body, observed_at, topic.decode(), *place) for body, observed_at, topic, *place in rows]
        return {page.digest: page for page in pages}

    def looks(self, digests: Collection[str]) -> PageLooks:
        """What was seen in the pictures of these pages."""
        return read_looks(self._connection, digests)

    def with_looks(self, digests: Collection[str], *, words_only: bool) -> set[str]:
        """Those of the pages of whose pictures it is kept what was seen, or only those with words that were read."""
        return pages_with_looks(self._connection, digests, words_only=words_only)

    def raised(self, alert_ids: Collection[str]) -> set[str]:
        """Those of the alerts that are in the store already."""
        sql = "SELECT DISTINCT alert_id FROM alerts WHERE alert_id IN {ids:Array(UUID)}"
        chunks = _chunks([UUID(alert_id) for alert_id in alert_ids])
        return {str(row[0]) for ids in chunks for row in self._connection.query(sql, {"ids": ids})}

    def latest(self, offers: Collection[Offer]) -> dict[Offer, Observation]:
        """The latest observation of each offer, given and named as platform and listing id."""
        found: dict[Offer, Observation] = {}
        for chunk in _chunks([(storable(platform), storable(listing_id)) for platform, listing_id in offers]):
            platforms, listing_ids = (sorted(set(names)) for names in zip(*chunk, strict=True))
            rows: list[Any] = self._connection.query(_LATEST, {"platforms": platforms, "listing_ids": listing_ids})
            found |= {(platform, listing_id): Observation(*seen) for platform, listing_id, seen in rows}
        return found

    def close(self) -> None:
        self._connection.close()


def read_page(connection: Connection, digest: str) -> Page | None:
    """A page's bytes as received, with where and when the broker first had it; None when it is not kept."""
    try:
        digest_bytes(digest)
    except ValueError:
        return None
    rows = connection.query(
        "SELECT body, observed_at, topic, `partition`, `offset` FROM pages WHERE digest = unhex({digest:String})"
        " ORDER BY first_wins DESC LIMIT 1",
        {"digest": digest},
        as_bytes=True,
    )
    if not rows:
        return None
    body, observed_at, topic, partition, offset = rows[0]
    return Page(body, observed_at, topic.decode(), partition, offset)


def _chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
