"""A process may open as many files as its settings ask for, or says that it may not."""

from __future__ import annotations

import logging
import resource
from collections.abc import Iterator

import pytest

from streams.processes.open_files import allow_open_files


@pytest.fixture
def hard() -> Iterator[int]:
    """A low soft limit meanwhile; the hard one."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def soft_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_the_usual_limit_is_raised_to_what_is_asked_for(hard: int) -> None:
    allow_open_files(700, "[web] max_live_clients")
    assert soft_limit() == 700


def test_a_higher_limit_is_left_alone(hard: int) -> None:
    allow_open_files(100, "[web] max_live_clients")
    assert soft_limit() == 512


def test_what_the_system_does_not_allow_is_said(hard: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        allow_open_files(hard + 1, "[web] max_live_clients")
    assert soft_limit() == hard
    assert "[web] max_live_clients needs" in caplog.text
