"""Fingerprint of a page's words: every field that is matched, folded in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.folding import FoldedText, fold
from detectors.records import Listing

NAME_SHOWN = 200  # code points of an attribute's name; it stands in every reason


@dataclass(frozen=True, slots=True)
class PageText:
    """The matched fields of a page's listings: all titles, then brands, descriptions and attribute values.

    texts: one per field, as received. listing_of: int32[f]. headlines: fields before this one are titles and brands,
    which speak for the whole listing. parts: where each kind of field begins, its name, and attributes' names.
    """

    texts: list[str]
    listing_of: NDArray[np.int32]
    headlines: int
    parts: tuple[tuple[int, str], ...]
    attributes: list[str]
    folded: FoldedText

    def name(self, field: int) -> str:
        """What a reason calls the field: `title`, `attributes.材质`."""
        first, name = next(part for part in reversed(self.parts) if part[0] <= field)
        return name if name != "attributes" else f"attributes.{self.attributes[field - first][:NAME_SHOWN]}"

    @property
    def first_attribute(self) -> int:
        """The field of the first attribute's value."""
        return self.parts[-1][0]

    def attribute(self, field: int) -> str | None:
        """The name of the attribute whose value the field is."""
        return self.attributes[field - self.first_attribute] if field >= self.first_attribute else None


def fingerprint_text(listings: Sequence[Listing]) -> PageText:
    """Title, brand, description and attribute values of every listing, as arrays."""
    texts: list[str] = [listing["title"] for listing in listings]
    owners = list(range(len(texts)))
    starts = []
    for name in ("brand", "description"):
        starts.append(len(texts))
        places = [position for position, listing in enumerate(listings) if listing.get(name)]
        texts += [listings[position][name] for position in places]
        owners += places
    starts.append(len(texts))
    names: list[str] = []
    for position in [position for position, listing in enumerate(listings) if listing.get("attributes")]:
        attributes = listings[position]["attributes"]
        names += attributes
        texts += attributes.values()
        owners += [position] * len(attributes)
    parts = ((0, "title"), *zip(starts, ("brand", "description", "attributes"), strict=True))
    return PageText(texts, np.array(owners, np.int32), starts[1], parts, names, fold(texts))
