"""The demo: starts workers, web server and feed as child processes, watches over them, and ends them in order."""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.errors import RightswatchError
from streams.embedded.ports import is_taken
from streams.processes.children import Child, ChildProgram, running
from streams.processes.shutdown import stop_on_signals

READY_SECONDS = 180.0  # a busy machine may take a while; a child that fails says so at once
ASK_INTERVAL_SECONDS = 0.2


class LaunchError(RightswatchError):
    """The demo cannot run; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the demo starts. `settings_arguments` make the children read the same settings."""

    data_dir: Path
    settings_arguments: Sequence[str]
    workers: int
    port: int
    rate: float
    listings: int | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def rate_file(self) -> Path:
        return self.data_dir / "feed-rate"

    def groups(self) -> list[list[ChildProgram]]:
        """In the order in which they start; they end in the reverse order, so that nothing is cut off in the middle."""
        alone = ["--no-writer", "--no-retro", "--no-pictures"]  # the first worker's serve all
        workers = [self._program(f"worker-{n}", "worker", *alone) for n in range(2, self.workers + 1)]
        limit = [] if self.listings is None else ["--listings", str(self.listings)]
        feed = ["feed", "demo", "--rate-file", str(self.rate_file.absolute()), "--wait", "120", *limit]
        web = self._program("web", "web", "--port", str(self.port))
        return [[self._program("worker-1", "worker")], workers, [web, self._program("feed", *feed)]]

    def _program(self, name: str, *arguments: str) -> ChildProgram:
        log = self.data_dir / "logs" / f"{name}.log"
        return ChildProgram(name, [*self.settings_arguments, *arguments], log)


def check_port(port: int) -> None:
    """Raises LaunchError when somebody listens there already, most likely another demo."""
    if is_taken(port):
        raise LaunchError(
            f"port {port} is taken, perhaps by another rightswatch demo: end that one, or choose with --port"
        )


async def launch(plan: Plan, say: Callable[[str], None], once_ready: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the plan until Ctrl-C or SIGTERM. `once_ready` is run when the watch floor answers, and cancelled at the end.

    Raises:
        LaunchError: the watch floor was not ready in time.
        ChildFailed: a child cannot be kept running.
    """
    plan.data_dir.mkdir(parents=True, exist_ok=True)
    plan.rate_file.write_text(f"{plan.rate:g}\n", "ascii")
    groups = [[Child(program, time.monotonic, say) for program in group] for group in plan.groups()]
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    try:
        async with running(groups) as tasks:
            await _watch(plan, stop, tasks, once_ready)
    finally:
        undo()


async def _watch(
    plan: Plan,
    stop: asyncio.Event,
    running: Sequence[asyncio.Task[None]],
    once_ready: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Return when `stop` is set; raise as soon as a child is given up or the watch floor does not become ready."""

    async def floor() -> None:
        await _wait_until_ready(plan.url + "readyz")
        await once_ready()

    stopping, showing = asyncio.ensure_future(stop.wait()), asyncio.create_task(floor())
    pending: set[asyncio.Future[Any]] = {stopping, showing, *running}
    try:
        while stopping in pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        stopping.cancel()
        showing.cancel()
        await asyncio.gather(stopping, showing, return_exceptions=True)


async def _wait_until_ready(url: str) -> None:
    answer = "nothing answered"
    try:
        async with asyncio.timeout(READY_SECONDS):
            while answer := await asyncio.to_thread(_missing, url):  # noqa: ASYNC110  another process, no event
                await asyncio.sleep(ASK_INTERVAL_SECONDS)
    except TimeoutError:
        raise LaunchError(f"{url} was not ready within {READY_SECONDS:g} s: {answer}; see the logs/ folder") from None


def _missing(url: str) -> str:
    """An empty text when ready, else what is missing."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own loopback URL
            return ""
    except urllib.error.HTTPError as problem:
        return problem.read(500).decode("utf-8", "replace")
    except OSError as problem:
        return str(problem)
