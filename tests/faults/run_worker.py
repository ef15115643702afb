"""A worker with a detector at fault: what certain listings' titles say happens while their page is screened.

    python -m tests.faults.run_worker DATA_DIR

As `rightswatch worker --no-writer --no-retro --no-pictures` for all other pages.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.logs import configure_logging
from streams.pipeline import screen_page
from streams.settings import load_settings
from streams.worker.process import worker_main

RAISES, CRASHES, HANGS = b"fault: raises", b"fault: crashes", b"fault: hangs"


class DetectorAtFault(Exception):
    """A mistake of ours that one page brings to light."""


def screen(page: Page, watchlist: Watchlist) -> Screening:
    if RAISES in page.body:
        raise DetectorAtFault
    if CRASHES in page.body:  # as a kernel that reads beyond its arrays
        os.kill(os.getpid(), signal.SIGSEGV)
    if HANGS in page.body:
        time.sleep(3600)
    return screen_page(page, watchlist, sample_share=0.001)


def announce(url: str) -> None:
    print(f"worker: {url}/readyz", file=sys.stderr, flush=True)


def main(data_dir: Path) -> int:
    configure_logging()
    settings = replace(load_settings(None, os.environ), data_dir=data_dir)  # noqa: TID251 - the edge hands it in
    return worker_main(settings, writer_arguments=None, announce=announce, screen=screen)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
