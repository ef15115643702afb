"""What a benchmark is and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


class BenchmarkError(Exception):
    """The run did not do the work it is meant to measure; its figures would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement. `ratio` is how many times better ours is; for a limit, the share of it reached.

    The size of the work stands in the metric as "10 k", "1 M".
    """

    metric: str
    unit: str
    ours: float
    peer: float
    peer_name: str
    ratio: float

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One benchmark: `run(quick, **given)` measures; `given` are those of its `options` that the command line has.

    `packages` are the distributions whose versions belong to the figures.
    """

    summary: str
    run: Callable[..., Sequence[Row]]
    packages: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()
