"""Names of a test's own on the session's servers, and processes of ours to run against them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.embedded import Endpoints
from tests.streams.world import Process, StartProcess, World, world_on

PROGRAM = Path(__file__).with_name("run_process.py")


@pytest.fixture
def world(stack: Endpoints, tmp_path: Path) -> World:
    return world_on(stack, tmp_path)


@pytest.fixture
def start(world: World, tmp_path: Path) -> Iterator[StartProcess]:
    """Starts a process and waits for its health address; ends all of them afterwards."""
    running: list[Process] = []

    def begin(role: str, **environ: str) -> Process:
        log = tmp_path / f"{role}-{len(running)}.log"
        with log.open("w") as stderr:
            popen = subprocess.Popen(
                [sys.executable, str(PROGRAM), role],
                env={**os.environ, **world.environ, **environ},  # noqa: TID251 - the child needs its PATH
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        assert popen.stdout is not None
        process = Process(popen, popen.stdout.readline().strip(), log)
        running.append(process)
        assert process.url, log.read_text()
        return process

    yield begin
    for process in running:
        process.end()
