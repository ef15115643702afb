"""What our transport changes of Faust's."""

from __future__ import annotations

from typing import Any

import pytest
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from streams.worker.faust_transport import PatientThread


def test_a_position_that_is_not_known_yet_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen when Kafka came back from a full disk: Faust's look for stalls asked for it."""
    asked = []

    def unknown(_thread: Any, _now: float, partition: Any) -> None:
        asked.append(partition)
        raise AssertionError

    monkeypatch.setattr(AIOKafkaConsumerThread, "verify_event_path", unknown)
    PatientThread.verify_event_path(PatientThread.__new__(PatientThread), 0.0, "listings/0")
    assert asked == ["listings/0"]
