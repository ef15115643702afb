"""Grafana's published schema: of a dashboard, and of what each kind of panel takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_FILE = Path(__file__).parent / "schemas" / "grafana.json"


@cache
def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))["schemas"]
    return found


def misfits(board: dict[str, Any]) -> list[str]:
    """What of the board is not as the schema says, with its place."""
    return [f"{place}: {misfit}" for place, what, name in _parts(board) for misfit in _misfits(what, name)]


def _parts(board: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """What is checked: where it stands, the thing itself, and its schema."""
    yield "board", {**board, "panels": []}, "dashboard"
    for panel in board["panels"]:
        kind = panel["type"]
        yield panel["title"], panel, "dashboard/RowPanel" if kind == "row" else "dashboard/Panel"
        if kind != "row":
            yield panel["title"], panel["options"], f"{kind}.options"
            if f"{kind}.custom" in _schemas():
                yield panel["title"], panel["fieldConfig"]["defaults"]["custom"], f"{kind}.custom"


def _misfits(what: Any, name: str) -> list[str]:
    file, _, part = name.partition("/")
    schema = _schemas()[file]
    validator = jsonschema.Draft7Validator({**schema, "$ref": f"#/definitions/{part}"} if part else schema)
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(what)]
