"""Fixtures that every area may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streams.embedded import Endpoints, attach


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A running ClickHouse, Redis and Kafka of this test session's own; use names of your own in them."""
    with attach(tmp_path_factory.mktemp("stack")) as attachment:
        yield attachment.endpoints
