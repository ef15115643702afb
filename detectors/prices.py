"""A listing's price beside the right's usual one. A price is never a finding by itself: it only adds to one.

Only the right's own usual price is compared. A crossed-out "list price" of the listing is no measure: the seller
chooses it, and honest shops inflate it as a matter of course.
"""

from __future__ import annotations

from detectors.records import Listing
from detectors.rights import Right


def comparable_price(listing: Listing, right: Right) -> float | None:
    """The listing's price, if the right's usual price is in the same currency."""
    usual, price = right.usual_price, listing.get("price")
    if usual is None or price is None or (listing.get("currency") or "").upper() != usual.currency:
        return None
    return float(price)


def price_far_under(listing: Listing, right: Right, share: float) -> bool:
    """Whether the price of new goods is under `share` of the right's usual price, in the same currency."""
    if listing.get("condition") in ("used", "refurbished"):
        return False  # second-hand goods are cheap without being anything else
    price, usual = comparable_price(listing, right), right.usual_price
    return price is not None and usual is not None and 0 < price < share * usual.amount
