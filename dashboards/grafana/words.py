"""The boards' words in each language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

_FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "zh")


@cache
def words(language: str) -> Mapping[str, str]:
    """All of one language, by key."""
    found: dict[str, str] = orjson.loads((_FOLDER / f"{language}.json").read_bytes())
    return found
