"""The rule pack: wording and weights, data files that a lawyer can read and edit, checked at load."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detectors.errors import RightswatchError
from detectors.kernels import codes

WORDING_KINDS = {
    "counterfeit_strong": codes.COUNTERFEIT_STRONG,
    "counterfeit_weak": codes.COUNTERFEIT_WEAK,
    "negation": codes.NEGATION,
    "innocent": codes.INNOCENT,
    "compatible_before": codes.COMPATIBLE_BEFORE,
    "compatible_after": codes.COMPATIBLE_AFTER,
}


class RulesError(RightswatchError):
    """A rule file that does not say what it must."""


@dataclass(frozen=True, slots=True)
class Phrase:
    kind: int  # of kernels.codes
    text: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What turns matches into alerts. `version` names the exact content: it stands in every alert."""

    version: str
    phrases: tuple[Phrase, ...]
    signals: Mapping[str, float]
    claims: Mapping[str, float]
    tiers: Mapping[str, float]
    price_share: float


@cache
def default_rules() -> Rules:
    """The rule pack that ships with this version."""
    folder = files("detectors") / "data"
    return read_rules((folder / "wording.toml").read_bytes(), (folder / "weights.toml").read_bytes())


def read_rules(wording: bytes, weights: bytes) -> Rules:
    """Reads the two files.

    Raises:
        RulesError: a file is not TOML, or a table or value is missing, unknown or out of range; names the place.
    """
    words, numbers = _toml("wording.toml", wording), _toml("weights.toml", weights)
    digest = hashlib.sha256(wording + b"\0" + weights).hexdigest()[:12]
    return Rules(
        version=f"{words.get('version', 'unversioned')}+{digest}",
        phrases=tuple(_phrases(words)),
        signals=_weights(numbers, "signals"),
        claims=_weights(numbers, "claims"),
        tiers=_weights(numbers, "tiers", ("high", "medium")),
        price_share=_weights(numbers, "limits").get("price_share", 0.3),
    )


def _toml(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{name}: {error}") from error


def _phrases(words: Mapping[str, Any]) -> list[Phrase]:
    out = []
    for table, languages in words.items():
        if table == "version":
            continue
        if table not in WORDING_KINDS or not isinstance(languages, Mapping):
            raise RulesError(f"wording.toml [{table}]: unknown table, known are {', '.join(WORDING_KINDS)}")
        for language, phrases in languages.items():
            if not isinstance(phrases, list) or not all(isinstance(p, str) and p.strip() for p in phrases):
                raise RulesError(f"wording.toml [{table}] {language}: must be a list of non-empty texts")
            out += [Phrase(WORDING_KINDS[table], phrase) for phrase in phrases]
    return out


def _weights(numbers: Mapping[str, Any], table: str, needed: tuple[str, ...] = ()) -> dict[str, float]:
    values = numbers.get(table)
    if not isinstance(values, Mapping):
        raise RulesError(f"weights.toml [{table}]: is missing")
    for name in needed:
        if name not in values:
            raise RulesError(f"weights.toml [{table}] {name}: is missing, give a number between 0 and 1")
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise RulesError(f"weights.toml [{table}] {name}: must be a number between 0 and 1")
    return dict(values)
