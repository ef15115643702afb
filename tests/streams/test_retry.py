from __future__ import annotations

import itertools
import logging

import pytest

from sinks.errors import StoreNotReady
from streams.broker.retry import Retry


class Away(Exception):
    pass


class Flaky:
    """Fails so many times."""

    def __init__(self, failures: int, error: type[Exception] = Away) -> None:
        self.failures = failures
        self.error = error
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "done"


@pytest.mark.asyncio
async def test_it_waits_until_the_action_passes() -> None:
    counted: list[int] = []
    flaky = Flaky(3)
    retry = Retry(what="x", errors=(Away,), max_pause_seconds=0.01, on_failure=lambda: counted.append(1))
    assert await retry.run(flaky) == "done"
    assert len(counted) == 3


@pytest.mark.asyncio
async def test_it_gives_up_when_told() -> None:
    flaky = Flaky(9)
    with pytest.raises(Away):
        await Retry(what="x", errors=(Away,), max_pause_seconds=0.01, give_up=lambda: flaky.calls == 2).run(flaky)
    assert flaky.calls == 2


@pytest.mark.asyncio
async def test_another_error_is_not_its_business() -> None:
    flaky = Flaky(1)
    with pytest.raises(Away):
        await Retry(what="x", errors=(OSError,), max_pause_seconds=0.01).run(flaky)


@pytest.mark.asyncio
async def test_what_fails_for_long_is_said_again_each_minute(caplog: pytest.LogCaptureFixture) -> None:
    seconds = itertools.count(0, 20)
    retry = Retry(what="sending", errors=(Away,), max_pause_seconds=0.001, monotonic=lambda: next(seconds))
    with caplog.at_level(logging.WARNING):
        await retry.run(Flaky(7))
    said = [record.getMessage().split(" (")[0] for record in caplog.records]
    assert said == [
        "sending failed",
        "sending has failed for 60 s, 3 times",
        "sending has failed for 120 s, 6 times",
        "sending works again after 7 failures",
    ]


@pytest.mark.asyncio
async def test_tables_that_are_not_made_yet_are_waited_for_in_one_quiet_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await Retry(what="collecting", errors=(StoreNotReady,), max_pause_seconds=0.001).run(Flaky(5, StoreNotReady))
    assert [(record.levelname, record.getMessage().split(" (")[0]) for record in caplog.records] == [
        ("INFO", "collecting waits for the tables to be made")
    ]


@pytest.mark.asyncio
async def test_tables_that_nobody_makes_are_an_alarm_after_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    seconds = itertools.count(0, 20)
    retry = Retry(what="collecting", errors=(StoreNotReady,), max_pause_seconds=0.001, monotonic=lambda: next(seconds))
    with caplog.at_level(logging.WARNING):
        await retry.run(Flaky(4, StoreNotReady))
    said = [record.getMessage().split(" (")[0] for record in caplog.records]
    assert said == ["collecting has failed for 60 s, 3 times", "collecting works again after 4 failures"]


@pytest.mark.asyncio
async def test_what_fails_while_the_tables_are_waited_for_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    errors = iter([StoreNotReady, Away, StoreNotReady])

    async def action() -> None:
        for error in errors:
            raise error

    with caplog.at_level(logging.WARNING):
        await Retry(what="collecting", errors=(StoreNotReady, Away), max_pause_seconds=0.001).run(action)
    said = [record.getMessage().split(" (")[0] for record in caplog.records]
    assert said == ["collecting failed", "collecting works again after 3 failures"]
