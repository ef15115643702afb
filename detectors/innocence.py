"""Counterfeit wording that the goods make innocent: AAA beside "battery", A货 beside 翡翠, replica beside "jersey".

The words for such goods are frequent (leather, film, 模型), so they are not searched in every listing but only in those
few where wording that they could excuse was found: an ordinary page pays nothing for them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.finding import find
from detectors.kernels.beside import bound_fields, excuse_wording, find_excusable
from detectors.kernels.near import Found
from detectors.text import PageText
from detectors.watchlist.beside import Beside


def innocent_by_goods(text: PageText, listings: int, found: Found, beside: Beside) -> NDArray[np.int64]:
    """The rows of `found` that are counterfeit wording beside goods that make it innocent."""
    rows = np.empty(len(found.patterns), np.int64)
    rows = rows[: find_excusable(found.patterns, beside.excused_by, rows)]
    if not rows.size:
        return rows
    symbols, wording, wording_fields = text.folded, found.symbols[rows], found.fields[rows]
    fields = np.empty(len(text.listing_of), np.int32)
    bounds = np.empty(2 * len(fields), np.int32)
    count = bound_fields(wording_fields, text.listing_of, text.headlines, listings, symbols.fields, fields, bounds)
    goods = find(symbols, bounds[: 2 * count], beside.goods)
    order = np.argsort(goods.symbols, kind="stable")
    excused = np.zeros(rows.size, np.bool_)
    excuse_wording(
        wording, wording_fields, beside.excused_by[found.patterns[rows]], goods.symbols[order],
        fields[goods.fields[order] // 2], beside.excuses[goods.patterns[order]], symbols.clauses, text.listing_of,
        text.headlines, listings, excused,
    )  # fmt: skip
    return rows[excused]
