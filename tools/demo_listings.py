"""The pack's titles as listings of our contract. The text is kept as it is; the seller is invented and says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from tools.demo_cases import SELLER_CASES

SOURCES = {
    "walmart-amazon": "demo-en-walmart-amazon",
    "amazon-google": "demo-en-amazon-google",
    "abt-buy": "demo-en-abt-buy",
    "wdc-lspm": "demo-en-wdc",
    "openbg-align": "demo-zh-openbg",
    "mep3m-1k": "demo-zh-mep3m",
    "litemall": "demo-zh-litemall",
}
"""Source in the pack -> platform in the demo. What is not here (newbee-mall: GPL-3.0) stays out."""

REGIONS = ("440300", "330700", "350300", "310000", "330100", "440100", "320500", "110000")
SELLERS = 900


def listings(rows: Iterator[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["source"] in SOURCES:
            yield listing(row)


def listing(row: Mapping[str, Any]) -> dict[str, Any]:
    platform, chinese = SOURCES[row["source"]], row["lang"] == "zh"
    made = {
        "platform": platform,
        "listing_id": row["id"],
        "url": f"https://{platform}.invalid/{row['id']}",
        "title": row["title"],
        "description": row.get("description"),
        "brand": " / ".join(gold_brands(row)),
        "category": row["category"],
        "attributes": attributes(row),
        "lang": row["lang"],
        "seller": seller(row, chinese),
        "market": "CN" if chinese else "US",
    }
    if float(row.get("price") or 0) > 0:
        made |= {"price": row["price"], "currency": "USD"}
    return {name: value for name, value in made.items() if value}


def gold_brands(row: Mapping[str, Any]) -> list[str]:
    if "brands" in row:
        return [brand["raw"] for brand in row["brands"]]
    return [row["brand"]] if row["brand"] else []


def attributes(row: Mapping[str, Any]) -> dict[str, str]:
    """OpenBG's `name#:#value#;#...` as an object; a name that comes again has its values joined by `; `."""
    values: dict[str, list[str]] = {}
    for part in (row.get("attrs") or "").split("#;#"):
        name, separator, value = part.partition("#:#")
        if separator and value not in values.setdefault(name, []):
            values[name].append(value)
    for name in ("model", "ocr"):
        if row.get(name):
            values[name] = [row[name]]
    return {name: "; ".join(parts) for name, parts in values.items()}


def seller(row: Mapping[str, Any], chinese: bool) -> dict[str, str]:
    """An invented seller, chosen by the listing's id alone. A few have most of the offers, as in a real market."""
    number = int.from_bytes(hashlib.sha256(row["id"].encode()).digest()[:8])
    share = (number % 1_000_003) / 1_000_003
    for brand in gold_brands(row):
        case = SELLER_CASES.get(brand.casefold())
        if case and number % 2:
            return {"id": case, "name": f"{case} (invented)"}
    index = int(SELLERS * share**2)
    made = {"id": f"demo-{'zh' if chinese else 'en'}-seller-{index:04d}", "name": f"invented seller {index}"}
    return made | ({"region": REGIONS[index % len(REGIONS)]} if chinese else {})
