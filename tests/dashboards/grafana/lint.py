"""What Grafana would not say of a board until somebody looks at it. Each complaint names the place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

Json = dict[str, Any]
WIDTH = 24
_SERIES = re.compile(r"SELECT\s+(?:\$__\w+\(\w+\)|\w+) AS time\b.*\bORDER BY time\s*$", re.DOTALL)


def complaints(boards: Sequence[Json], sources: set[str]) -> list[str]:
    """Of all boards together; none if they are as they should be."""
    found = [f"{what} twice: {value}" for what in ("uid", "title") for value in _twice([one[what] for one in boards])]
    for board in boards:
        found += [f"{board['title']}: {complaint}" for complaint in _of_board(board, sources)]
    return found


def _of_board(board: Json, sources: set[str]) -> Iterator[str]:
    panels = board["panels"]
    yield from (f"panel id twice: {value}" for value in _twice([panel["id"] for panel in panels]))
    yield from (f"title twice: {title}" for title in _twice([panel["title"] for panel in panels]))
    for one, other in combinations(panels, 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            yield f"{one['title']!r} lies on {other['title']!r}"
    declared = {variable["name"] for variable in board["templating"]["list"]}
    for panel in panels:
        if panel["gridPos"]["x"] + panel["gridPos"]["w"] > WIDTH:
            yield f"{panel['title']!r} is wider than the grid"
        if panel["type"] != "row":
            yield from (f"{panel['title']!r}: {complaint}" for complaint in _of_targets(panel, declared, sources))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query" and variable["datasource"]["uid"] not in sources:
            yield f"variable {variable['name']}: unknown data source"


def _of_targets(panel: Json, declared: set[str], sources: set[str]) -> Iterator[str]:
    if not panel["targets"]:
        yield "asks for nothing"
    yield from (f"refId twice: {name}" for name in _twice([target.get("refId") for target in panel["targets"]]))
    for target in panel["targets"]:
        text = target.get("rawSql") or target.get("expr") or ""
        if not target.get("refId"):
            yield "a target without refId"
        if target.get("datasource", {}).get("uid") not in sources:
            yield "unknown data source"
        for name in _variables(text) - declared:
            yield f"${name} is not declared"
        if target.get("format") == 0 and not _SERIES.match(text):
            yield "a time series needs `AS time` first and `ORDER BY time` last"


def _variables(text: str) -> set[str]:
    """Those of the board; Grafana's own begin with two underscores."""
    return {name for name in re.findall(r"\$\{?([A-Za-z]\w*)", text) if not name.startswith("__")}


def _twice(values: Sequence[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def _overlap(one: Json, other: Json) -> bool:
    across: bool = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    down: bool = one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
    return across and down
