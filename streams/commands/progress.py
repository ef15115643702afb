"""How far a long command is: a bar on a terminal, a plain line every few seconds elsewhere. Always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click

PLAIN_INTERVAL_SECONDS = 10.0


class Progress(Protocol):
    def advance(self, amount: int, note: str) -> None:
        """Report `amount` more of the work done; `note` says in words where it stands."""


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Progress]:
    """Progress of `total` units of work; None where the end is not known.

    A bar needs a terminal to itself: while the results go to the same terminal there is none.
    """
    if total and sys.stderr.isatty() and not sys.stdout.isatty():
        with click.progressbar(length=total, label=label, file=sys.stderr, item_show_func=str) as bar:
            yield _Bar(bar.update)
    else:
        yield PlainProgress(label, time.monotonic)


class PlainProgress:
    """One line on stderr at most every ten seconds."""

    def __init__(self, label: str, monotonic: Callable[[], float]) -> None:
        self._label = label
        self._monotonic = monotonic
        self._next = monotonic() + PLAIN_INTERVAL_SECONDS

    def advance(self, amount: int, note: str) -> None:
        now = self._monotonic()
        if now >= self._next:
            self._next = now + PLAIN_INTERVAL_SECONDS
            click.echo(f"{self._label}: {note}", err=True)


class _Bar:
    def __init__(self, update: Callable[[int, str | None], None]) -> None:
        self._update = update

    def advance(self, amount: int, note: str) -> None:
        self._update(amount, note)
