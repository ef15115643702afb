"""What the names of a listing's attributes say about patents: 专利号 before a number, 专利类型 before a kind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detectors.patents.folding import fold
from detectors.patents.wording import KIND_TABLES, PatentWording

_NAME_READ, _VALUE_READ = 60, 200  # code points; no honest name or kind is longer


def naming_patents(content: bytes, names: NDArray[np.int32], wording: PatentWording) -> list[int]:
    """Which of these names of attributes say that the value may be a patent's number: 专利号, Patent No.

    names: int32[n, 2], where each stands in `content`, in UTF-8. Hardly any does. Those that do not are kept with the
    wording, so that of most pages no name is read.
    """
    rows = wording.other_names.unknown(content, names)
    if not len(rows):
        return []
    read = [content[start:end] for start, end in names[rows].tolist()]
    unknown = set(read)
    naming = {name for name in unknown if _names_patent(name, wording)}
    wording.other_names.add(unknown - naming)
    return [row for row, name in zip(rows.tolist(), read, strict=True) if name in naming]


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
