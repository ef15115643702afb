"""Starts one process of the service for a test: `python run_process.py worker|writer`, set up by variables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from streams.logs import configure_logging
from streams.settings import load_settings
from streams.worker.process import worker_main
from streams.writer.process import writer_main


def announce(url: str) -> None:
    sys.stdout.write(url + "\n")
    sys.stdout.flush()


def main(role: str) -> int:
    configure_logging()
    settings = load_settings(None, os.environ)  # noqa: TID251 - the edge hands it in
    if role == "writer":
        return writer_main(settings, announce=announce)
    return worker_main(settings, writer_arguments=["writer"], announce=announce)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
