"""The text tables that disguises are made with: benchmarks/data, made from their sources by tools/accuracy_data.py.

They are never the detectors' own tables: what is measured must not make its own test.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """What a Chinese character can be swapped for. Texts are sets of characters, `parts` writes it in two."""

    pinyin: str | None = None
    homophones: str = ""
    look_alikes: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    characters: Mapping[str, Character]
    confusables: Mapping[str, str]  # Latin letter -> letters of other scripts drawn like it


@cache
def load_tables() -> Tables:
    characters = {}
    for row in read_rows("characters.jsonl.gz"):
        character, parts = row.pop("character"), tuple(row.pop("parts", ()))
        characters[character] = Character(parts=parts, **row)
    confusables = {row["letter"]: row["look_alikes"] for row in read_rows("confusables.jsonl.gz")}
    return Tables(characters, confusables)


def read_rows(name: str) -> list[dict[str, Any]]:
    """The rows of a file of benchmarks/data."""
    return [orjson.loads(line) for line in gzip.decompress((DATA / name).read_bytes()).splitlines()]
