"""The vocabulary of patent claims: detectors/data/patents.toml, checked and compiled to patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from detectors.errors import RightswatchError
from detectors.patents.folding import fold
from detectors.patents.known import KnownNames

KIND_TABLES = {
    "invention": frozenset({"invention"}),
    "utility_model": frozenset({"utility_model"}),
    "design": frozenset({"design"}),
    "utility": frozenset({"invention", "utility_model"}),
    "none": frozenset[str](),
}
"""Table of patents.toml under [kind] -> the kinds of patent that its phrases may mean."""
MAX_PHRASE = 60  # characters
ROLES = ("label", "document_label", "word", "other_label")


class PatentWordingError(RightswatchError):
    """The vocabulary does not say what it must; names the table."""


@dataclass(frozen=True, slots=True, eq=False)
class PatentWording:
    """`labels`, `kinds` and `offices` find phrases; `roles`, `kind_of` and `office_of` say what a phrase found is.

    other_names: names of attributes that were found to name no patent (attributes.py).
    """

    labels: re.Pattern[str]
    roles: Mapping[str, str]
    kinds: re.Pattern[str]
    kind_of: Mapping[str, str]
    offices: re.Pattern[str]
    office_of: Mapping[str, str]
    pending: re.Pattern[str]
    notice: re.Pattern[str]
    pharma: re.Pattern[str]
    number_attributes: frozenset[str]
    kind_attributes: frozenset[str]
    other_names: KnownNames = field(default_factory=KnownNames, repr=False)


@cache
def patent_wording() -> PatentWording:
    """The vocabulary that ships with this version."""
    return read_wording((files("detectors") / "data/patents.toml").read_bytes())


@lru_cache(maxsize=4)  # the shipped one, the one in force and the one before it
def read_wording(content: bytes) -> PatentWording:
    """The file as patterns on folded text; one content gives one object.

    Raises:
        PatentWordingError: it is not TOML, or a table is unknown, missing or not lists of texts; names the place.
    """
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PatentWordingError(f"patents.toml: {error}") from error
    _check_tables(tables)
    roles = {phrase: role for role in reversed(ROLES) for phrase in _phrases(tables, role)}
    kind_of = {phrase: kind for kind in KIND_TABLES for phrase in _phrases(tables, "kind", kind)}
    office_of = {phrase: office for office in tables.get("office", {}) for phrase in _phrases(tables, "office", office)}
    return PatentWording(
        labels=_pattern(roles),
        roles=roles,
        kinds=_pattern(kind_of),
        kind_of=kind_of,
        offices=_pattern(office_of),
        office_of=office_of,
        pending=_pattern(_phrases(tables, "pending")),
        notice=_pattern(_phrases(tables, "notice")),
        pharma=_pattern(_phrases(tables, "pharma")),
        number_attributes=frozenset(_phrases(tables, "attribute", only="number")),
        kind_attributes=frozenset(_phrases(tables, "attribute", only="kind")),
    )


def _phrases(tables: Mapping[str, Any], *path: str, only: str | None = None) -> list[str]:
    table: Any = tables
    for name in path:
        table = table.get(name) if isinstance(table, Mapping) else None
    place = f"patents.toml [{'.'.join(path)}]"
    if not isinstance(table, Mapping) or (only and only not in table):
        raise PatentWordingError(f"{place}: {only or 'the table'} is missing")
    named = {only: table[only]} if only else table
    return [fold(text.strip()) for name, texts in named.items() for text in _texts(f"{place} {name}", texts)]


def _texts(place: str, texts: Any) -> list[str]:
    if not isinstance(texts, list):
        raise PatentWordingError(f"{place}: must be a list of texts")
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str) or not 0 < len(text.strip()) <= MAX_PHRASE or not fold(text.strip()):
            raise PatentWordingError(f"{place} entry {number}: must be a text of 1 to {MAX_PHRASE} characters")
    return texts


def _check_tables(tables: Mapping[str, Any]) -> None:
    known = {"version", *ROLES, "kind", "pending", "notice", "office", "attribute", "pharma"}
    for table in tables.keys() - known:
        raise PatentWordingError(f"patents.toml [{table}]: unknown table, known are {', '.join(sorted(known))}")
    for kind in tables.get("kind", {}):
        if kind not in KIND_TABLES:
            raise PatentWordingError(f"patents.toml [kind.{kind}]: unknown, known are {', '.join(KIND_TABLES)}")


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """The longest phrase at a place; one that begins or ends with a Latin letter must not stand inside a word.

    Phrases with a common beginning are one branch, so that most places of a text are passed at their first sign.
    """
    branches: dict[str, Any] = {}
    for phrase in phrases:
        node = branches
        for sign in phrase:
            node = node.setdefault(sign, {})
        node[""] = "(?![a-z])" if _is_latin(phrase) else ""
    return re.compile("|".join(_branch(sign, branches[sign]) for sign in sorted(branches)))


def _is_latin(phrase: str) -> bool:
    return phrase.isascii() or phrase[0] < "\u0250"


def _branch(sign: str, node: Mapping[str, Any]) -> str:
    """All that may follow a phrase's first sign, and that a Latin one must begin a word."""
    begins_word = f"(?<![a-z0-9]{re.escape(sign)})" if sign < "\u0250" else ""
    return re.escape(sign) + begins_word + _rest(node)


def _rest(node: Mapping[str, Any]) -> str:
    longer = [re.escape(sign) + _rest(node[sign]) for sign in sorted(node) if sign]
    options = [*longer, node[""]] if "" in node else longer  # what ends here only where nothing longer does
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"
