"""Child processes: kept running, given up with a clear word, ended with their parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.processes import children
from streams.processes.children import Child, ChildFailed, ChildProgram
from tests.e2e.service import PROJECT, processes_on, wait_for


def program(tmp_path: Path, *arguments: str) -> ChildProgram:
    return ChildProgram("child", ["--data-dir", str(tmp_path), *arguments], tmp_path / "logs" / "child.log")


def test_a_child_that_cannot_start_is_given_up_and_its_last_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_SECONDS", 0.01)
    said: list[str] = []
    child = Child(program(tmp_path, "nonsense"), time.monotonic, said.append)
    with pytest.raises(ChildFailed, match=r"(?s)the child ended 3 times.*exit code 2.*No such command 'nonsense'"):
        asyncio.run(child.keep_running())
    assert len(said) == 2


def test_a_child_that_ends_well_is_not_started_again(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "--version"), time.monotonic, lambda line: None)
    asyncio.run(child.keep_running())
    assert (tmp_path / "logs" / "child.log").read_text().count("rightswatch, version") == 1


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    web = ["--data-dir", str(tmp_path), "web", "--port", "0"]
    parent = (
        "import asyncio, time; from pathlib import Path; from streams.processes.children import Child, ChildProgram;"
        f"program = ChildProgram('web', {web!r}, Path({str(tmp_path / 'log')!r}));"
        "asyncio.run(Child(program, time.monotonic, print).keep_running())"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=PROJECT)
    wait_for(lambda: "watch floor:" in text(tmp_path / "log"), "the child is up")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not processes_on(tmp_path), "no process left", 20)


def text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
