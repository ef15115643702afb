"""What the names of a listing's attributes say about patents: 专利号 before a number, 专利类型 before a kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from detectors.patents.folding import fold
from detectors.patents.wording import KIND_TABLES, PatentWording

_NAME_READ, _VALUE_READ = 60, 200  # code points; no honest name or kind is longer
_KNOWN_NAMES = 4_096  # shops use few names, again and again


@lru_cache(maxsize=_KNOWN_NAMES)
def names_patent(name: bytes, wording: PatentWording) -> bool:
    """Whether the value of an attribute of this name, in UTF-8, may be a patent's number: 专利号, 公告号, Patent No."""
    folded = fold(name.decode("utf-8", "surrogatepass")[:_NAME_READ])
    return any(wording.roles[found[0]] != "other_label" for found in wording.labels.finditer(folded))


def stated_in_attributes(attributes: Mapping[str, str], wording: PatentWording) -> frozenset[str]:
    """The kinds of patent that an attribute such as 专利类型 states."""
    stated: frozenset[str] = frozenset()
    for name, value in attributes.items():
        if fold(name[:_NAME_READ]).strip() in wording.kind_attributes:
            for found in wording.kinds.finditer(fold(value[:_VALUE_READ])):
                stated |= KIND_TABLES[wording.kind_of[found[0]]]
    return stated
