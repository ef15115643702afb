"""Pages that wait are a stall only once somebody may look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError
from prometheus_client import CollectorRegistry

from streams.metrics import WorkerMetrics
from streams.processes.watchdog import Watchdog
from streams.watchlist_log.follower import FollowerState
from streams.worker import pulse as pulse_module
from streams.worker.lag import Lag
from streams.worker.pulse import Pulse
from streams.worker.screener import Progress

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


class Enough(Exception):
    """Some minutes have gone by."""


class Minutes:
    """The clock, and the live stream: a quarter of a minute goes by from beat to beat."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def beat(self, *_: object) -> None:
        self.now += 15
        if self.now > 120:
            raise Enough


class Waiting:
    async def measure(self) -> Lag:
        return Lag(pages=5, partitions=1)


class Follower:
    def report(self) -> None: ...

    def state(self) -> FollowerState:
        return FollowerState(loaded=True, revision=1, rights=1, age_seconds=0.0, behind_entries=0)


@pytest.mark.asyncio
@pytest.mark.parametrize(("is_prepared", "stalled"), [(False, None), (True, "pages that wait: no progress for 135 s")])
async def test_pages_that_wait_for_the_kernels_are_no_stall(
    monkeypatch: pytest.MonkeyPatch, is_prepared: bool, stalled: str | None
) -> None:
    monkeypatch.setattr(pulse_module, "INTERVAL_SECONDS", 0.001)
    minutes: Any = Minutes()
    watchdog = Watchdog(60.0, end=lambda code: None, monotonic=minutes)
    parts: dict[str, Any] = {"live": minutes, "probe": Waiting(), "follower": Follower()}
    pulse = Pulse(
        **parts,
        worker_id="w",
        progress=Progress(),
        metrics=WorkerMetrics(CollectorRegistry()),
        watchdog=watchdog,
        clock=lambda: NOW,
        is_prepared=lambda: is_prepared,
    )
    with pytest.raises(Enough):
        await pulse.run()
    assert watchdog.verdict() == stalled


class Unreadable:
    """As a consumer whose partition was taken away between two questions."""

    async def measure(self) -> Lag:
        raise IllegalStateError("no partition")


@pytest.mark.asyncio
async def test_a_lag_that_cannot_be_read_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pulse_module, "INTERVAL_SECONDS", 0.001)
    registry = CollectorRegistry()
    minutes: Any = Minutes()
    watchdog = Watchdog(60.0, end=lambda code: None, monotonic=minutes)
    parts: dict[str, Any] = {"live": minutes, "probe": Unreadable(), "follower": Follower()}
    with pytest.raises(Enough):
        await Pulse(
            **parts,
            worker_id="w",
            progress=Progress(),
            metrics=WorkerMetrics(registry),
            watchdog=watchdog,
            clock=lambda: NOW,
        ).run()
    assert registry.get_sample_value("rightswatch_retries_total", {"stage": "lag"}) == 9
    assert caplog.text.count("cannot be read") == 1
    assert watchdog.verdict() is None
