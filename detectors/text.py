"""Fingerprint of a page's words: every field that is matched, folded in one go, read from the page's own bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.folding import FoldedText, fold_code_points
from detectors.kernels.fields import list_fields
from detectors.kernels.strings_simd import LANES
from detectors.kernels.utf8 import read_texts
from detectors.lines import DESCRIPTION
from detectors.listings import Listings
from detectors.records import Listing

NAME_SHOWN = 200  # code points of an attribute's name; it stands in every reason
_FIELDS = ("title", "brand", "description")  # by their numbers in `Lines.spans`


class FieldTexts(Sequence[str]):
    """The fields of a page as received. They lie there as code points: a text is made when somebody asks for it."""

    def __init__(self, folded: FoldedText) -> None:
        self._folded = folded

    def __len__(self) -> int:
        return len(self._folded.field_starts) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        number = range(len(self))[number]
        start, end = self._folded.field_starts[number : number + 2].tolist()
        return self.part(number, 0, end - start)

    def part(self, number: int, start: int, end: int) -> str:
        """The code points from `start` to `end` of a field, or to where it ends."""
        starts = self._folded.field_starts
        first = starts.item(number)
        points = self._folded.code_points[first + start : min(first + end, starts.item(number + 1))]
        return points.tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class PageText:
    """The matched fields of a page's listings: all titles, then brands, descriptions and attribute values.

    texts: one per field, as received. listing_of: int32[f]. headlines: fields before this one are titles and brands,
    which speak for the whole listing. parts: where each kind of field begins, and its name. names: int32[a, 2], where
    the name of each attribute stands in `content`, in UTF-8.
    """

    texts: FieldTexts
    listing_of: NDArray[np.int32]
    headlines: int
    parts: tuple[tuple[int, str], ...]
    content: bytes
    names: NDArray[np.int32]
    folded: FoldedText

    def name(self, field: int) -> str:
        """What a reason calls the field: `title`, `attributes.材质`."""
        for first, name in reversed(self.parts):
            if first <= field:
                return name if name != "attributes" else f"attributes.{(self.attribute(field) or '')[:NAME_SHOWN]}"
        raise IndexError(field)

    @property
    def first_attribute(self) -> int:
        """The field of the first attribute's value."""
        return self.parts[-1][0]

    def attribute(self, field: int) -> str | None:
        """The name of the attribute whose value the field is."""
        if field < self.first_attribute:
            return None
        start, end = self.names[field - self.first_attribute].tolist()
        return self.content[start:end].decode("utf-8", "surrogatepass")


def fingerprint_text(listings: Sequence[Listing]) -> PageText:
    """Title, brand, description and attribute values of every listing, as arrays."""
    listings = listings if isinstance(listings, Listings) else Listings.of(listings)
    written = _Written(listings)
    room = len(_FIELDS) * len(listings) + len(written.entries)
    spans, listing_of = np.empty((room, 2), np.int32), np.empty(room, np.int32)
    starts = np.empty(len(_FIELDS) + 2, np.int32)
    octets = list_fields(listings.numbers, written.spans, written.entries, spans, listing_of, starts)
    *begins, count = starts.tolist()
    folded = fold_code_points(*_code_points(written.content, spans[:count], octets))
    return PageText(
        texts=FieldTexts(folded),
        listing_of=listing_of[:count],
        headlines=begins[DESCRIPTION],
        parts=tuple(zip(begins, (*_FIELDS, "attributes"), strict=True)),
        content=written.content,
        names=written.entries[:, 1:3],
        folded=folded,
    )


def _code_points(content: bytes, spans: NDArray[np.int32], room: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    code_points, starts = np.empty(room + LANES, np.uint32), np.empty(len(spans) + 1, np.int32)
    read_texts(np.frombuffer(content, np.uint8), spans, code_points, starts)
    return code_points[: starts[-1]], starts


class _Written:
    """Where the texts of listings stand in UTF-8.

    content: the page, and behind it what had to be read otherwise: texts with escapes, and those of listings that were
    read as objects. spans and entries: as Lines has them, of these listings too.
    """

    def __init__(self, listings: Listings) -> None:
        lines = listings.lines
        self._content = lines.content
        self._more: list[bytes] = []
        self._size = len(lines.content)
        self.spans, self.entries = lines.spans, lines.entries
        if lines.has_escape.any() or listings.read:
            self.spans = lines.spans.copy()
            for line, kept in np.argwhere(lines.has_escape).tolist():
                self.spans[line, kept] = self._unescaped(*self.spans[line, kept].tolist())
        if lines.escaped.any():
            self.entries = lines.entries.copy()
            for row in np.flatnonzero(lines.escaped).tolist():
                self.entries[row, 3:] = self._unescaped(*self.entries[row, 3:].tolist())
        if listings.read:
            self._add(listings)
        self.content = b"".join([self._content, *self._more]) if self._more else self._content

    def _put(self, text: str) -> tuple[int, int]:
        written = text.encode("utf-8", "surrogatepass")
        self._more.append(written)
        start, self._size = self._size, self._size + len(written)
        return start, self._size

    def _unescaped(self, start: int, end: int) -> tuple[int, int]:
        return self._put(orjson.loads(self._content[start - 1 : end + 1]))

    def _add(self, listings: Listings) -> None:
        """The texts of listings that were read as objects, each in its place."""
        rows = []
        for place, listing in listings.read.items():
            line = listings.numbers.item(place)
            for kept, name in enumerate(_FIELDS):
                self.spans[line, kept] = self._put(listing.get(name) or "")
            for name, value in (listing.get("attributes") or {}).items():
                rows.append((line, *self._put(name), *self._put(value)))
        if rows:
            everyone = np.concatenate([self.entries, np.array(rows, np.int32)])
            self.entries = everyone[everyone[:, 0].argsort(kind="stable")]
