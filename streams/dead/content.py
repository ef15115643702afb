"""All of a dead letter's content, of which the table has the first 64 KiB, and the message that sends it again.

Pure functions; what the stores and the broker have is handed in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from detectors.decode import line_of
from detectors.errors import RightswatchError
from detectors.records import Page
from sinks.clickhouse.dead_letters import StoredLetter
from streams.broker.batches import Message
from streams.broker.topics import Topics

HEAD, PAGE, WHOLE_PAGE, TOPIC = "head", "page", "whole_page", "topic"
SOURCES = (HEAD, PAGE, WHOLE_PAGE, TOPIC)
"""Where a letter's content was found: its head, a line of its stored page, that page itself, its topic."""


class NotWhole(RightswatchError):
    """A letter's content cannot be had any more; the message says why."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What is sent again, and where it was found."""

    content: bytes
    source: str


def is_head_whole(letter: StoredLetter) -> bool:
    """Whether the head is all there was. Its digest tells, since a length may be a stranger's claim."""
    return len(letter.head) == letter.length and sha256(letter.head) == letter.sha256


def of_head(letter: StoredLetter) -> Whole | None:
    return Whole(letter.head, HEAD) if is_head_whole(letter) else None


def of_page(letter: StoredLetter, page: Page) -> Whole | None:
    """From the stored page that the letter came on; None where what is there is something else.

    A letter about some listings of a page, whose pictures could not be seen to, is sent again as the whole page: they
    are on it, and what the others lead to has the same ids again.
    """
    if letter.line:
        line = line_of(page, letter.line)
        return Whole(line, PAGE) if sha256(line) == letter.sha256 else None
    return Whole(page.body, PAGE if sha256(page.body) == letter.sha256 else WHOLE_PAGE)


def of_record(letter: StoredLetter, record: bytes) -> Whole | None:
    """From the message that still stands at the letter's place in its topic."""
    if letter.line:
        return of_page(letter, Page(record, letter.observed_at))
    return Whole(record, TOPIC) if sha256(record) == letter.sha256 else None


def why_not(letter: StoredLetter, page: Page | None) -> str:
    """Why the content cannot be had, once the head, the page and the topic did not have it."""
    kept = f"only the first {len(letter.head):,} of {letter.length:,} bytes are kept"
    if page is not None and letter.line:
        return f"{kept}: the feed cut the line before it sent the page, since no page can hold it"
    if page is not None:
        return f"{kept}: its page holds something else"
    return f"{kept}: its page is not in the store, and its topic does not have the message any more"


def message_of(letter: StoredLetter, content: bytes, topics: Topics) -> Message:
    """What sends it again: a line as a page of its own, a page or another topic's record as it was.

    Raises:
        NotWhole: it came from a topic that is not one of ours.
    """
    if letter.topic == topics.listings:
        # Behind a line feed no first two bytes of a line look like the mark of another encoding.
        body = b"\n" + content if letter.line else content
        return Message(topics.listings, hashlib.blake2b(body, digest_size=8).digest(), body)
    if letter.topic in (topics.alerts, topics.screened, topics.screenings, topics.dead, topics.pictures):
        return Message(letter.topic, letter.sha256.encode(), content)
    raise NotWhole(f"topic {letter.topic!r} is none of this service's: is [kafka] topic_prefix as it was?")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
