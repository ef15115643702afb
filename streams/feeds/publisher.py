"""Puts pages on the topic `listings`, several in flight at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.retry import Retry
from streams.broker.topics import create_topics
from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerAway
from streams.feeds.base import FeedPage

LONGEST_PAUSE_SECONDS = 5.0


class PagePublisher:
    """Spreads pages evenly over the partitions, also those of a single platform, so that every worker has its share."""

    def __init__(self, sender: Sender, topic: str) -> None:
        self._sender = sender
        self._topic = topic

    async def send(self, page: FeedPage) -> asyncio.Future[Any]:
        """Start sending; the result is done when every in-sync replica has the page, however long the broker is away.

        Raises (the result): BrokerError when the broker refuses the page.
        """
        message = Message(self._topic, hashlib.blake2b(page.body, digest_size=8).digest(), page.body)
        retry = Retry(what="sending a page", errors=(BrokerAway,), max_pause_seconds=LONGEST_PAUSE_SECONDS)
        return asyncio.create_task(retry.run(lambda: self._sender.send(message)))


@asynccontextmanager
async def publish_to(kafka: KafkaSettings) -> AsyncIterator[PagePublisher]:
    """A publisher on a broker that has the topics.

    Raises:
        BrokerError: the broker does not answer, or has not the topics and refuses them.
    """
    topics = await create_topics(kafka)
    async with Sender(kafka) as sender:
        yield PagePublisher(sender, topics.listings)
