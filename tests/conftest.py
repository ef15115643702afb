"""Fixtures that every area may use."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from streams.embedded import Endpoints, attach


def pytest_configure() -> None:
    """A shell that starts the tests in the background has Ctrl-C ignored, and what they start would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A running ClickHouse, Redis and Kafka of this test session's own; use names of your own in them."""
    with attach(tmp_path_factory.mktemp("stack")) as attachment:
        yield attachment.endpoints
