"""Making a case: a real offer with a mark put in, and the right in question. All that is invented says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchmarks.accuracy.records import Offer

SEED = 20261121
KEPT = ("category", "lang", "price", "currency")  # of the real listing; what may name its own brand is left out


def random_for(name: str) -> Random:
    """A row's own random numbers: a new row changes no other."""
    return Random(f"{SEED} {name}")


def placed(offer: Offer, text: str) -> str:
    """The offer's title with `text` in place of its brand, or in front; words stay words."""
    start, end = offer.place or (0, 0)
    return _joined(_joined(offer.title[:start], text), offer.title[end:])


def _joined(before: str, after: str) -> str:
    """Chinese writes on without a space, letters and digits do not."""
    is_glued = _is_letter(before[-1:]) and _is_letter(after[:1])
    return f"{before} {after}" if is_glued else before + after


def _is_letter(character: str) -> bool:
    return character.isalnum() and not "\u2e80" <= character <= "\u9fff" and not "\uf900" <= character <= "\ufaff"


def listing(listing_id: str, title: str, offer: Offer | None = None, **changes: Any) -> dict[str, Any]:
    """A listing of this title, its goods as the offer has them, by a seller nobody knows."""
    kept = {name: offer.listing[name] for name in KEPT if name in offer.listing} if offer else {}
    return {
        "platform": "benchmark",
        "listing_id": listing_id,
        "title": title,
        "seller": {"id": f"seller of {listing_id}", "name": f"invented seller of {listing_id}"},
    } | (kept | changes)


def right(listing_id: str, marks: Sequence[str], classes: Sequence[str] = (), **facts: Any) -> dict[str, Any]:
    """The trade mark right in question; its register facts are invented."""
    document: Mapping[str, Any] = {
        "right_id": f"right of {listing_id}",
        "kind": "trademark",
        "marks": list(marks),
        "holder": {"id": f"holder of {listing_id}", "name": f"invented holder of {listing_id}"},
    }
    return {**document, **({"classes": list(classes)} if classes else {}), **facts}
