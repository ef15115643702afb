"""Which sellers a watchlist's rights name at all: a quick "never heard of" for almost every listing."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BITS_PER_SELLER = 16  # one seller in sixteen that nobody names passes by chance, and is then looked at closely


@dataclass(frozen=True, slots=True)
class SellersNamed:
    """bits: uint8[a power of two, or none], one bit for each seller named."""

    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, keys: Collection[int]) -> SellersNamed:
        """Of the sellers with these keys (see `seller_key`)."""
        size = 1 << (len(keys) * BITS_PER_SELLER).bit_length() if keys else 0
        is_named = np.zeros(size, np.bool_)
        is_named[np.array(list(keys), np.int64) & (size - 1)] = True
        return cls(np.packbits(is_named, bitorder="little"))

    def __contains__(self, key: int) -> bool:
        place = key & (self.bits.size * 8 - 1)
        return bool(self.bits.size and self.bits[place >> 3] >> (place & 7) & 1)

    def __len__(self) -> int:
        """0 when nobody is named."""
        return self.bits.size


def seller_key(kind: str, value: str) -> int:
    """CRC-32 of one way to name a seller: `id`, `uscc` or `name`."""
    return zlib.crc32(f"{kind}:{value.strip().casefold()}".encode("utf-8", "replace"))
