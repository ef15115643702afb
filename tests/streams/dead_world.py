"""Dead letters in ClickHouse, and a desk whose publisher keeps what it is given instead of sending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiokafka import TopicPartition

from detectors.decode import decode_page
from detectors.records import DeadLetter, Page
from detectors.watchlist import Watchlist, WatchlistBuilder
from sinks.clickhouse.dead_query import DeadQuery
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings
from streams.broker.batches import Message
from streams.broker.messages import dead_letter_bytes, proof_message, whole_page_dead
from streams.broker.topics import topic_names
from streams.dead.desk import DeadLetterDesk
from streams.errors import BrokerError
from streams.pipeline import screen_page

START = datetime(2026, 11, 21, 10, tzinfo=UTC)
TOPICS = topic_names()


@dataclass(frozen=True, slots=True)
class Sent:
    """As aiokafka's RecordMetadata."""

    topic_partition: TopicPartition
    offset: int


@dataclass
class KeptByPublisher:
    """Takes what is up to `most` bytes, and the first `takes` of it."""

    most: int = 1_000_000
    takes: int = 1_000_000
    messages: list[Message] = field(default_factory=list)

    def fits(self, message: Message) -> bool:
        return len(message.value) <= self.most

    async def send(self, message: Message) -> Sent:
        if len(self.messages) >= self.takes:
            raise BrokerError("not acknowledged")
        self.messages.append(message)
        return Sent(TopicPartition(message.topic, 3), 100 + len(self.messages) - 1)


@dataclass
class DeadWorld:
    """Pages, letters and proofs put where a writer would, and a desk over them."""

    clickhouse: ClickHouseSettings
    publisher: KeptByPublisher = field(default_factory=KeptByPublisher)
    records: dict[tuple[str, int, int], bytes] = field(default_factory=dict)  # what the topics still have

    @property
    def desk(self) -> DeadLetterDesk:
        async def read_record(topic: str, partition: int, offset: int) -> bytes | None:
            return self.records.get((topic, partition, offset))

        return DeadLetterDesk(
            clickhouse=self.clickhouse, topics=TOPICS, publisher=self.publisher, read_record=read_record
        )

    def store(self, letters: Sequence[DeadLetter]) -> list[str]:
        """Their ids, in the order given."""
        with TableWriter(self.clickhouse) as table:
            table.insert_dead_letters([orjson.loads(dead_letter_bytes(letter)) for letter in letters])
        shown = {(one["offset"], one["line"]): one["letter_id"] for one in self.desk.page(DeadQuery(limit=1000))}
        return [shown[letter.offset, letter.line] for letter in letters]

    def seen(self, page: Page, *, keep_page: bool = True) -> list[str]:
        """A page as worker and writer would handle it: kept, with its dead letters, whose ids are given."""
        letters = decode_page(page).dead_letters
        if keep_page:
            with TableWriter(self.clickhouse) as table:
                table.insert_pages([page])
        return self.store(letters)

    def failed(self, page: Page, reason: str = "screening_failed") -> str:
        return self.store([whole_page_dead(page, reason)])[0]

    def screen_sent(self, number: int = 0, after: timedelta = timedelta(hours=1)) -> list[DeadLetter]:
        """Handle a message that was sent again, as a worker and a writer would; what is dead of it."""
        page = Page(self.publisher.messages[number].value, START + after, TOPICS.listings, 3, 100 + number)
        screening = screen_page(page, watchlist())
        proof = proof_message(page, screening, TOPICS, {"revision": 7, "versions": {}, "worker": "w"}, {})
        with TableWriter(self.clickhouse) as table:
            table.insert_pages([page])
            table.insert_dead_letters([orjson.loads(dead_letter_bytes(one)) for one in screening.dead_letters])
            table.insert_screenings([orjson.loads(proof.value)])
        return list(screening.dead_letters)

    def letter(self, letter_id: str) -> dict[str, Any]:
        found = self.desk.get(letter_id)
        assert found is not None
        return found


def watchlist() -> Watchlist:
    builder = WatchlistBuilder()
    right = {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"], "policy": "any_use"}
    builder.apply({"revision": 7, "op": "put", "right": right})
    return builder.build()


def page(*lines: bytes, offset: int = 0, after: timedelta = timedelta()) -> Page:
    return Page(b"\n".join(lines), START + after, TOPICS.listings, 0, offset)


def offer(number: int, **fields: Any) -> bytes:
    return orjson.dumps({"platform": "taobao", "listing_id": str(number), "title": f"ZORBEX {number}", **fields})
