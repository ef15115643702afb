"""Whether a decoded object already is a clean listing: the test that spares it clean.py.

A judgement per shape (names and types) is made once a page; per listing only the values that a shape cannot judge
are looked at. It may say no to a clean listing, never yes to an unclean one. Most listings never come here: lines.py
asks the same of a page's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from detectors.clean import (
    CONDITIONS,
    LISTING_ID_LIMIT,
    MAX_ATTRIBUTES,
    MAX_IMAGES,
    MAX_SELLER_FIELDS,
    PLATFORM_LIMIT,
    SHORT_TEXTS,
    STATES,
    is_price,
)

NOT_PLAIN = -1
PLAIN_LINE_BYTES = 4_000  # no text of a line this short can be over a limit

Shapes = dict[tuple[Any, ...], tuple[int, bool]]
"""Names and types of an object -> how many of its names and values are texts, or NOT_PLAIN; more to look at?"""

_NONE = type(None)
_SCALARS: frozenset[type] = frozenset({str, int, float, bool, _NONE})
_TEXT: frozenset[type] = frozenset({str, _NONE})
_TYPES: Mapping[str, frozenset[type]] = {
    **dict.fromkeys((*SHORT_TEXTS, "description", "condition", "state"), _TEXT),
    **dict.fromkeys(("platform", "listing_id", "title"), frozenset({str})),
    "price": frozenset({str, int, float, _NONE}),
    "attributes": frozenset({dict, _NONE}),
    "seller": frozenset({dict, _NONE}),
    "images": frozenset({list, _NONE}),
}
_VALUES = frozenset({"price", "condition", "state", "attributes", "seller", "images"})
_CONDITIONS, _STATES = CONDITIONS | {None}, STATES | {None}
_IMAGE_TYPES: Mapping[str, frozenset[type]] = {
    **dict.fromkeys(("url", "path", "pdq"), frozenset({str})),
    "quality": frozenset({int, float}),
}
_PLAIN_PRICE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?").fullmatch


def judge_listing(listing: dict[str, Any], shapes: Shapes) -> tuple[int, bool]:
    """How many JSON strings the object was written with, names included, and whether it is a clean listing.

    Args:
        listing: a decoded line, without control characters.
        shapes: what was found out so far; the caller keeps it for one page.
    """
    shape = (*listing, *map(type, listing.values()))
    judged = shapes.get(shape)
    if judged is None:
        judged = shapes[shape] = _judge_shape(listing)
    count, has_values = judged
    if count >= 0:
        count = _add_values(listing, count, shapes) if has_values else count
    if count < 0 or not _has_identity(listing):
        return count_texts(listing), False
    return count, True


def _has_identity(listing: dict[str, Any]) -> bool:
    platform, listing_id, title = listing["platform"], listing["listing_id"], listing["title"]
    return (
        0 < len(platform) <= PLATFORM_LIMIT
        and 0 < len(listing_id) <= LISTING_ID_LIMIT
        and bool(title)
        and not (platform.isspace() or listing_id.isspace() or title.isspace())
    )


def _add_values(listing: dict[str, Any], count: int, shapes: Shapes) -> int:
    get = listing.get
    price = get("price")
    if price is not None and not (_PLAIN_PRICE(price) if type(price) is str else is_price(price)):
        return NOT_PLAIN
    if get("condition") not in _CONDITIONS or get("state") not in _STATES:
        return NOT_PLAIN
    attributes, seller, images = get("attributes"), get("seller"), get("images")
    if attributes:
        if len(attributes) > MAX_ATTRIBUTES or not _all_texts(attributes):
            return NOT_PLAIN
        count += 2 * len(attributes)
    if seller:
        added = _count_seller(seller)
        if added < 0:
            return NOT_PLAIN
        count += added
    if images:
        added = _count_images(images, shapes)
        if added < 0:
            return NOT_PLAIN
        count += added
    return count


def _count_seller(seller: dict[str, Any]) -> int:
    if len(seller) > MAX_SELLER_FIELDS:
        return NOT_PLAIN
    if _all_texts(seller):
        return 2 * len(seller)
    return count_texts(seller) if _TEXT.issuperset(map(type, seller.values())) else NOT_PLAIN


def _all_texts(values: dict[str, Any]) -> bool:
    try:
        "".join(values.values())  # the fastest way to ask: a third of any()
    except TypeError:
        return False
    return True


def _count_images(images: list[Any], shapes: Shapes) -> int:
    if len(images) > MAX_IMAGES:
        return NOT_PLAIN
    total = 0
    for image in images:
        if type(image) is not dict:
            return NOT_PLAIN
        shape = ("image", *image, *map(type, image.values()))
        judged = shapes.get(shape)
        if judged is None:
            plain = bool(image) and all(type(value) in _IMAGE_TYPES.get(name, ()) for name, value in image.items())
            judged = shapes[shape] = (count_texts(image) if plain else NOT_PLAIN, "quality" in image)
        count, has_quality = judged
        if count < 0 or (has_quality and not 0 <= image["quality"] <= 100):
            return NOT_PLAIN
        total += count
    return total


def _judge_shape(listing: dict[str, Any]) -> tuple[int, bool]:
    count = len(listing)
    for name, value in listing.items():
        kind = type(value)
        if kind not in _TYPES.get(name, _SCALARS):
            return NOT_PLAIN, False
        if kind is str:
            count += 1
    if not ("platform" in listing and "listing_id" in listing and "title" in listing):
        return NOT_PLAIN, False
    return count, not _VALUES.isdisjoint(listing)


def count_texts(value: Any) -> int:
    """How many JSON strings a decoded value was written with, names included. Not recursive."""
    total, stack = 0, [value]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            total += 1
        elif isinstance(top, dict):
            total += len(top)
            stack.extend(top.values())
        elif isinstance(top, list):
            stack.extend(top)
    return total
