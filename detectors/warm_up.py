"""Screens one tiny page and hashes one tiny picture, so that the first real ones meet compiled kernels.

A step of `make env`, and of every start. The page goes the way of every page, and the picture of every picture, so that
each kernel meets the very types of arrays it gets in service; types written down here would one day differ, and a
kernel would be compiled anew in every process.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from detectors.decode import decode_page
from detectors.folding import fold_table
from detectors.goods.lexicon import goods_lexicon
from detectors.goods.words import read_goods
from detectors.kernels.jit import KERNELS, ReadOnlyCache
from detectors.lexicon import lexicon
from detectors.matching import match_text
from detectors.patents.attributes import naming_patents
from detectors.patents.wording import patent_wording
from detectors.pictures.warm_up import warm_up_pictures
from detectors.records import Page
from detectors.sampling import Sample
from detectors.screening import sift
from detectors.tables import SavedTables
from detectors.text import fingerprint_text
from detectors.watchlist import Watchlist, WatchlistBuilder

_PAGE = b'{"platform":"p","listing_id":"1","title":"replica N1KE, NIIKE, AAA battery","price":1,"attributes":{"a":"b"}}'
_RIGHT = {"right_id": "R", "kind": "trademark", "marks": ["NIKE"]}


def warm_up() -> None:
    """Calls each kernel as a page does."""
    page = Page(_PAGE, datetime(2026, 1, 1, tzinfo=UTC))
    listings, watchlist = decode_page(page).listings, _watchlist()
    text = fingerprint_text(listings)
    hits = match_text(text, len(listings), watchlist)
    sift(hits, listings, watchlist, page.observed_at.date(), Sample(page, 0.0))
    naming_patents(text.content, text.names, patent_wording())
    read_goods(listings, [0], goods_lexicon())
    warm_up_pictures()


def _watchlist() -> Watchlist:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, "op": "put", "right": _RIGHT})
    return builder.build()


def compile_kernels() -> int:
    """Compiles into the cache and returns the number of kernels; the only step that writes it, and the tables."""
    ReadOnlyCache.saving = SavedTables.saving = True
    try:
        warm_up()
    finally:
        ReadOnlyCache.saving = SavedTables.saving = False
    return len(KERNELS)


def save_tables() -> None:
    """What `compile_kernels` does too, in a second: enough where nothing but data has changed."""
    SavedTables.saving = True
    try:
        fold_table()
        lexicon()
    finally:
        SavedTables.saving = False


if __name__ == "__main__":
    if sys.argv[1:] == ["tables"]:
        save_tables()
        sys.stderr.write("saved the tables\n")
    else:
        sys.stderr.write(f"compiled {compile_kernels()} kernels\n")
