"""Fingerprint of a page's words: every field that is matched, folded in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.folding import FoldedText, fold
from detectors.records import Listing


@dataclass(frozen=True, slots=True)
class PageText:
    """The matched fields of a page's listings, in order.

    texts, names: one per field, the text as received and what it is called in a reason. listing_of: int32[f].
    is_headline: bool[f], a title or brand, which speaks for the whole listing.
    """

    texts: list[str]
    names: list[str]
    listing_of: NDArray[np.int32]
    is_headline: NDArray[np.bool_]
    folded: FoldedText


def fingerprint_text(listings: Sequence[Listing]) -> PageText:
    """Title, brand, description and attribute values of every listing, as arrays."""
    texts: list[str] = []
    names: list[str] = []
    owners: list[int] = []
    for position, listing in enumerate(listings):
        texts.append(listing["title"])
        names.append("title")
        owners.append(position)
        for name in ("brand", "description"):
            text = listing.get(name)
            if text:
                texts.append(text)
                names.append(name)
                owners.append(position)
        attributes = listing.get("attributes")
        if attributes:
            for key, text in attributes.items():
                texts.append(text)
                names.append(f"attributes.{key}")
                owners.append(position)
    headlines = np.array([name in ("title", "brand") for name in names], np.bool_)
    return PageText(texts, names, np.array(owners, np.int32), headlines, fold(texts))
