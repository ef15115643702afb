"""Sending: what is acknowledged is kept, whole, in order, and with a moment."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from streams.broker.batches import MOST_BATCH_BYTES, Message
from streams.broker.producer import Sender, Sent
from streams.broker.topics import client_options
from streams.errors import BrokerError
from tests.broker.brokers import Broker, places_of, read, read_to_end, reader_of

pytestmark = pytest.mark.asyncio
FRAMING_BYTES = 72  # around one value without a key of about a million bytes: a batch's head of 61, a record's of 11
HOUR_MS = 3_600_000


async def test_the_largest_message_that_fits_is_taken_and_comes_back_whole(ready: Broker) -> None:
    async with Sender(ready.kafka) as sender:
        room = next(size for size in range(1_000_000, 0, -1) if sender.fits(Message("", b"key", bytes(size))))
        body = bytes(range(256)) * (room // 256) + b"." * (room % 256)
        await sender.send(Message(ready.topics.screened, b"key", body))
    assert room > 999_000
    async with reader_of(ready, ready.topics.screened) as reader:
        (record,) = await read(reader, 1)
    assert record.value == body


async def test_one_byte_over_the_topics_limit_is_refused_by_kafka_and_by_our_own_sender(ready: Broker) -> None:
    topic, largest = ready.topics.screened, ready.kafka.max_message_bytes - FRAMING_BYTES
    async with AIOKafkaProducer(
        **client_options(ready.kafka), acks="all", max_request_size=2_000_000, max_batch_size=2_000_000
    ) as generous:
        await generous.send_and_wait(topic, bytes(largest))
        if ready.differs.refuses_large:
            with pytest.raises(MessageSizeTooLargeError):
                await generous.send_and_wait(topic, bytes(largest + 1))
        else:
            await generous.send_and_wait(topic, bytes(largest + 1))
    async with Sender(ready.kafka) as sender:
        assert not sender.fits(Message(topic, None, bytes(largest + 1)))
        with pytest.raises(BrokerError, match="not acknowledged"):
            await sender.send(Message(topic, None, bytes(ready.kafka.max_message_bytes + 1)))


async def test_messages_of_one_key_keep_the_order_in_which_they_were_sent(ready: Broker) -> None:
    wanted = [b"%d" % number for number in range(3_000)]
    async with Sender(ready.kafka) as sender:
        halves = (wanted[:1_500], wanted[1_500:])
        await asyncio.gather(
            *(sender.send_all([Message(ready.topics.watchlist, b"k", value) for value in half]) for half in halves)
        )
    async with reader_of(ready, ready.topics.watchlist) as reader:
        assert [record.value for record in await read(reader, 3_000)] == wanted


async def test_what_is_acknowledged_ends_where_the_sender_says(ready: Broker) -> None:
    topic = ready.topics.alerts
    async with Sender(ready.kafka) as sender:
        sent = await sender.send_all([Message(topic, b"%d" % number, b"x") for number in range(200)])
    assert sent.unsent == []
    assert sum(sent.ends.values()) == 200
    async with reader_of(ready, topic, 4) as reader:
        assert len(await read(reader, 200)) == 200
        assert {place: reader.highwater(place) for place in places_of(topic, 4)} == sent.ends


async def test_what_one_batch_cannot_hold_goes_in_several_and_keeps_its_order(ready: Broker) -> None:
    topic, sizes = ready.topics.watchlist, [1, MOST_BATCH_BYTES, 1, 100_000, 100_000, 100_000, 1]
    wanted = [bytes([number]) * size for number, size in enumerate(sizes)]
    async with Sender(ready.kafka) as sender:
        sent = await sender.send_all([Message(topic, b"k", value) for value in wanted])
    assert sent.unsent == []
    assert sent.ends == {TopicPartition(topic, 0): len(wanted)}
    async with reader_of(ready, topic) as reader:
        assert [record.value for record in await read(reader, len(wanted))] == wanted


async def test_of_what_is_sent_together_only_what_is_too_large_for_the_broker_is_left(ready: Broker) -> None:
    small, large = Message(ready.topics.alerts, b"a", b"x"), Message(ready.topics.screened, b"b", bytes(2_000_000))
    async with Sender(ready.kafka) as sender:
        sent = await sender.send_all([large, small])
    assert sent.unsent == [large]
    assert sent.reason == f"larger than the {ready.kafka.max_message_bytes} bytes that the broker takes"
    assert [(place.topic, end) for place, end in sent.ends.items()] == [(small.topic, 1)]


async def test_nothing_to_send_is_sent_at_once(ready: Broker) -> None:
    async with Sender(ready.kafka) as sender:
        assert await sender.send_all([]) == Sent([], {})


async def test_a_key_leads_to_one_partition_however_it_is_sent(ready: Broker) -> None:
    keys = [b"%d" % number for number in range(20)]
    async with Sender(ready.kafka) as sender:
        alone = {key: await sender.send(Message(ready.topics.alerts, key, b"x")) for key in keys}
        for key, place in alone.items():
            together = await sender.send_all(
                [Message(ready.topics.alerts, key, b"y"), Message(place.topic, None, b"z")]
            )
            assert place.topic_partition in together.ends
            assert {found.partition for found in together.ends} <= set(range(4))


async def test_the_end_that_a_broker_names_may_be_too_low_but_ours_is_not(ready: Broker) -> None:
    place = TopicPartition(ready.topics.screened, 0)
    async with reader_of(ready, place.topic) as reader:
        assert await reader.end_offsets([place]) == {place: 0}  # the publisher's sign of an empty log
        async with Sender(ready.kafka) as sender:
            await sender.send_all([Message(place.topic, b"k", b"x")] * 100)
        named = (await reader.end_offsets([place]))[place]
        assert (named == 100) is ready.differs.says_ends
        assert 0 < named <= 100
        assert len(await read_to_end(reader, place)) == 100


async def test_a_page_is_observed_by_the_brokers_clock_whatever_the_senders_says(ready: Broker) -> None:
    now_ms = time.time_ns() // 1_000_000
    wrong = [now_ms - 10 * 24 * HOUR_MS, now_ms + 2 * HOUR_MS]
    async with AIOKafkaProducer(**client_options(ready.kafka), acks="all") as producer:
        for timestamp_ms in wrong:
            await producer.send_and_wait(ready.topics.listings, b"x", partition=0, timestamp_ms=timestamp_ms)
    async with reader_of(ready, ready.topics.listings) as reader:
        seen = [record.timestamp for record in await read(reader, 2)]
    if ready.differs.stamps:
        assert all(abs(timestamp - now_ms) < HOUR_MS for timestamp in seen)
    else:
        assert seen == wrong
