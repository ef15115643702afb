"""Stopping consumers, and a client's own cancellations, which nobody else may take for theirs.

aiokafka cancels tasks of its own and awaits them, so `stop` may raise CancelledError though nobody cancelled anything
(its issues 647 and 983): while the broker is away, nearly always. A task that ends so has ended in the ordinary way for
a TaskGroup: nothing is logged, nothing begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError


class ClientBrokeOff(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """A client of the broker cancelled what it was asked to do: a fault like any other of the broker's."""


async def stop_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and close every connection, also where `consumer.stop` breaks off. One that never started may
    be stopped too."""
    stopping = asyncio.ensure_future(consumer.stop())
    try:
        await asyncio.wait([stopping])
    finally:
        stopping.cancel()
    if stopping.cancelled():
        await _let_go(consumer)
    else:
        stopping.result()


async def _let_go(consumer: AIOKafkaConsumer) -> None:
    """What `stop` leaves behind where it breaks off: fetches, and connections, for ever."""
    if (fetcher := consumer._fetcher) is not None:  # noqa: SLF001
        fetching = {fetcher._fetch_task, *fetcher._pending_tasks}  # noqa: SLF001
        for task in fetching:
            task.cancel()
        await asyncio.wait(fetching)
    await consumer._client.close()  # noqa: SLF001


@asynccontextmanager
async def started(consumer: AIOKafkaConsumer) -> AsyncIterator[AIOKafkaConsumer]:
    """The consumer, started, and stopped after the block. Raises KafkaError, OSError: the broker is away."""
    try:
        await consumer.start()
        yield consumer
    finally:
        await stop_consumer(consumer)


@contextmanager
def own_cancellations_are_faults() -> Iterator[None]:
    """Around what a task does with clients of the broker, so that only who cancels the task ends it.

    Raises:
        ClientBrokeOff: something in the block was cancelled, and not by whoever runs this task.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise ClientBrokeOff("the client broke off by itself") from error
