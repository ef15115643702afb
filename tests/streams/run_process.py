"""Starts one process of the service for a test: `run_process.py ROLE`; variables set it up, `main` has the roles.

For `pictures` and `web` the internet is a port on loopback, under every name: TEST_PICTURES_PORT, TEST_HOOKS_PORT. All
else stays as in production.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from streams.fetching.addresses import Address, is_public
from streams.fetching.opening import World
from streams.logs import configure_logging
from streams.pictures.process import pictures_main
from streams.retro.process import retro_main
from streams.settings import load_settings
from streams.web.process import web_main
from streams.worker.process import worker_main
from streams.writer.process import writer_main


def announce(url: str) -> None:
    sys.stdout.write(url + "\n")
    sys.stdout.flush()


def loopback(allowed_port: int) -> World:
    async def lookup(host: str) -> list[str]:
        return ["10.0.0.1"] if host == "inside.example" else ["127.0.0.1"]

    def policy(address: Address, port: int) -> bool:
        return is_public(address) or (str(address) == "127.0.0.1" and port == allowed_port)

    return World(lookup=lookup, policy=policy)


def main(role: str) -> int:
    settings = load_settings(None, os.environ)  # noqa: TID251 - the edge hands it in
    configure_logging(settings)
    if role == "writer":
        return writer_main(settings, announce=announce)
    if role == "retro":
        return retro_main(settings, announce=announce)
    if role == "pictures":
        port = int(os.environ["TEST_PICTURES_PORT"])  # noqa: TID251 - the same
        return pictures_main(settings, announce=announce, world=loopback(port))
    if role == "web":
        port = int(os.environ["TEST_HOOKS_PORT"])  # noqa: TID251 - the same
        return web_main(settings, announce=announce, world=loopback(port))
    return worker_main(settings, writer_arguments=["writer"], announce=announce)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
