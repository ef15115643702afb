"""The service on one host: N workers and everything beside them, kept running until the stop, whatever happens to them.

A process that ends is started again, one that is frozen or stalled is killed and started again, and none is ever given
up. Which addresses Prometheus is to scrape stands in a file that it watches.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import orjson

from streams.errors import SettingsError
from streams.processes.children import Child, ChildProgram, running, service_program
from streams.processes.shutdown import stop_on_signals
from streams.settings import Settings

TARGETS_FILE = Path("prometheus") / "processes.json"  # in the data directory


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What runs. `settings_arguments` make the children read the same settings."""

    settings: Settings
    settings_arguments: Sequence[str]
    workers: int
    roles: Sequence[str]  # of writer, retro, pictures, web

    @property
    def targets(self) -> Path:
        return self.settings.data_dir / TARGETS_FILE

    def groups(self) -> list[list[ChildProgram]]:
        """In the order in which they start. They end in the reverse order, each group at once: first what people see,
        then all that send, and last the writer, which stores what those sent."""
        writer, *senders = (
            [self._program(role, role, 0)] if role in self.roles else [] for role in ("writer", "retro", "pictures")
        )
        alone = ("--no-writer", "--no-retro", "--no-pictures")
        workers = [self._program(f"worker-{n + 1}", "worker", n, *alone) for n in range(self.workers)]
        return [writer, [*chain(*senders), *workers], [self._program("web", "web", 0)] if "web" in self.roles else []]

    def _program(self, name: str, role: str, number: int, *options: str) -> ChildProgram:
        section = getattr(self.settings, role)
        port = section.health_port + number if section.health_port else 0
        return service_program(
            name, [*self.settings_arguments, role, *options], self._log(name), host=section.health_host, port=port
        )

    def _log(self, name: str) -> Path:
        return self.settings.data_dir / "logs" / f"{name}.log"


async def supervise(plan: RunPlan, say: Callable[[str], None]) -> None:
    """Until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: two processes are to answer on the same port.
    """
    groups = plan.groups()
    _refuse_shared_ports(list(chain(*groups)), plan.settings.web.port if "web" in plan.roles else 0)
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    children: list[list[Child]] = []

    def started() -> None:
        try:
            _write_targets(plan.targets, list(chain(*children)))
        except OSError as error:  # a full disk must not end what runs
            say(f"{plan.targets} cannot be written ({error.strerror}): Prometheus is not told what to scrape")

    children += [
        [Child(program, time.monotonic, say, plan.settings.watch, started) for program in group] for group in groups
    ]
    stopping = asyncio.ensure_future(stop.wait())
    try:
        async with running(children) as tasks:
            done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        stopping.cancel()
        plan.targets.unlink(missing_ok=True)
        undo()


def _refuse_shared_ports(programs: Sequence[ChildProgram], floor: int) -> None:
    """As in a file for containers, which have a network each: all but one would be started again for ever. `floor` is
    the watch floor's."""
    owners = {floor: "the watch floor"}
    for program in programs:
        owner = owners.setdefault(program.port, program.name)
        if program.port and owner != program.name:
            raise SettingsError(
                f"port {program.port} is given to {owner} and to {program.name}: set [writer], [worker], [retro], "
                "[pictures] or [web] health_port, or [web] port, to another, or to 0 for any free one (the Nth worker "
                "takes the Nth port from its own on)"
            )


def _write_targets(file: Path, children: Sequence[Child]) -> None:
    """For Prometheus' `file_sd_configs`: replaced as a whole, and read again by itself."""
    file.parent.mkdir(parents=True, exist_ok=True)
    addresses = [f"{_in_url(child.program.host)}:{child.port}" for child in children if child.port]
    draft = file.with_suffix(".new")
    draft.write_bytes(orjson.dumps([{"targets": addresses}]))
    draft.replace(file)


def _in_url(host: str) -> str:
    """An IPv6 address stands in brackets, so that its colons are not taken for the port's."""
    return f"[{host}]" if ":" in host else host
