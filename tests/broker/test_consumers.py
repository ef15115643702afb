"""Who may end a task that works with clients of the broker."""

from __future__ import annotations

import asyncio

import pytest

from streams.broker.consumers import ClientBrokeOff, own_cancellations_are_faults

pytestmark = pytest.mark.asyncio


async def wait_for_ever() -> None:
    with own_cancellations_are_faults():
        await asyncio.Event().wait()


async def test_a_cancellation_that_nobody_asked_for_is_a_fault_of_the_client() -> None:
    """A TaskGroup would take it for the task's ordinary end."""
    with pytest.raises(ClientBrokeOff), own_cancellations_are_faults():
        raise asyncio.CancelledError


async def test_a_task_that_is_cancelled_ends() -> None:
    task = asyncio.create_task(wait_for_ever())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_time_limit_around_it_is_kept() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await wait_for_ever()
