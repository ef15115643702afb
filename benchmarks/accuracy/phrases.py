"""The wordings of benchmarks/data/phrases.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.accuracy.tables import DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """By language: zh, en, ja, ko, and eu for the other European languages together."""

    counterfeit: Mapping[str, tuple[str, ...]]
    disguised: Mapping[str, tuple[str, ...]]
    negated: Mapping[str, tuple[str, ...]]
    compatible: Mapping[str, tuple[str, ...]]
    resale: Mapping[str, tuple[str, ...]]
    homographs: tuple[tuple[str, str], ...]  # mark, title


@cache
def load_phrases() -> Phrases:
    document = tomllib.loads((DATA / "phrases.toml").read_text("utf-8"))
    homographs = tuple(
        (mark, title.format(mark=mark))
        for block in document["homograph"]
        for mark in block["marks"]
        for title in block["titles"]
    )
    names = ("counterfeit", "disguised", "negated", "compatible", "resale")
    return Phrases(homographs=homographs, **{name: _by_language(document[name]) for name in names})


def _by_language(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(phrases) for language, phrases in table.items()}
