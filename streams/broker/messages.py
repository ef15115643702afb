"""The JSON of what a screened page sends on: alerts, a sample of what was screened, dead letters, and the proof.

Pure functions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from aiokafka import TopicPartition

from detectors.records import DeadLetter, Page, Screening, timestamp_text
from streams.broker.batches import Message
from streams.broker.topics import Topics

HEAD_BYTES = 65_536


def result_messages(page: Page, screening: Screening, topics: Topics) -> list[Message]:
    """What was found on a page: its alerts, the sample of what was screened, and dead letters."""
    key = page.digest.encode()
    alerts = [Message(topics.alerts, alert.alert_id.encode(), alert.to_bytes()) for alert in screening.alerts]
    sampled = [Message(topics.screened, one.alert.alert_id.encode(), one.to_bytes()) for one in screening.sampled]
    dead = [Message(topics.dead, key, dead_letter_bytes(letter)) for letter in screening.dead_letters]
    return [*alerts, *sampled, *dead]


def proof_message(
    page: Page, screening: Screening, topics: Topics, screened_by: Mapping[str, Any], ends: Mapping[TopicPartition, int]
) -> Message:
    """The proof that the page was screened, to be sent once its results are acknowledged.

    `screened_by` names the worker and with what it screened: revision, versions. `ends` is where the page's results
    end in their topics: the writer stores the proof only after them (streams/writer/proofs.py).
    """
    value = orjson.dumps(
        {
            "page": page.digest,
            "topic": page.topic,
            "partition": page.partition,
            "offset": page.offset,
            "observed_at": timestamp_text(page.observed_at),
            "listings": screening.listings,
            "matches": screening.matches,
            "alerts": len(screening.alerts),
            "dead": len(screening.dead_letters),
            "screened": dict(screening.screened),
            "warnings": dict(screening.warnings),
            "results": [[place.topic, place.partition, end] for place, end in sorted(ends.items())],
            **screened_by,
        }
    )
    return Message(topics.screenings, page.digest.encode(), value)


def dead_letter_bytes(letter: DeadLetter) -> bytes:
    observed_at = timestamp_text(letter.observed_at) if letter.observed_at else None
    return orjson.dumps(
        {
            "reason": letter.reason,
            "line": letter.line,
            "head": base64.b64encode(letter.head).decode("ascii"),
            "length": letter.length,
            "sha256": letter.sha256,
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "observed_at": observed_at,
            "page": letter.page,
        }
    )


def whole_page_dead(page: Page, reason: str) -> DeadLetter:
    """A dead letter for all of a message."""
    return DeadLetter(
        reason=reason,
        line=0,
        head=page.body[:HEAD_BYTES],
        length=len(page.body),
        sha256=hashlib.sha256(page.body).hexdigest(),
        topic=page.topic,
        partition=page.partition,
        offset=page.offset,
        observed_at=page.observed_at,
        page=page.digest,
    )
