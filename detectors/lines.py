"""The lines of a page as bytes: which of them are plainly clean listings, and where their texts stand.

The work is done by detectors/kernels/lines.py, which is told here what a clean listing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.clean import (
    CONDITIONS,
    LISTING_ID_LIMIT,
    MAX_ATTRIBUTES,
    MAX_IMAGES,
    MAX_SELLER_FIELDS,
    PLATFORM_LIMIT,
    SHORT_TEXTS,
    STATES,
)
from detectors.kernels import lines as kernel
from detectors.kernels.strings_simd import WORD_BYTES
from detectors.kernels.tokens import PACKED_BYTES, PADDING
from detectors.plain import PLAIN_LINE_BYTES

TITLE, BRAND, DESCRIPTION, MARKET, SELLER = range(5)
"""What `Lines.spans` notes of each line: four texts and an object."""
KEPT: Final = {"title": TITLE, "brand": BRAND, "description": DESCRIPTION, "market": MARKET, "seller": SELLER}
_END = b"\n" + bytes(PADDING)
USUAL_LINES = 1_024  # room to begin with: a page within its limit, and a few blank lines
SHORTEST_ENTRY = 6  # bytes of an attribute: "":"",


@dataclass(frozen=True, slots=True)
class Lines:
    """One row per line of a page; the rows of lines that are not `plain` say nothing but where they end.

    content: the page, a line feed and what the kernel wants behind. starts, ends: int32[lines] without the line feed.
    plain: bool[lines], decodes to a clean listing, no name in it given twice. spans: int32[lines, KEPT, 2] where it has
    its texts, without quotes: two equal ones for one that is not there. has_escape: bool[lines, KEPT]. entries:
    int32[a, 5], the attributes of plain lines: line, name's start and end, value's start and end. escaped: bool[a], of
    values; a name with one is not plain.
    """

    content: bytes
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    plain: NDArray[np.bool_]
    spans: NDArray[np.int32]
    has_escape: NDArray[np.bool_]
    entries: NDArray[np.int32]
    escaped: NDArray[np.bool_]


_CONDITION_WORDS, _STATE_WORDS = kernel.IMAGE_WORDS + 1, kernel.IMAGE_WORDS + 2

# For each group of words: the word, its role, its limit. What most listings have stands first.
Groups = tuple[tuple[tuple[str, int, int], ...], ...]
_GROUPS: Groups = (
    (
        ("platform", kernel.IDENTITY, PLATFORM_LIMIT),
        ("listing_id", kernel.IDENTITY, LISTING_ID_LIMIT),
        ("title", kernel.TITLE, 0),
        ("description", kernel.TEXT, 0),
        *((name, kernel.TEXT, 0) for name in SHORT_TEXTS),
        ("price", kernel.PRICE, 0),
        ("seller", kernel.SELLER, MAX_SELLER_FIELDS),
        ("images", kernel.IMAGES, MAX_IMAGES),
        ("attributes", kernel.ATTRIBUTES, MAX_ATTRIBUTES),
        ("condition", kernel.CHOICE, _CONDITION_WORDS),
        ("state", kernel.CHOICE, _STATE_WORDS),
    ),
    (
        *((name, kernel.TEXT, 0) for name in ("url", "path", "pdq")),
        ("quality", kernel.NUMBER, 0),
    ),
    tuple((word, kernel.OTHER, 0) for word in sorted(CONDITIONS)),
    tuple((word, kernel.OTHER, 0) for word in sorted(STATES)),
)


def _pack(word: str) -> bytes:
    """The word as the kernel reads it."""
    content = word.encode()
    if len(content) >= PACKED_BYTES:
        raise ValueError(f"detectors/lines.py: {word!r} is too long for the kernel: raise PACKED_BYTES")
    return content.ljust(PACKED_BYTES, b"\0")


def _packed(groups: Groups) -> NDArray[np.uint64]:
    content = b"".join(_pack(word) for group in groups for word, _, _ in group)
    return np.frombuffer(content, np.uint64).reshape(-1, PACKED_BYTES // WORD_BYTES)


def _columns(groups: Groups) -> tuple[NDArray[np.int64], ...]:
    rows = [(word, role, limit) for group in groups for word, role, limit in group]
    keeps = [KEPT.get(word, kernel.NOT_KEPT) for word, _, _ in rows]
    bounds = np.cumsum([0, *(len(group) for group in groups)], dtype=np.int64)
    roles, limits = ([row[column] for row in rows] for column in (1, 2))
    return np.array(roles, np.int64), np.array(limits, np.int64), np.array(keeps, np.int64), bounds


_WORDS, (_ROLES, _LIMITS, _KEEPS, _BOUNDS) = _packed(_GROUPS), _columns(_GROUPS)


def read_lines(body: bytes) -> Lines:
    """Any bytes as lines. May take a clean listing for one that is not plain, never the other way round."""
    content = body + _END
    octets, entry_room = np.frombuffer(content, np.uint8), len(content) // SHORTEST_ENTRY + 1
    entries, escaped = np.empty((entry_room, kernel.ENTRY), np.int32), np.empty(entry_room, np.bool_)
    room = USUAL_LINES
    while True:
        ends, plain = np.empty(room, np.int32), np.empty(room, np.bool_)
        spans, has_escape = np.zeros((room, len(KEPT), 2), np.int32), np.zeros((room, len(KEPT)), np.bool_)
        count, attributes = kernel.read_lines(
            octets, PLAIN_LINE_BYTES, _WORDS, _ROLES, _LIMITS, _KEEPS, _BOUNDS, ends, plain,
            spans, has_escape, entries, escaped,
        )  # fmt: skip
        if count >= 0:
            break
        room = content.count(b"\n")
    ends = ends[:count]
    starts = np.concatenate([np.zeros(1, np.int32), ends[:-1] + np.int32(1)])
    return Lines(
        content, starts, ends, plain[:count], spans[:count], has_escape[:count], entries[:attributes],
        escaped[:attributes],
    )  # fmt: skip
