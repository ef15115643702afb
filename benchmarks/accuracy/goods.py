"""Nice classes that the goods of the data sets' categories may fall in.

Generous on purpose: the right in question is registered for these classes, and a right that does not cover the goods
would make an honest listing of a positive. Categories that are too mixed give none: such a right has no classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BY_PLATFORM = {
    "demo-en-walmart-amazon": ("9", "16"),
    "demo-en-amazon-google": ("9",),  # software
    "demo-zh-mep3m": ("5", "29"),  # milk powder: for infants 5, else 29
}
BY_CATEGORY = {
    "computers": ("9",),
    "cameras": ("9",),
    "watches": ("14",),
    "shoes": ("25",),
    "大服饰": ("14", "18", "25"),
    "美妆洗护": ("3", "5"),
    "食品": ("29", "30", "31", "32", "33"),
    "消费电子": ("7", "9", "11"),
}


def classes(listing: Mapping[str, Any]) -> tuple[str, ...]:
    category = str(listing.get("category") or "").partition("/")[0]
    return BY_CATEGORY.get(category) or BY_PLATFORM.get(str(listing["platform"]), ())
