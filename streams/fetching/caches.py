"""What was seen before: pictures by URL and content, anything at all by the content's digest. In memory, bounded."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
ENTRY_BYTES = 1_000
"""What an entry costs beside its texts and the picture; measured about 700 (see tests/fetching/test_caches.py)."""
MAX_VALIDATOR_CHARACTERS = 256


class BoundedMap(Generic[Key, Value]):
    """The values used last, up to a weight, and none older than `ttl_seconds`.

    With digests as keys it spares decoding a picture twice: `weigh` gives the bytes that a value holds.
    """

    def __init__(
        self,
        max_weight: int,
        monotonic: Callable[[], float],
        *,
        ttl_seconds: float = math.inf,
        weigh: Callable[[Value], int] = lambda value: 1,
    ) -> None:
        self._max_weight = max_weight
        self._monotonic = monotonic
        self._ttl_seconds = ttl_seconds
        self._weigh = weigh
        self._entries: OrderedDict[Key, tuple[Value, int, float]] = OrderedDict()
        self.weight = 0

    def get(self, key: Key) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[2] <= self._monotonic():
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Key, value: Value) -> None:
        """A value heavier than the whole map is not kept."""
        if key in self._entries:
            self._remove(key)
        weight = self._weigh(value)
        if weight > self._max_weight:
            return
        self._entries[key] = (value, weight, self._monotonic() + self._ttl_seconds)
        self.weight += weight
        while self.weight > self._max_weight:
            self._remove(next(iter(self._entries)))

    def __len__(self) -> int:
        return len(self._entries)

    def _remove(self, key: Key) -> None:
        self.weight -= self._entries.pop(key)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a URL led to. `content` is the very object of every other URL with the same digest."""

    content: bytes
    digest: str
    media_type: str
    final_url: str
    fresh_until: float
    validators: Mapping[str, str]  # request headers that ask the final URL whether this still holds


class PictureCache:
    """Pictures by URL, those used last up to `max_bytes`; equal contents are held, and counted, once."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._by_url: OrderedDict[str, Kept] = OrderedDict()
        self._contents: dict[str, tuple[bytes, int]] = {}  # by digest, with how many URLs hold it
        self.bytes = 0

    def get(self, url: str) -> Kept | None:
        """Fresh or not: `fresh_until` is the caller's to judge."""
        kept = self._by_url.get(url)
        if kept is not None:
            self._by_url.move_to_end(url)
        return kept

    def put(self, url: str, kept: Kept) -> None:
        self.drop(url)
        if len(kept.content) + _cost(url, kept) > self._max_bytes:
            return
        content, holders = self._contents.get(kept.digest, (kept.content, 0))
        self._contents[kept.digest] = (content, holders + 1)
        self._by_url[url] = replace(kept, content=content)
        self.bytes += _cost(url, kept) + (0 if holders else len(content))
        while self.bytes > self._max_bytes:
            self.drop(next(iter(self._by_url)))

    def drop(self, url: str) -> None:
        kept = self._by_url.pop(url, None)
        if kept is None:
            return
        content, holders = self._contents.pop(kept.digest)
        if holders > 1:
            self._contents[kept.digest] = (content, holders - 1)
        self.bytes -= _cost(url, kept) + (0 if holders > 1 else len(content))

    def __len__(self) -> int:
        return len(self._by_url)


def validators_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The request headers that ask whether an answer with these headers still holds; empty when it cannot be asked."""
    pairs = (("If-None-Match", headers.get("ETag", "")), ("If-Modified-Since", headers.get("Last-Modified", "")))
    return {
        name: value
        for name, value in pairs
        if 0 < len(value) <= MAX_VALIDATOR_CHARACTERS and value.isascii() and value.isprintable()
    }


def _cost(url: str, kept: Kept) -> int:
    texts = sum(len(text) for text in (*kept.validators.keys(), *kept.validators.values()))
    return ENTRY_BYTES + len(url) + len(kept.final_url) + texts
