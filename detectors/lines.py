"""Which lines of a page need a closer look: detectors/kernels/lines.py, told what a clean listing is."""

from __future__ import annotations

from collections.abc import Iterable

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
from detectors.plain import PLAIN_LINE_BYTES

_CONDITION_WORDS, _STATE_WORDS = kernel.IMAGE_WORDS + 1, kernel.IMAGE_WORDS + 2

# For each group of words: the word, its role, its limit. What most listings have stands first.
_GROUPS: tuple[tuple[tuple[str, int, int], ...], ...] = (
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


def _pack(word: str) -> tuple[int, int]:
    """The word in two numbers, as the kernel reads it."""
    content = word.encode()
    if len(content) >= kernel.PACKED_BYTES:
        raise ValueError(f"detectors/lines.py: {word!r} is too long for the kernel: raise its PACKED_BYTES")
    return int.from_bytes(content[:7], "big"), int.from_bytes(content[7:], "big")


def _columns(groups: Iterable[tuple[tuple[str, int, int], ...]]) -> tuple[NDArray[np.int64], ...]:
    rows = [(*_pack(word), role, limit) for group in groups for word, role, limit in group]
    table = np.array(rows, np.int64)
    bounds = np.cumsum([0, *(len(group) for group in groups)], dtype=np.int64)
    return table[:, :2].copy(), table[:, 2].copy(), table[:, 3].copy(), bounds


_WORDS, _ROLES, _LIMITS, _BOUNDS = _columns(_GROUPS)


def doubtful_lines(body: bytes, lines: int) -> list[int] | None:
    """The numbers, from 0, of lines that may need cleaning; None when some line is not one whole object.

    The others decode to clean listings, no name in them given twice. May doubt a clean one. Takes 0.4 of
    `orjson.loads` line by line.

    Args:
        body: without a last line feed; valid JSON with commas for its line feeds and brackets around it.
        lines: how many values that JSON holds.
    """
    doubtful = np.empty(lines, np.int32)
    content = np.frombuffer(body + b"\n", np.uint8)
    count = kernel.find_doubtful(content, PLAIN_LINE_BYTES, _WORDS, _ROLES, _LIMITS, _BOUNDS, doubtful)
    return None if count == kernel.NOT_LINES else doubtful[:count].tolist()
