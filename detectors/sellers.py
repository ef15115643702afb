"""Who sells: holders, licensees and allow-listed sellers, by account, company code or name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from detectors.records import Listing
from detectors.rights import Licensee, Right
from detectors.watchlist import Watchlist
from detectors.watchlist.sellers_named import seller_key

NAMES = (("id", "id"), ("uscc", "uscc"), ("name", "name"))


def is_known(seller: Mapping[str, Any] | None, watchlist: Watchlist) -> bool:
    """Whether any right names this seller at all; collisions of the key only cost time."""
    if not seller:
        return False
    return any(watchlist.names_seller(seller_key(kind, seller[name])) for kind, name in NAMES if seller.get(name))


def seller_screen(listing: Listing, right: Right, today: date) -> str | None:
    """The reason not to alert that lies in who sells, or None.

    Anybody can write a name, so a name counts only where neither the account nor the company code speaks against it.
    """
    seller: Mapping[str, Any] = listing.get("seller") or {}
    if not seller:
        return None
    platform = listing["platform"]
    holder = right.holder
    shops = [shop.seller_id for shop in holder.sellers if shop.platform in (None, platform)]
    if _is_party(seller, shops, holder.uscc, holder.name):
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
    accounts = [licensee.seller_id] if licensee.seller_id else []
    return _is_party(seller, accounts, licensee.uscc, licensee.name)


def _is_party(seller: Mapping[str, Any], accounts: list[str], uscc: str | None, name: str | None) -> bool:
    """Whether the seller is the one with these accounts on this platform, this company code or this name."""
    if any(_same(account, seller.get("id")) for account in accounts) or _same(uscc, seller.get("uscc")):
        return True
    is_other_account = bool(accounts and seller.get("id"))
    is_other_company = bool(uscc and seller.get("uscc"))
    return _same(name, seller.get("name")) and not is_other_account and not is_other_company


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and one.strip().casefold() == other.strip().casefold()  # type: ignore[union-attr]
