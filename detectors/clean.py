"""One decoded JSON object made into a listing whose fields are safe to use.

Hostile input must not be a way to hide: what can be understood is repaired, counted under a warning's name and
screened. Nothing here raises on bad input except `UnusableListing`. Pure functions, linear time, no recursion.

Every text comes out as a clean `str`: C0 control characters other than backspace, tab, line feed, form feed and
carriage return (U+0000 first of all) become U+2060 WORD JOINER, one for one, so offsets stay true while the text
folding passes over them; no lone surrogates; at most the lengths below. `None` and "absent" mean the same.

Text of a listing kept for screening, in code points: title 100,000; each short field 4,000; attributes (names and
values) 20,000; seller 10,000; images 20,000; the description gets what is then left of 200,000. So a clean listing
as JSON stays below 850,000 bytes and a page can always carry it (see paging.py).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from detectors.recover import read_listing

TITLE_LIMIT = 100_000
SHORT_LIMIT = 4_000
ATTRIBUTES_LIMIT = 20_000
SELLER_LIMIT = 10_000
IMAGES_LIMIT = 20_000
TEXT_LIMIT = 200_000
PLATFORM_LIMIT = 100
LISTING_ID_LIMIT = 500
MAX_ATTRIBUTES = 200
MAX_IMAGES = 100
MAX_SELLER_FIELDS = 50

SHORT_TEXTS = ("brand", "category", "currency", "lang", "market", "ships_from", "url", "listed_at")
OPTIONAL_FIELDS = (*SHORT_TEXTS, "condition", "state", "price", "attributes", "seller", "images", "description")
CONDITIONS = frozenset({"new", "used", "refurbished"})
STATES = frozenset({"listed", "changed", "delisted"})
LOOSE_TEXT = "text"  # the attribute that holds text which could not be read as name and value
JOINER = "\n"  # between texts that were given as several: no mark reaches across it

_IMAGE_TEXTS = ("url", "path", "pdq")
_NAME_KEYS = ("name", "key", "k", "attribute", "attr")
_VALUE_KEYS = ("value", "val", "v", "text", "values")
_CONTROLS = re.compile("[\x00-\x07\x0b\x0e-\x1f]")
_PAIR_BREAK = re.compile("[;；\n|]")
_COLON = re.compile("[:：=]")
_PRICE = re.compile(r"[^\d.,-]{0,8}(-?\d{1,15}(?:,\d{3})*(?:\.\d{1,15})?)[^\d.,-]{0,8}", re.ASCII)

Warnings = Counter[str]


class UnusableListing(Exception):
    """No platform, listing_id or title to screen under; `reason` is the dead letter's."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def clean_listing(raw: Mapping[str, Any], line: bytes, warnings: Warnings) -> dict[str, Any]:
    """The listing with clean fields; fields we do not know pass through untouched, and may hold anything.

    Args:
        raw: the decoded JSON object.
        line: the bytes it was decoded from, read again where a numeric id was too large for a float.
        warnings: counted up by reason.

    Raises:
        UnusableListing: platform, listing_id or title is missing or empty.
    """
    listing = dict(raw)
    if any(type(raw.get(name)) is float for name in ("platform", "listing_id", "title")):
        exact = read_listing(line, exact_numbers=True)
        listing.update({name: exact.value.get(name) for name in ("platform", "listing_id", "title")})
    listing["platform"] = _identity(listing, "platform", PLATFORM_LIMIT, warnings)
    listing["listing_id"] = _identity(listing, "listing_id", LISTING_ID_LIMIT, warnings)
    listing["title"] = _cut(_required(listing, "title", warnings), TITLE_LIMIT, "title_truncated", warnings)
    for name in SHORT_TEXTS:
        if listing.get(name) is not None:
            listing[name] = _cut(_text(listing[name], warnings), SHORT_LIMIT, "field_truncated", warnings)
    _choose(listing, "condition", CONDITIONS, warnings)
    _choose(listing, "state", STATES, warnings)
    if listing.get("price") is not None:
        listing["price"] = _price(listing["price"], warnings)
    if listing.get("attributes") is not None:
        listing["attributes"] = _attributes(listing["attributes"], warnings)
    if listing.get("seller") is not None:
        listing["seller"] = _seller(listing["seller"], warnings)
    if listing.get("images") is not None:
        listing["images"] = _images(listing["images"], warnings)
    if listing.get("description") is not None:
        description = _text(listing["description"], warnings)
        listing["description"] = _cut(description, TEXT_LIMIT - _used(listing), "field_truncated", warnings)
    return listing


