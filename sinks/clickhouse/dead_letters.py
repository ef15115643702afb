"""Dead letters and what people decided about them, as the table has them. Each letter once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Any

from detectors.records import Page, timestamp_text
from sinks.clickhouse.columns import NO_DIGEST, columns_of, digest_bytes, milliseconds
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.dead_outcomes import Outcome, read_outcomes
from sinks.clickhouse.dead_query import (
    DISCARDED,
    ID,
    NEWEST_FIRST,
    OPEN,
    RETRIED,
    STATE_IS,
    DeadQuery,
    dead_conditions,
    named,
)
from sinks.clickhouse.stored_pages import read_page
from sinks.settings import ClickHouseSettings
from sinks.text import storable

_FIELDS = (
    f"{ID}, observed_at, lower(hex(sha256)), topic, `partition`, `offset`, line, reason, length, lower(hex(page)),"
    " stored_at"
)
_DECISIONS = """
SELECT {id}, decision, note, decided_by, decided_at, lower(hex(sent_page)), sent_topic, sent_partition, sent_offset
FROM dead_letter_decisions WHERE {where} ORDER BY decided_at, sent_offset"""
_PAGE_AT = """
SELECT lower(hex(page)) FROM screenings
WHERE observed_at = fromUnixTimestamp64Milli({moment:Int64}, 'UTC') AND topic = {topic:String}
    AND `partition` = {partition:Int32} AND `offset` = {offset:Int64}
LIMIT 1"""
_COUNTS = f"""
SELECT reason, state, count(), min(stored_at) FROM (
    SELECT reason, stored_at, multiIf({STATE_IS[OPEN]}, 'open', {STATE_IS[DISCARDED]}, 'discarded', 'retried') AS state
    FROM dead_letters FINAL
)
GROUP BY reason, state ORDER BY reason, state"""  # noqa: S608 - our own words; values are bound
_OPEN_COUNTS = f"""
SELECT reason, count(), min(stored_at) FROM dead_letters FINAL WHERE {STATE_IS[OPEN]}
GROUP BY reason ORDER BY count() DESC, reason"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a letter: `retried` or `discarded`, with where a retry was sent as what page."""

    letter_id: str
    decision: str
    note: str
    decided_by: str
    decided_at: datetime
    sent_page: str = ""  # SHA-256 of the message, hex
    sent_topic: str = ""
    sent_partition: int = -1
    sent_offset: int = -1

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "decision": self.decision,
            "note": self.note,
            "by": self.decided_by,
            "at": timestamp_text(self.decided_at),
        }
        if self.decision == RETRIED:
            document["sent"] = {
                "page": self.sent_page,
                "topic": self.sent_topic,
                "partition": self.sent_partition,
                "offset": self.sent_offset,
            }
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLetter:
    """A dead letter with what was decided about it, oldest first, and what came of the last retry."""

    letter_id: str
    observed_at: datetime
    sha256: str
    topic: str
    partition: int
    offset: int
    line: int
    reason: str
    length: int
    page: str  # the digest of the page or message that it came on; empty in letters of an older program
    stored_at: datetime
    head: bytes = b""  # as much as was asked for
    decisions: tuple[Decision, ...] = field(default=())
    outcome: Outcome | None = None

    @property
    def state(self) -> str:
        return self.decisions[-1].decision if self.decisions else OPEN


@dataclass(frozen=True, slots=True)
class LetterCount:
    """How many letters, by reason and state, and when the oldest of them was stored."""

    reason: str
    state: str
    count: int
    oldest: datetime


