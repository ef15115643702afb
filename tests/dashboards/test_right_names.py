"""Names come with the alerts, and the alerts never wait long for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from dashboards.readers import ReaderPool
from dashboards.right_names import RightNames

ALERTS = [{"right_id": "R1"}]


class Rights:
    """A database that may hang."""

    def __init__(self) -> None:
        self.title = "first"
        self.answers = threading.Event()
        self.answers.set()

    def get(self, right_id: str) -> dict[str, Any] | None:
        assert self.answers.wait(10)
        return {"title": self.title, "marks": [right_id]}

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not asked for here")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    def no_reader() -> Any:
        raise AssertionError("ClickHouse is not asked for names")

    one = ReaderPool(no_reader, threads=1, timeout_seconds=5.0)
    yield one
    await one.close()


async def title(names: RightNames, patience: float | None = None) -> str | None:
    found = await names.of(ALERTS, patience)
    return found["R1"]["title"] if found else None


async def until_title(names: RightNames, wanted: str) -> None:
    async with asyncio.timeout(5):
        while await title(names, 0.0) != wanted:  # noqa: ASYNC110 - a thread brings it
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_a_name_of_a_moment_ago_is_used_while_it_is_looked_up_again(pool: ReaderPool) -> None:
    rights, clock = Rights(), Clock()
    names = RightNames(rights, pool, clock)
    assert await title(names) == "first"
    rights.title = "second"
    clock.now += timedelta(seconds=11)
    rights.answers.clear()
    assert await title(names) == "first"
    rights.answers.set()
    await until_title(names, "second")


@pytest.mark.asyncio
async def test_an_old_name_is_waited_for(pool: ReaderPool) -> None:
    rights, clock = Rights(), Clock()
    names = RightNames(rights, pool, clock)
    await names.of(ALERTS)
    rights.title = "second"
    clock.now += timedelta(seconds=61)
    assert await title(names) == "second"


@pytest.mark.asyncio
async def test_alerts_go_without_a_name_where_the_database_hangs_and_have_it_once_it_is_back(pool: ReaderPool) -> None:
    rights = Rights()
    names = RightNames(rights, pool, Clock())
    rights.answers.clear()
    assert await title(names, 0.05) is None
    rights.answers.set()
    await until_title(names, "first")
