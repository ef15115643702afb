"""Sending to the broker so that what is acknowledged is kept: acks=all, awaited, nothing sent twice on a retry."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, KafkaTimeoutError

from streams.broker.access import why_refused
from streams.broker.batches import MOST_BATCH_BYTES, Message, by_partition, send_in_batches
from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerAway, BrokerError

REQUEST_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending messages: those not acknowledged, and where the others came to stand."""

    unsent: list[Message]
    ends: dict[TopicPartition, int]  # behind the last acknowledged message of each partition
    reason: str = ""  # why the first of the unsent is that


class Sender:
    """An aiokafka producer whose `send_all` returns when every message is acknowledged."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        options = client_options(self._kafka)
        self._producer = AIOKafkaProducer(
            **options,
            acks="all",
            max_request_size=self._kafka.max_message_bytes,
            max_batch_size=MOST_BATCH_BYTES,
            request_timeout_ms=REQUEST_TIMEOUT_SECONDS * 1000,
        )
        try:
            await self._producer.start()
        except KafkaError as error:
            await self._producer.stop()
            reason = await why_refused(self._kafka, options)
            raise BrokerError(
                f"cannot reach the broker at {self._kafka.bootstrap} ({error}): "
                f"{reason or 'is it up, and does [kafka] bootstrap in the settings name it?'}"
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._producer is not None:
            await self._producer.stop()

    def fits(self, message: Message) -> bool:
        """Whether the broker would take it; the margin is for the record's framing."""
        return len(message.key or b"") + len(message.value) + 512 <= self._kafka.max_message_bytes

    async def send_all(self, messages: Sequence[Message]) -> Sent:
        """Send them; what was not acknowledged may be sent again. Never raises KafkaError."""
        unsent = [message for message in messages if not self.fits(message)]
        fitting = [message for message in messages if self.fits(message)] if unsent else messages
        reasons = [f"larger than the {self._kafka.max_message_bytes} bytes that the broker takes"] if unsent else []
        groups, unplaced = await by_partition(self._started, fitting)
        for error, group in unplaced:
            unsent += group
            reasons.append(_described(error))
        ends: dict[TopicPartition, int] = {}
        outgoing = (send_in_batches(self._started, place, group) for place, group in groups.items())
        for place, sent in zip(groups, await asyncio.gather(*outgoing), strict=True):
            unsent += sent.unsent
            reasons += [_described(error) for error in sent.errors]
            if sent.end:
                ends[place] = sent.end
        return Sent(unsent, ends, next(iter(reasons), ""))

    async def send(self, message: Message) -> Any:
        """Send one and await its acknowledgement; returns aiokafka's RecordMetadata.

        Raises:
            BrokerAway: it was not acknowledged in time, and may be sent again.
            BrokerError: it is refused.
        """
        try:
            return await self._send(message)
        except KafkaError as error:
            kind = BrokerAway if error.retriable or isinstance(error, KafkaTimeoutError) else BrokerError
            raise kind(f"topic {message.topic}: not acknowledged ({type(error).__name__}: {error})") from error

    async def _send(self, message: Message) -> Any:
        return await self._started.send_and_wait(
            message.topic, message.value, key=message.key, partition=message.partition
        )

    @property
    def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise RuntimeError("a Sender works inside `async with`")
        return self._producer


def _described(error: KafkaError) -> str:
    return f"{type(error).__name__}: {error}"
