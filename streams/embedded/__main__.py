"""`python -m streams.embedded DATA_DIR`: the supervisor of one data directory. `attach` starts it; people need not."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import sys
import time
from pathlib import Path

from streams.embedded.clickhouse import ClickHousePart
from streams.embedded.credentials import load_or_make
from streams.embedded.kafka import KafkaPart
from streams.embedded.layout import PRIVATE_FILE, Layout
from streams.embedded.managed import ManagedPart
from streams.embedded.redis import RedisPart
from streams.embedded.socket_path import listen_at
from streams.embedded.supervisor import Supervisor

logger = logging.getLogger("streams.embedded")

TAKE_OVER_SECONDS = 30.0  # how long an earlier stack in the same directory may take to end


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m streams.embedded DATA_DIR\n")
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s")
    # Its log is for lifecycles; a refused connection while a server starts is not news.
    logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)
    layout = Layout.of(Path(arguments[0]))
    life = _take_over(layout)
    if life is None:
        logger.error(
            "processes of an earlier stack still hold %s after %g s; end them (`fuser` lists them)",
            *(layout.life_lock, TAKE_OVER_SECONDS),
        )
        return 1
    asyncio.run(_supervise(layout, life))
    return 0


async def _supervise(layout: Layout, life: int) -> None:
    credentials = load_or_make(layout.credentials)
    parts = (ClickHousePart(credentials), RedisPart(credentials), KafkaPart())
    managed = {part.name: ManagedPart(part, layout.part(part.name), inherited=(life,)) for part in parts}
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    supervisor = Supervisor(managed, credentials)
    layout.socket.unlink(missing_ok=True)
    listener = listen_at(layout.socket)
    logger.info("listening")
    try:
        await supervisor.run(listener, stop)
    finally:
        # First the socket, so that who comes now starts the next supervisor, which waits for our lock.
        layout.socket.unlink(missing_ok=True)
        await supervisor.stop_parts()
        logger.info("ended")


def _take_over(layout: Layout) -> int | None:
    """The life lock's descriptor, or None when an earlier stack does not end. A SIGKILL may leave one dying."""
    descriptor = os.open(layout.life_lock, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    deadline = time.monotonic() + TAKE_OVER_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.05)
        else:
            return descriptor


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
