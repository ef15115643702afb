"""What people do with dead letters: look, send again, discard. The web process and the command line share it.

A retry sends the content to its topic, so that the same pipeline decides again, and then keeps the decision. A process
that dies in between leaves the letter open: sent once more it leads to the same ids. So does a letter that two people
retry at once, and a decision that is made twice is kept once or twice and means the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from detectors.records import Page, timestamp_text
from sinks.clickhouse.dead_letters import DeadLetters, Decision, StoredLetter
from sinks.clickhouse.dead_query import DISCARDED, RETRIED, DeadQuery
from sinks.errors import StoreRefused
from sinks.settings import ClickHouseSettings
from streams.broker.batches import Message
from streams.broker.topics import Topics
from streams.dead.content import NotWhole, Whole, message_of, of_head, of_page, of_record, sha256, why_not
from streams.log_lines.traces import trace_id

HEAD_BYTES = 65_536
EXCERPT_BYTES = 600
MOST_AT_ONCE = 500  # decisions in one call
_CHUNK = 50  # letters read with their heads, and sent, together
ALREADY, REFUSED, UNKNOWN = "already", "refused", "unknown"

ReadRecord = Callable[[str, int, int], Awaitable[bytes | None]]
"""A message by its topic, partition and offset, as `streams.broker.records.read_record` gives it."""


class Publisher(Protocol):
    """What sends; `streams.broker.producer.Sender` is one."""

    def fits(self, message: Message) -> bool: ...

    async def send(self, message: Message) -> Any:
        """Awaits the acknowledgement and gives aiokafka's RecordMetadata. Raises BrokerError."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one letter: `retried`, `discarded`, `already` (nothing was done), `refused`, `unknown`."""

    letter_id: str
    status: str
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        return {"letter_id": self.letter_id, "status": self.status, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterDesk:
    """Usable from any thread; reads open a connection of their own. Retries run in the publisher's event loop.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (the question is bad).
    """

    clickhouse: ClickHouseSettings
    topics: Topics
    publisher: Publisher
    read_record: ReadRecord

    def page(self, query: DeadQuery) -> list[dict[str, Any]]:
        """Letters that fit, newest first, each with the start of its content."""
        with DeadLetters(self.clickhouse) as store:
            return [_summary(letter) for letter in store.letters(query, EXCERPT_BYTES)]

    def get(self, letter_id: str) -> dict[str, Any] | None:
        """A letter with all that is kept of its content and its decisions, and whether it can be sent again whole."""
        with DeadLetters(self.clickhouse) as store:
            letter = store.named([letter_id], HEAD_BYTES).get(letter_id)
            if letter is None:
                return None
            found, page = self._stored(store, letter)
        decisions = [decision.to_json() for decision in letter.decisions]
        whole = {"source": found.source, "bytes": len(found.content), "why_not": ""} if found else None
        maybe = {"source": None, "bytes": 0, "why_not": why_not(letter, page)}
        return {**_summary(letter), "text": _text(letter.head), "decisions": decisions, "whole": whole or maybe}

    def counts(self) -> list[dict[str, Any]]:
        """By reason and state."""
        with DeadLetters(self.clickhouse) as store:
            return [
                {"reason": one.reason, "state": one.state, "count": one.count, "oldest": timestamp_text(one.oldest)}
                for one in store.counts()
            ]

    async def content(self, letter_id: str) -> bytes | None:
        """All of a letter's content; None when there is no such letter.

        Raises:
            NotWhole: it cannot be had.
        """
        letters = await asyncio.to_thread(self._letters, [letter_id])
        return (await self._whole(letters[letter_id])).content if letter_id in letters else None

    def discard(self, ids: Sequence[str], *, by: str, now: datetime, note: str) -> list[Result]:
        """Say that these are of no use, and why. What was sent again before stays as it is."""
        if not note.strip():
            raise StoreRefused("note: say why, for those who look later")
        with DeadLetters(self.clickhouse) as store:
            letters = store.named(_checked(ids), 0)
            results, decided = [], []
            for letter_id in dict.fromkeys(ids):
                letter = letters.get(letter_id)
                if letter is None or letter.state == DISCARDED:
                    results.append(Result(letter_id, ALREADY if letter else UNKNOWN))
                    continue
                decided.append((letter, _decision(letter, DISCARDED, by, now, note)))
                results.append(Result(letter_id, DISCARDED))
            store.decide(decided)
        return results

    async def retry(
        self, ids: Sequence[str], *, by: str, now: datetime, note: str = "", again: bool = False
    ) -> list[Result]:
        """Send these again. One that was sent already is not, unless `again`: what came of it may be on its way.

        Raises:
            BrokerError: one was not acknowledged; those before it were sent, and are kept as retried.
        """
        unique = _checked(ids)
        results: list[Result] = []
        for start in range(0, len(unique), _CHUNK):
            results += await self._retry(unique[start : start + _CHUNK], by, now, note, again)
        return results

    async def _retry(self, ids: Sequence[str], by: str, now: datetime, note: str, again: bool) -> list[Result]:
        letters = await asyncio.to_thread(self._letters, ids)
        decided: list[tuple[StoredLetter, Decision]] = []
        results: list[Result] = []
        try:
            for letter_id in ids:
                letter = letters.get(letter_id)
                if letter is None:
                    results.append(Result(letter_id, UNKNOWN))
                elif letter.state == RETRIED and not again:
                    results.append(Result(letter_id, ALREADY, letter.outcome.state if letter.outcome else ""))
                else:
                    results.append(await self._send_again(letter, by, now, note, decided))
        finally:  # what was sent is kept, also when the broker failed in between
            if decided:
                await asyncio.to_thread(self._decide, decided)
        return results

    async def _send_again(
        self, letter: StoredLetter, by: str, now: datetime, note: str, decided: list[tuple[StoredLetter, Decision]]
    ) -> Result:
        try:
            whole = await self._whole(letter)
            message = message_of(letter, whole.content, self.topics)
        except NotWhole as error:
            return Result(letter.letter_id, REFUSED, str(error))
        if not self.publisher.fits(message):
            why = f"its {len(message.value):,} bytes are over [kafka] max_message_bytes"
            return Result(letter.letter_id, REFUSED, why)
        sent = await self.publisher.send(message)
        place = sent.topic_partition
        decision = _decision(
            letter,
            RETRIED,
            by,
            now,
            note,
            sent_page=sha256(message.value),
            sent_topic=place.topic,
            sent_partition=place.partition,
            sent_offset=sent.offset,
        )
        decided.append((letter, decision))
        return Result(letter.letter_id, RETRIED, whole.source)

    async def _whole(self, letter: StoredLetter) -> Whole:
        found, page = await asyncio.to_thread(self._read_stored, letter)
        if found is None:
            record = await self.read_record(letter.topic, letter.partition, letter.offset)
            found = of_record(letter, record) if record is not None else None
        if found is None:
            raise NotWhole(why_not(letter, page))
        return found

    def _read_stored(self, letter: StoredLetter) -> tuple[Whole | None, Page | None]:
        with DeadLetters(self.clickhouse) as store:
            return self._stored(store, letter)

    def _stored(self, store: DeadLetters, letter: StoredLetter) -> tuple[Whole | None, Page | None]:
        """The content as far as ClickHouse has it, and the page, if that had to be asked for and is there."""
        whole = of_head(letter)
        page = store.page_of(letter) if whole is None and letter.topic == self.topics.listings else None
        return whole or (of_page(letter, page) if page else None), page

    def _letters(self, ids: Sequence[str]) -> Mapping[str, StoredLetter]:
        with DeadLetters(self.clickhouse) as store:
            return store.named(ids, HEAD_BYTES)

    def _decide(self, decided: Sequence[tuple[StoredLetter, Decision]]) -> None:
        with DeadLetters(self.clickhouse) as store:
            store.decide(decided)


def _checked(ids: Sequence[str]) -> list[str]:
    unique = list(dict.fromkeys(ids))
    if len(unique) > MOST_AT_ONCE:
        raise StoreRefused(f"letters: at most {MOST_AT_ONCE} at once")
    return unique


def _decision(letter: StoredLetter, decision: str, by: str, now: datetime, note: str, **sent: Any) -> Decision:
    return Decision(
        letter_id=letter.letter_id, decision=decision, note=note.strip(), decided_by=by, decided_at=now, **sent
    )


def _summary(letter: StoredLetter) -> dict[str, Any]:
    return {
        "letter_id": letter.letter_id,
        "state": letter.state,
        "reason": letter.reason,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "line": letter.line,
        "length": letter.length,
        "sha256": letter.sha256,
        "page": letter.page or None,
        "trace_id": trace_id(letter.page) or None,
        "observed_at": timestamp_text(letter.observed_at),
        "stored_at": timestamp_text(letter.stored_at),
        "excerpt": _text(letter.head[:EXCERPT_BYTES]),
        "decision": letter.decisions[-1].to_json() if letter.decisions else None,
        "outcome": letter.outcome.to_json() if letter.outcome else None,
    }


def _text(head: bytes) -> str:
    """For people: what is no UTF-8 becomes U+FFFD."""
    return head.decode("utf-8", "replace")
