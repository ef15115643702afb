"""Faust's aiokafka transport with a fetch wait of our own.

Why: Faust fixes it at 1.5 s, and the embedded broker answers an empty fetch only after the whole wait, even when data
came meanwhile; measured: up to 1.5 s from the listing to its screening. A real broker answers at once.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport


class PatientThread(AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust comes without types
    """Faust's own look for stalls asserts that a position is known: not yet, behind a broker that was away."""

    def verify_event_path(self, now: float, tp: Any) -> None:
        with suppress(AssertionError):
            super().verify_event_path(now, tp)


def prompt_transport(app: faust.App, fetch_wait_seconds: float) -> Any:
    """A transport for `app.transport`."""

    class Thread(PatientThread):
        def _create_worker_consumer(self, transport: Any) -> Any:
            consumer = super()._create_worker_consumer(transport)
            consumer._fetch_max_wait_ms = round(fetch_wait_seconds * 1000)  # noqa: SLF001 - read at its start
            return consumer

    class PromptConsumer(Consumer):  # type: ignore[misc]
        def _new_consumer_thread(self) -> Any:
            return Thread(self, loop=self.loop, beacon=self.beacon)

    class PromptTransport(Transport):  # type: ignore[misc]
        pass

    PromptTransport.Consumer = PromptConsumer
    return PromptTransport(app.conf.broker_consumer, app, loop=app.loop)


def aiokafka_consumer(app: faust.App) -> Any | None:
    """The aiokafka consumer inside Faust's: read its assignment, positions and high-water marks, nothing else."""
    consumer = app.consumer
    thread = getattr(consumer, "_thread", None)
    return getattr(thread, "_consumer", None)
