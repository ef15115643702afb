"""A page on its way to the broker: waited for while the broker is away, given up when it is refused."""

from __future__ import annotations

import pytest

from streams.broker import retry
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerAway, BrokerError
from streams.feeds.base import FeedPage
from streams.feeds.publisher import PagePublisher

PAGE = FeedPage(b'{"title":"shoes"}', 1, {})


class Broker(Sender):
    """Answers with these errors, one after the other, and then takes what comes."""

    def __init__(self, *errors: BrokerError) -> None:
        super().__init__(KafkaSettings(bootstrap="127.0.0.1:1"))
        self.errors = list(errors)
        self.taken: list[Message] = []

    async def send(self, message: Message) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(message)


@pytest.mark.asyncio
async def test_a_broker_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_SECONDS", 0.001)
    broker = Broker(BrokerAway("no answer"), BrokerAway("no answer"))
    await (await PagePublisher(broker, "listings").send(PAGE))
    assert [message.value for message in broker.taken] == [PAGE.body]


@pytest.mark.asyncio
async def test_a_page_that_is_refused_ends_the_feed() -> None:
    with pytest.raises(BrokerError, match="too large"):
        await (await PagePublisher(Broker(BrokerError("too large")), "listings").send(PAGE))
