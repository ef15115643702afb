"""Python 3.11 before 3.11.5, as Debian 12 has it, ends a possessive group too far on (CPython's gh-106052)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import detectors

_POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+")
_GETS_NOWHERE = "(?!)"


def compiled() -> Iterator[tuple[str, str]]:
    """Every pattern that a module of ours holds, by its name."""
    for module in pkgutil.walk_packages(detectors.__path__, "detectors."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{module.name}.{name}", value.pattern


CONCERNED = {name: pattern for name, pattern in compiled() if _POSSESSIVE_GROUP.search(pattern)}


def test_there_are_such_patterns() -> None:
    assert "detectors.recover._TOKEN" in CONCERNED


@pytest.mark.parametrize("name", sorted(CONCERNED))
def test_a_possessive_groups_last_attempt_gets_nowhere(name: str) -> None:
    """Then it also fails where it began, and what earlier attempts passed over is not part of the match."""
    pattern = CONCERNED[name]
    assert pattern.count(_GETS_NOWHERE) >= len(_POSSESSIVE_GROUP.findall(pattern))
