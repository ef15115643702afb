"""Reasons beside the mark that add to a finding: the price, and being asked to leave the platform. Pure functions."""

from __future__ import annotations

from detectors.records import Listing, Reason
from detectors.rights import Right

PRICE = "price_far_under"
CONTACT = "off_platform_contact"


def comparable_price(listing: Listing, right: Right) -> float | None:
    """The listing's price, if the right's usual price is in the same currency."""
    usual, price = right.usual_price, listing.get("price")
    if usual is None or price is None or (listing.get("currency") or "").upper() != usual.currency:
        return None
    return float(price)


def price_far_under(listing: Listing, right: Right, share: float) -> bool:
    """Whether the price of new goods is under `share` of the right's usual price, in the same currency.

    A crossed-out "list price" of the listing is no measure: the seller chooses it, and honest shops inflate it.
    """
    if listing.get("condition") in ("used", "refurbished"):
        return False  # second-hand goods are cheap without being anything else
    price, usual = comparable_price(listing, right), right.usual_price
    return price is not None and usual is not None and 0 < price < share * usual.amount


def price_reason(listing: Listing, right: Right) -> Reason:
    """What `price_far_under` found, in figures that can be read aloud."""
    usual = right.usual_price
    if usual is None:
        raise ValueError(f"right {right.right_id} has no usual price to compare with")
    price = float(listing["price"])
    return Reason(
        field="price",
        text=f"{price:.2f} {usual.currency}",
        matched=f"{usual.amount:.2f} {usual.currency}",
        how=PRICE,
        note=f"{100 * price / usual.amount:.2g} % of the right's usual price",
    )
