"""Expands what Grafana and its ClickHouse plugin put into a query, as documented: for tests and benchmarks.

The front end first (`$__conditionalAll`, then variables), then the plugin's back end (macros of time). What it does not
know stays as it stands, as it would there; so a test looks for `$` in what comes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ALL = "$__all"


@dataclass(frozen=True, slots=True)
class Range:
    """What a panel shows: from when to when, and how far apart its points are."""

    start: datetime
    end: datetime
    step: timedelta = timedelta(minutes=1)

    @property
    def seconds(self) -> int:
        """`$__interval_s`: at least one."""
        return max(1, int(self.step.total_seconds()))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of the board's variables. None chosen, or `$__all`: all of them."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_all(self, name: str) -> bool:
        return list(self.values.get(name, ())) in ([], [ALL])


def expand_sql(text: str, shown: Range, chosen: Chosen | None = None) -> str:
    """The query as it reaches ClickHouse."""
    chosen = chosen or Chosen()
    text = _replace_macro(text, "conditionalAll", lambda arguments: _conditional(arguments, chosen))
    text = _variables(text, chosen)
    for name, written in _written(shown).items():
        text = _replace_macro(text, name, written)
    return text.replace("$__interval_s", str(shown.seconds))


def expand_promql(text: str, rate_interval: str) -> str:
    """The query as it reaches Prometheus."""
    return text.replace("$__rate_interval", rate_interval)


def _conditional(arguments: Sequence[str], chosen: Chosen) -> str:
    condition, variable = arguments
    return "1=1" if chosen.is_all(variable.strip().removeprefix("$")) else condition


def _variables(text: str, chosen: Chosen) -> str:
    def put(place: re.Match[str]) -> str:
        escaped = (value.replace("\\", r"\\").replace("'", r"\'") for value in chosen.values[place["name"]])
        return ",".join(f"'{value}'" for value in escaped)

    return re.sub(r"\$\{(?P<name>\w+):singlequote\}", put, text)


def _written(shown: Range) -> dict[str, Callable[[Sequence[str]], str]]:
    """Of each macro with arguments what stands in its place."""
    start, end = int(shown.start.timestamp()), int(shown.end.timestamp())
    start_ms, end_ms = (round(moment.timestamp() * 1000) for moment in (shown.start, shown.end))
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    return {
        "timeFilter_ms": lambda of: (
            f"{of[0]} >= fromUnixTimestamp64Milli({start_ms}) AND {of[0]} <= fromUnixTimestamp64Milli({end_ms})"
        ),
        "timeFilter": lambda of: f"{of[0]} >= toDateTime({start}) AND {of[0]} <= toDateTime({end})",
        "timeInterval_ms": lambda of: (
            f"toStartOfInterval(toDateTime64({of[0]}, 3), INTERVAL {shown.seconds * 1000} millisecond)"
        ),
        "timeInterval": lambda of: f"toStartOfInterval(toDateTime({of[0]}), INTERVAL {shown.seconds} second)",
        "timeGroup": lambda of: (
            f"toStartOfInterval(toDateTime({of[0]}), INTERVAL {int(of[1][:-1]) * units[of[1][-1]]} second)"
        ),
    }


def _replace_macro(text: str, name: str, written: Callable[[Sequence[str]], str]) -> str:
    opening = f"$__{name}("
    while (start := text.rfind(opening)) >= 0:
        arguments, end = _arguments(text, start + len(opening))
        text = text[:start] + written(arguments) + text[end:]
    return text


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """Those of a macro whose bracket has been opened before `start`, and where the text goes on."""
    arguments, depth, begin = [], 0, start
    for place in range(start, len(text)):
        character = text[place]
        if character == "," and depth == 0:
            arguments.append(text[begin:place].strip())
            begin = place + 1
        elif character == "(":
            depth += 1
        elif character == ")" and depth == 0:
            return [*arguments, text[begin:place].strip()], place + 1
        elif character == ")":
            depth -= 1
    raise ValueError(f"a bracket is not closed: {text[start:]}")
