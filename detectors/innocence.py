"""Counterfeit wording that the goods make innocent: AAA beside "battery", A货 beside 翡翠, replica beside "jersey".

The words for such goods are frequent (leather, film, 模型), so they are not searched in every listing but only in those
few where wording that they could excuse was found: an ordinary page pays nothing for them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.finding import find
from detectors.kernels.beside import excuse_wording
from detectors.kernels.near import Found
from detectors.text import PageText
from detectors.watchlist.beside import Beside


def innocent_by_goods(text: PageText, listings: int, found: Found, beside: Beside) -> NDArray[np.int64]:
    """The rows of `found` that are counterfeit wording beside goods that make it innocent."""
    groups = beside.groups_of(found.patterns)
    rows = np.flatnonzero(groups)
    if not rows.size:
        return rows
    symbols = text.folded
    fields = _fields_to_search(text, listings, found.fields[rows])
    # Backwards, so that what lies between two fields is no range: it ends before it begins.
    bounds = np.column_stack([symbols.fields[fields], symbols.fields[fields + 1]])[::-1].ravel()
    goods = find(symbols, bounds, beside.goods)
    order = np.argsort(goods.symbols, kind="stable")
    goods_fields = fields[::-1][goods.fields[order] // 2].astype(np.int32)
    excused = np.zeros(rows.size, np.bool_)
    excuse_wording(
        found.symbols[rows], found.fields[rows], groups[rows], goods.symbols[order],
        goods_fields, beside.excuses[goods.patterns[order]], symbols.clauses, text.listing_of, text.headlines,
        listings, excused,
    )  # fmt: skip
    return rows[excused]


def _fields_to_search(text: PageText, listings: int, fields: NDArray[np.int32]) -> NDArray[np.int64]:
    """The wordings' own fields, and titles and brands of their listings; rising."""
    concerned = np.zeros(listings, np.bool_)
    concerned[text.listing_of[fields]] = True
    wanted = np.zeros(len(text.listing_of), np.bool_)
    wanted[: text.headlines] = concerned[text.listing_of[: text.headlines]]
    wanted[fields] = True
    return np.flatnonzero(wanted)