def _required(listing: Mapping[str, Any], name: str, warnings: Warnings) -> str:
    value = listing.get(name)
    text = "" if value is None or isinstance(value, bool) else _text(value, warnings)
    if not text or text.isspace():
        raise UnusableListing(f"no_{name}")
    return text


def _identity(listing: Mapping[str, Any], name: str, limit: int, warnings: Warnings) -> str:
    """An id of bounded length; a longer one keeps its start and ends in a digest of the whole, so it stays unique."""
    text = _required(listing, name, warnings)
    if len(text) <= limit:
        return text
    warnings[f"{name}_truncated"] += 1
    suffix = "~" + hashlib.sha256(text.encode()).hexdigest()[:32]
    return text[: limit - len(suffix)] + suffix


def _text(value: Any, warnings: Warnings) -> str:
    if not isinstance(value, str):
        if value is not None:
            warnings["wrong_type"] += 1
        value = JOINER.join(_leaves(value))
    if _CONTROLS.search(value):
        warnings["nul_replaced" if "\0" in value else "control_replaced"] += 1
        return _CONTROLS.sub("\u2060", value)
    return str(value)


def _leaves(value: Any) -> Iterable[str]:
    """Every text in a JSON value, in order, numbers and truth values as JSON writes them. Not recursive."""
    stack: list[Any] = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            yield top
        elif isinstance(top, bool):
            yield "true" if top else "false"
        elif isinstance(top, int | float):
            yield str(top)
        elif isinstance(top, dict):
            stack.extend(reversed(top.values()))
        elif isinstance(top, list):
            stack.extend(reversed(top))


def _cut(text: str, limit: int, reason: str, warnings: Warnings) -> str:
    if len(text) <= limit:
        return text
    warnings[reason] += 1
    return text[: max(limit, 0)]


def _choose(listing: dict[str, Any], name: str, allowed: frozenset[str], warnings: Warnings) -> None:
    value = listing.get(name)
    if value is None or (isinstance(value, str) and value in allowed):
        return
    warnings[f"unknown_{name}"] += 1
    del listing[name]


def _price(value: Any, warnings: Warnings) -> Any:
    """A price as received when it is a number that is not negative, or text of one; else that number found, or None."""
    if is_price(value):
        return value
    found = _PRICE.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= 60 else None
    text = found[1].replace(",", "") if found else None
    if text is not None and is_price(text):
        warnings["price_repaired"] += 1
        return text
    warnings["bad_price"] += 1
    return None


def is_price(value: Any) -> bool:
    """Whether the value is a finite amount that is not negative, as a number or as short plain text."""
    if type(value) is str and not (
        len(value) <= 30 and value.isascii() and "_" not in value and value == value.strip()
    ):
        return False
    if type(value) not in (str, int, float):
        return False
    try:
        return 0.0 <= float(value) < 1e300
    except (ValueError, OverflowError):
        return False


def _attributes(value: Any, warnings: Warnings) -> dict[str, str]:
    if not isinstance(value, Mapping):
        warnings["wrong_type"] += 1
    attributes: dict[str, list[str]] = {}
    room, loose = ATTRIBUTES_LIMIT - len(LOOSE_TEXT), False
    for raw_name, raw_text in _pairs(value):
        name, text = _plain_text(raw_name, warnings), _plain_text(raw_text, warnings)
        if name not in attributes and len(attributes) >= MAX_ATTRIBUTES:
            name, text, loose = LOOSE_TEXT, name + JOINER + text, True
        size = len(text) + (len(JOINER) if name in attributes else len(name))
        if size > room:
            warnings["field_truncated"] += 1
            name = name if name in attributes else name[: max(room, 0)]
            text = text[: max(room - (size - len(text)), 0)]
            attributes.setdefault(name, []).append(text)
            break
        attributes.setdefault(name, []).append(text)
        room -= size
    if loose:
        warnings["too_many_attributes"] += 1
    return {name: JOINER.join(texts) for name, texts in attributes.items()}


