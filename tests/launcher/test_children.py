"""Child processes: kept running, given up with a clear word, ended with their parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.configuration.sections import WorkerSettings, WriterSettings
from streams.errors import SettingsError
from streams.processes import children
from streams.processes.children import Child, ChildFailed, ChildProgram, stop_in_order
from streams.settings import Settings
from streams.supervisor import RunPlan, _write_targets, supervise
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


def test_a_child_that_cannot_be_started_at_all_is_started_once_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_SECONDS", 0.01)
    logs = tmp_path / "logs"
    logs.touch()  # where its log is to stand; as little use as a full disk

    def say(line: str) -> None:
        said.append(line)
        logs.unlink(missing_ok=True)

    said: list[str] = []
    asyncio.run(Child(program(tmp_path, "--version"), time.monotonic, say).keep_running())
    assert "cannot be started" in said[0]
    assert "rightswatch, version" in text(logs / "child.log")


def test_a_supervisor_goes_on_when_it_cannot_write_what_is_to_be_scraped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunPlan, "groups", lambda self: [[program(tmp_path, "--version")]])
    plan = RunPlan(settings=Settings(data_dir=tmp_path), settings_arguments=(), workers=1, roles=())
    plan.targets.with_suffix(".new").mkdir(parents=True)
    said: list[str] = []
    asyncio.run(supervise(plan, said.append))
    assert [line for line in said if "cannot be written" in line]


def test_two_processes_on_one_port_are_refused_before_any_starts(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, worker=WorkerSettings(health_port=9100), writer=WriterSettings(health_port=9101)
    )
    plan = RunPlan(settings=settings, settings_arguments=(), workers=2, roles=["writer"])
    with pytest.raises(SettingsError, match="9101 is given to writer and to worker-2"):
        asyncio.run(supervise(plan, lambda line: None))


def test_an_ipv6_address_is_given_to_prometheus_in_brackets(tmp_path: Path) -> None:
    one = ChildProgram("web", [], tmp_path / "log", is_service=True, port=8600, host="::1")
    _write_targets(tmp_path / "targets.json", [Child(one, time.monotonic, lambda line: None)])
    assert json.loads((tmp_path / "targets.json").read_text()) == [{"targets": ["[::1]:8600"]}]


class Stopping(Child):
    """One that takes so long to end, if it is given as much."""

    def __init__(self, name: str, seconds: float, log: list[str]) -> None:
        super().__init__(ChildProgram(name, [], Path("log")), time.monotonic, log.append)
        self._seconds = seconds
        self._log = log

    async def stop(self, grace_seconds: float = 0.0) -> None:
        self._log.append(f"{self.program.name} asked")
        await asyncio.sleep(min(self._seconds, grace_seconds))
        self._log.append(f"{self.program.name} {'ended' if self._seconds <= grace_seconds else 'killed'}")


def test_what_runs_ends_in_groups_the_writer_last(tmp_path: Path) -> None:
    plan = RunPlan(
        settings=Settings(data_dir=tmp_path),
        settings_arguments=(),
        workers=2,
        roles=["writer", "retro", "pictures", "web"],
    )
    names = [[program.name for program in group] for group in reversed(plan.groups())]
    assert names == [["web"], ["retro", "pictures", "worker-1", "worker-2"], ["writer"]]


def test_a_group_ends_at_once_and_before_the_next_one_is_asked() -> None:
    log: list[str] = []
    groups = [[Stopping("web", 0.02, log)], [Stopping("worker-1", 0.04, log), Stopping("worker-2", 0.01, log)]]
    asyncio.run(stop_in_order([*groups, [Stopping("writer", 0.0, log)]], seconds=10, reserve=1))
    assert log == [
        *("web asked", "web ended"),
        *("worker-1 asked", "worker-2 asked", "worker-2 ended", "worker-1 ended"),
        *("writer asked", "writer ended"),
    ]


def test_all_groups_share_one_deadline_and_the_last_has_its_part_of_it() -> None:
    log: list[str] = []
    stuck = [[Stopping("web", 9.0, log)], [Stopping(f"worker-{n}", 9.0, log) for n in range(5)]]
    began = time.monotonic()
    asyncio.run(stop_in_order([*stuck, [Stopping("writer", 0.1, log)]], seconds=0.6, reserve=0.2))
    assert time.monotonic() - began < 0.9
    assert log.count("worker-4 killed") == 1
    assert log[-1] == "writer ended"


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
