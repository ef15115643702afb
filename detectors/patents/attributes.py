"""What the names of a listing's attributes say about patents: 专利号 before a number, 专利类型 before a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from detectors.patents.folding import fold
from detectors.patents.wording import KIND_TABLES, PatentWording

_NAME_READ, _VALUE_READ = 60, 200  # code points; no honest name or kind is longer
_KEPT_NAMES, _KEPT_BYTES = 4_096, 240  # shops use few names, again and again, and short ones


def naming_patents(names: Sequence[bytes], wording: PatentWording) -> list[int]:
    """Which of these names of attributes, in UTF-8, say that the value may be a patent's number: 专利号, Patent No.

    Hardly any does. Those that do not are kept with the wording, so that of most pages no name is read.
    """
    others = wording.other_names
    unknown = set(names) - others
    if not unknown:
        return []
    naming = {name for name in unknown if _names_patent(name, wording)}
    if len(others) >= _KEPT_NAMES:
        others.clear()
    short = (name for name in unknown - naming if len(name) <= _KEPT_BYTES)
    others.update(islice(short, _KEPT_NAMES))
    return [number for number, name in enumerate(names) if name in naming]


def _names_patent(name: bytes, wording: PatentWording) -> bool:
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
