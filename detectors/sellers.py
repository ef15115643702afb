"""Who sells: holders, licensees and allow-listed sellers, by account, company code or name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from detectors.records import Listing
from detectors.rights import Licensee, Right
from detectors.watchlist.columns import Watchlist, seller_key

NAMES = (("id", "id"), ("uscc", "uscc"), ("name", "name"))


def is_known(listing: Listing, watchlist: Watchlist) -> bool:
    """Whether any right names this seller at all; collisions of the key only cost time."""
    seller = listing.get("seller")
    if not seller:
        return False
    known = watchlist.known_sellers
    return any(seller_key(kind, seller[name]) in known for kind, name in NAMES if seller.get(name))


def seller_screen(listing: Listing, right: Right, today: date) -> str | None:
    """The reason not to alert that lies in who sells, or None."""
    seller: Mapping[str, Any] = listing.get("seller") or {}
    platform = listing["platform"]
    holder = right.holder
    if any(_same(shop.seller_id, seller.get("id")) and shop.platform in (None, platform) for shop in holder.sellers):
        return "own_shop"
    if _same(holder.uscc, seller.get("uscc")) or _same(holder.name, seller.get("name")):
        return "own_shop"
    if any(_covers(licensee, seller, platform, today) for licensee in right.licensees):
        return "licensee"
    if any(_same(allow.seller_id, seller.get("id")) for allow in right.allow):
        return "allow_list"
    return None


def _covers(licensee: Licensee, seller: Mapping[str, Any], platform: str, today: date) -> bool:
    if licensee.platforms and platform not in licensee.platforms:
        return False
    if (licensee.from_date and today < licensee.from_date) or (licensee.to_date and today > licensee.to_date):
        return False
    ways = (("id", licensee.seller_id), ("uscc", licensee.uscc), ("name", licensee.name))
    return any(_same(wanted, seller.get(name)) for name, wanted in ways)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and one.strip().casefold() == other.strip().casefold()  # type: ignore[union-attr]
