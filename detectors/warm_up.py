"""Screens one tiny page and hashes one tiny picture, so that the first real ones meet compiled kernels.

A step of `make env`, and of every start. The page goes the way of every page, and the picture of every picture, so that
each kernel meets the very types of arrays it gets in service; types written down here would one day differ, and a
kernel would be compiled anew in every process.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import simplejpeg

from detectors.decode import decode_page
from detectors.goods.lexicon import goods_lexicon
from detectors.goods.words import read_goods
from detectors.kernels.jit import KERNELS, ReadOnlyCache
from detectors.matching import match_text
from detectors.pictures.copies import compare_features, look_at, look_closely, register
from detectors.pictures.decoding import decode
from detectors.pictures.feature_index import Segment, Tables
from detectors.pictures.hashing import fingerprint
from detectors.pictures.picture import Picture
from detectors.records import Page
from detectors.text import fingerprint_text
from detectors.watchlist import Watchlist, WatchlistBuilder

_PAGE = b'{"platform":"p","listing_id":"1","title":"replica N1KE, NIIKE, AAA battery","price":1}'
_RIGHT = {"right_id": "R", "kind": "trademark", "marks": ["NIKE"]}


def warm_up() -> None:
    """Calls each kernel as a page does."""
    listings = decode_page(Page(_PAGE, datetime(2026, 1, 1, tzinfo=UTC))).listings
    match_text(fingerprint_text(listings), len(listings), _watchlist())
    read_goods(listings, [0], goods_lexicon())
    picture = decode(simplejpeg.encode_jpeg(np.zeros((8, 8, 3), np.uint8)))
    if isinstance(picture, Picture):
        fingerprint(picture)
        _compare(replace(picture, luma=np.random.default_rng(1).uniform(0, 255, (64, 64)).astype(np.float32)))


def _compare(picture: Picture) -> None:
    """Looks for a picture in itself, by tables and without."""
    registered, detail = register(picture), look_closely(picture)
    look_at(picture)
    segment = Segment.of({0: registered.features})
    for one in (segment, replace(segment, tables=Tables.over(segment.features.codes))):
        for candidate in one.candidates(detail.queries):
            compare_features(registered, detail, candidate.is_mirror)


def _watchlist() -> Watchlist:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, "op": "put", "right": _RIGHT})
    return builder.build()


def compile_kernels() -> int:
    """Compiles into the cache and returns the number of kernels; the only step that writes it."""
    ReadOnlyCache.saving = True
    try:
        warm_up()
    finally:
        ReadOnlyCache.saving = False
    return len(KERNELS)


if __name__ == "__main__":
    sys.stderr.write(f"compiled {compile_kernels()} kernels\n")
