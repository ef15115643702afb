"""The watchlist's log: read from its start without a group, never expired, compacted; and what retention does."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.records import read_record
from tests.broker.brokers import Broker, admin_of, member_of, read, read_to_end, reader_of

pytestmark = pytest.mark.asyncio
# A segment is closed when a record comes that is so much younger than its first; only closed ones are cleaned.
SMALL = {"segment.ms": "100", "min.cleanable.dirty.ratio": "0.01", "file.delete.delay.ms": "100"}
COMPACTED = {**SMALL, "cleanup.policy": "compact", "retention.ms": "-1"}
EXPIRING = {**SMALL, "retention.ms": "500"}
TRIES = 60


async def make_topic(broker: Broker, admin: AIOKafkaAdminClient, configs: dict[str, str]) -> TopicPartition:
    name = f"{broker.kafka.topic_prefix}small"
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs=configs)])
    return TopicPartition(name, 0)


async def entries_of(broker: Broker, log: TopicPartition) -> list[tuple[bytes, bytes]]:
    async with reader_of(broker, log.topic) as reader:
        return [(record.key, record.value) for record in await read_to_end(reader, log)]


async def test_every_reader_without_a_group_reads_all_of_the_log(ready: Broker) -> None:
    entries = [(b"%d" % number, b"e" * 100) for number in range(500)]
    async with Sender(ready.kafka) as sender:
        await sender.send_all([Message(ready.topics.watchlist, *entry, 0) for entry in entries])
    log = TopicPartition(ready.topics.watchlist, 0)
    first, second = await asyncio.gather(entries_of(ready, log), entries_of(ready, log))
    assert first == second == entries


async def test_compaction_keeps_the_newest_entry_of_each_key(broker: Broker) -> None:
    async with admin_of(broker) as admin, Sender(broker.kafka) as sender:
        log = await make_topic(broker, admin, COMPACTED)
        for version in range(5):
            entries = [(b"%d" % right, b"version %d" % version) for right in range(10)]
            await sender.send_all([Message(log.topic, *entry, 0) for entry in entries])
            await asyncio.sleep(0.15)
        await sender.send(Message(log.topic, b"checkpoint", b"c", 0))
        kept = await shrunk(broker, log, 11) if broker.differs.compacts else await entries_of(broker, log)
    assert dict(kept) == {**dict(entries), b"checkpoint": b"c"}
    assert kept[-1] == (b"checkpoint", b"c")
    assert (len(kept) == 11) is broker.differs.compacts


async def shrunk(broker: Broker, log: TopicPartition, length: int) -> list[tuple[bytes, bytes]]:
    """What is kept once it is no more than so much. More is sent now and then, since only closed segments count."""
    for _ in range(TRIES):
        kept = await entries_of(broker, log)
        if len(kept) <= length:
            break
        await asyncio.sleep(0.5)
    return kept


async def test_a_group_whose_next_record_has_expired_goes_on_at_the_oldest_that_is_left(broker: Broker) -> None:
    async with admin_of(broker) as admin, Sender(broker.kafka) as sender:
        log = await make_topic(broker, admin, EXPIRING)
        await sender.send_all([Message(log.topic, None, b"old", 0)] * 10)
        async with member_of(broker, log.topic, "g") as member:
            await read(member, 10)
            await member.commit({log: 3})
        async with reader_of(broker, log.topic) as reader:
            for _ in range(TRIES if broker.differs.expires else 2):
                if (await reader.beginning_offsets([log]))[log] == 10:
                    break
                await asyncio.sleep(0.5)
        await sender.send(Message(log.topic, None, b"new", 0))
        async with member_of(broker, log.topic, "g") as member:
            offsets = [record.offset for record in await read(member, 1 if broker.differs.expires else 8)]
    assert offsets == ([10] if broker.differs.expires else [3, 4, 5, 6, 7, 8, 9, 10])


async def test_one_record_is_read_by_its_place_and_none_where_the_log_does_not_reach(
    ready: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a dead letter is sent again from when nothing else has all of it."""
    body = b"p" * 800_000
    async with Sender(ready.kafka) as sender:
        for value in (b"first", body, b"last"):
            sent = await sender.send(Message(ready.topics.dead, None, value))
    assert await read_record(ready.kafka, ready.topics.dead, 0, sent.offset - 1) == body
    assert await read_record(ready.kafka, ready.topics.dead, -1, 0) is None
    monkeypatch.setattr("streams.broker.records.PATIENCE_SECONDS", 1.0)
    assert await read_record(ready.kafka, ready.topics.dead, 0, sent.offset + 100) is None