def _plain_text(value: Any, warnings: Warnings) -> str:
    """Attribute values as numbers or truth values are ordinary: no warning for those."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else _text(value, warnings)


def _pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    """Attributes as name and value, from a mapping, a list of pairs or of name-value objects, or "k:v;k:v"."""
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        for entry in value:
            yield from _entry_pairs(entry)
    else:
        yield from _text_pairs(JOINER.join(_leaves(value)))


def _entry_pairs(entry: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(entry, Mapping):
        name = next((entry[key] for key in _NAME_KEYS if isinstance(entry.get(key), str)), None)
        value = next((key for key in _VALUE_KEYS if key in entry), None)
        if name is not None and value is not None:
            yield name, entry[value]
        else:
            yield from entry.items()
    elif isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str):
        yield entry[0], entry[1]
    else:
        yield from _text_pairs(JOINER.join(_leaves(entry)))


def _text_pairs(text: str) -> Iterable[tuple[str, str]]:
    for part in _PAIR_BREAK.split(text):
        name, colon, value = _split_pair(part)
        if colon and name:
            yield name, value
        elif part.strip():
            yield LOOSE_TEXT, part.strip()


def _split_pair(part: str) -> tuple[str, bool, str]:
    found = _COLON.search(part)
    if found is None:
        return "", False, part
    return part[: found.start()].strip(), True, part[found.end() :].strip()


def _seller(value: Any, warnings: Warnings) -> dict[str, str | None]:
    if not isinstance(value, Mapping):
        warnings["wrong_type"] += 1
        text = _plain_text(value, warnings)[:SHORT_LIMIT] if isinstance(value, str | int | float) else ""
        return {"id": text} if text else {}
    return _seller_fields(value, warnings)


def _seller_fields(value: Mapping[str, Any], warnings: Warnings) -> dict[str, str | None]:
    seller: dict[str, str | None] = {}
    room = SELLER_LIMIT
    for raw_name, raw_text in value.items():
        text: str | None = None
        if raw_text is None:
            pass
        elif isinstance(raw_text, str | int | float) and len(seller) < MAX_SELLER_FIELDS:
            text = _text(raw_text, warnings)
        else:
            warnings["wrong_type"] += 1
            continue
        name = _cut(_text(raw_name, warnings), min(room, SHORT_LIMIT), "field_truncated", warnings)
        room -= len(name)
        seller[name] = None if text is None else _cut(text, room, "field_truncated", warnings)
        room -= len(seller[name] or "")
    return seller


def _images(value: Any, warnings: Warnings) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        warnings["wrong_type"] += 1
        value = [value]
    images: list[dict[str, Any]] = []
    room = IMAGES_LIMIT
    for entry in value:
        image = _image(entry, warnings)
        size = sum(len(image.get(name) or "") for name in _IMAGE_TEXTS)
        if not image:
            continue
        if len(images) >= MAX_IMAGES or size > room:
            warnings["too_many_images"] += 1
            break
        images.append(image)
        room -= size
    return images


def _image(entry: Any, warnings: Warnings) -> dict[str, Any]:
    if isinstance(entry, str):
        warnings["wrong_type"] += 1
        entry = {"url": entry}
    if not isinstance(entry, Mapping):
        warnings["wrong_type"] += 1
        return {}
    image: dict[str, Any] = {name: _text(entry[name], warnings) for name in _IMAGE_TEXTS if entry.get(name) is not None}
    quality = entry.get("quality")
    if isinstance(quality, int | float) and not isinstance(quality, bool) and 0 <= quality <= 100:
        image["quality"] = quality
    elif quality is not None:
        warnings["wrong_type"] += 1
    return image


def _used(listing: Mapping[str, Any]) -> int:
    """Code points of every text but the description."""
    total = sum(len(listing.get(name) or "") for name in ("platform", "listing_id", "title", *SHORT_TEXTS))
    total += sum(len(name) + len(text) for name, text in (listing.get("attributes") or {}).items())
    total += sum(len(name) + len(text or "") for name, text in (listing.get("seller") or {}).items())
    return total + sum(len(image.get(name) or "") for image in listing.get("images") or [] for name in _IMAGE_TEXTS)