class DeadLetters:
    """One connection, one thread at a time. Each query has a time limit.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (the question is bad; the message says how).
    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def letters(self, query: DeadQuery, head_bytes: int) -> list[StoredLetter]:
        """Those that fit, newest first, with so much of their heads."""
        found: dict[str, Any] = {}
        behind = query.before_id
        while True:
            rows = self._rows(replace(query, before_id=behind))
            for row in rows:
                found.setdefault(row[0], row)  # one that is not merged away comes twice; FINAL would read everything
            if len(rows) < query.limit or len(found) >= query.limit:
                break
            behind = rows[-1][0]
        return self._complete(list(found.values())[: query.limit], head_bytes)

    def named(self, ids: Collection[str], head_bytes: int) -> dict[str, StoredLetter]:
        """Those with these ids, as far as they are kept."""
        conditions = named(ids)
        sql = f"SELECT {_FIELDS} FROM dead_letters FINAL WHERE {conditions.where}"  # noqa: S608 - our own words
        rows = self._connection.query(sql, conditions.values) if ids else []
        return {letter.letter_id: letter for letter in self._complete(rows, head_bytes)}

    def counts(self) -> list[LetterCount]:
        """By reason and state."""
        rows = self._connection.query(_COUNTS, {"state": DISCARDED})
        return [LetterCount(reason, state, count, oldest) for reason, state, count, oldest in rows]

    def open_counts(self) -> list[LetterCount]:
        """Of those that nobody decided about, the most frequent reasons first."""
        rows = self._connection.query(_OPEN_COUNTS)
        return [LetterCount(reason, OPEN, count, oldest) for reason, count, oldest in rows]

    def page_of(self, letter: StoredLetter) -> Page | None:
        """The stored page that the letter came on; None when it is not kept."""
        digest = letter.page
        if not digest:  # an older program's letter: the proof of its page's screening says which it was
            values = {"moment": milliseconds(letter.observed_at), "topic": letter.topic}
            rows = self._connection.query(_PAGE_AT, {**values, "partition": letter.partition, "offset": letter.offset})
            digest = rows[0][0] if rows else ""
        return read_page(self._connection, digest) if digest else None

    def decide(self, decided: Sequence[tuple[StoredLetter, Decision]]) -> None:
        """Keep decisions. They are stored when this returns; on an error they may be, and may be given again."""
        if decided:
            self._connection.insert("dead_letter_decisions", columns_of("decision", decided, _decision_row))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> DeadLetters:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, query: DeadQuery) -> list[Any]:
        conditions = dead_conditions(query)
        return self._connection.query(
            f"SELECT {_FIELDS} FROM dead_letters WHERE {conditions.where}"  # noqa: S608 - our own words
            f" ORDER BY {NEWEST_FIRST} LIMIT {{size:UInt32}}",
            {**conditions.values, "size": query.limit},
        )

    def _complete(self, rows: Sequence[Any], head_bytes: int) -> list[StoredLetter]:
        """Heads are read for these letters alone: they may have 64 KiB each."""
        if not rows:
            return []
        letters = [_letter(row) for row in rows]
        ids = [letter.letter_id for letter in letters]
        heads, decisions = self._heads(ids, head_bytes), self._decisions(ids)
        letters = [
            replace(one, head=heads.get(one.letter_id, b""), decisions=tuple(decisions[one.letter_id]))
            for one in letters
        ]
        retries = {one.letter_id: one.decisions[-1] for one in letters if one.state == RETRIED}
        observed = {one.letter_id: one.observed_at for one in letters}
        sent = {
            letter_id: (observed[letter_id], retry.sent_page, retry.sent_topic, retry.sent_partition, retry.sent_offset)
            for letter_id, retry in retries.items()
        }
        outcomes = read_outcomes(self._connection, sent)
        return [replace(one, outcome=outcomes.get(one.letter_id)) for one in letters]

    def _heads(self, ids: Collection[str], head_bytes: int) -> dict[str, bytes]:
        conditions = named(ids)
        sql = (
            f"SELECT {ID} AS letter_id, substring(head, 1, {{bytes:UInt32}}) FROM dead_letters"  # noqa: S608 - our own words
            f" WHERE {conditions.where} LIMIT 1 BY letter_id"
        )
        rows = self._connection.query(sql, {**conditions.values, "bytes": head_bytes}, as_bytes=True)
        return {letter_id.decode(): head for letter_id, head in rows}

    def _decisions(self, ids: Collection[str]) -> Mapping[str, list[Decision]]:
        conditions = named(ids)
        found: defaultdict[str, list[Decision]] = defaultdict(list)
        for row in self._connection.query(_DECISIONS.format(id=ID, where=conditions.where), conditions.values):
            letter_id, decision, note, by, at, page, topic, partition, offset = row
            found[letter_id].append(
                Decision(
                    letter_id=letter_id,
                    decision=decision,
                    note=note,
                    decided_by=by,
                    decided_at=at,
                    sent_page=_digest(page),
                    sent_topic=topic,
                    sent_partition=partition,
                    sent_offset=offset,
                )
            )
        return found


def _letter(row: Any) -> StoredLetter:
    letter_id, observed_at, sha256, topic, partition, offset, line, reason, length, page, stored_at = row
    return StoredLetter(
        letter_id=letter_id,
        observed_at=observed_at,
        sha256=sha256,
        topic=topic,
        partition=partition,
        offset=offset,
        line=line,
        reason=reason,
        length=length,
        page=_digest(page),
        stored_at=stored_at,
    )


def _digest(text: str) -> str:
    return "" if text == NO_DIGEST else text


def _decision_row(decided: tuple[StoredLetter, Decision]) -> dict[str, Any]:
    letter, decision = decided
    return {
        "observed_at": milliseconds(letter.observed_at),
        "sha256": digest_bytes(letter.sha256),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "line": letter.line,
        "decision": decision.decision,
        "note": storable(decision.note),
        "decided_by": storable(decision.decided_by),
        "decided_at": milliseconds(decision.decided_at),
        "sent_page": digest_bytes(decision.sent_page or NO_DIGEST),
        "sent_topic": decision.sent_topic,
        "sent_partition": decision.sent_partition,
        "sent_offset": decision.sent_offset,
    }
