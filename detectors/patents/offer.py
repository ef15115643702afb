"""What a listing tells about a claim beyond its own words: who sells, what, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detectors.patents.folding import fold
from detectors.patents.wording import PatentWording, patent_wording
from detectors.records import Listing
from detectors.rights import Holder, Licensee, Right
from detectors.sellers import seller_screen
from detectors.territories import market_code

_GOODS = ("title", "category")


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing, as the judge of its claims sees it."""

    listing: Listing
    wording: PatentWording = field(default_factory=patent_wording)

    @property
    def is_pharma(self) -> bool:
        """Whether the goods may be a drug, for which compensation can lengthen an invention's term."""
        return any(self.wording.pharma.search(fold(self.listing.get(name) or "")[:2_000]) for name in _GOODS)

    @property
    def needs_notice(self) -> bool:
        """Whether Chinese marking rules hold: 'patent pending' alone is lawful wording in the United States."""
        market = market_code(self.listing.get("market"))
        return market == "CN" or (not market and any("\u4e00" <= sign <= "\u9fff" for sign in self.listing["title"]))


def is_somebody_else(right: Right, offer: Offer, today: date) -> bool:
    """Whether the offerer can be told apart from the holder and every licensee of that day.

    False when nothing can be compared, and for a seller or brand whose name contains the holder's or is part of it.
    """
    listing = offer.listing
    seller: Mapping[str, Any] = listing.get("seller") or {}
    if seller_screen(listing, right, today):
        return False
    licensees = [one for one in right.licensees if one.to_date is None or one.to_date >= today]
    parties: list[Holder | Licensee] = [right.holder, *licensees]
    names = [party.name.casefold() for party in parties if party.name]
    ours = [name.casefold() for name in (seller.get("name"), listing.get("brand")) if name]
    if any(_related(name, own) for name in names for own in ours):
        return False
    has_code = bool(seller.get("uscc")) and any(party.uscc for party in parties)
    has_account = bool(seller.get("id")) and bool(right.holder.sellers)
    return has_code or has_account or bool(ours and names)


def _related(name: str, own: str) -> bool:
    """Two characters or more of one are the other: 甲公司 and 甲公司官方旗舰店."""
    shorter, longer = sorted((name, own), key=len)
    return len(shorter) > 1 and shorter in longer
