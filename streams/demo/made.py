"""Makes one openly labelled listing from a real one: a mark in disguise, counterfeit wording, or a false patent claim.

The label is the attribute `rightswatch_demo`: `made:<what was done>:<right_id, or - for none>`. It names the right by
its id, never by its mark, so that it cannot be what a detector finds. Pure functions of the base and a seeded source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from streams.demo import patents
from streams.demo.disguises import DISGUISES
from streams.demo.pack import Base
from streams.demo.wording import counterfeit_title

LABEL = "rightswatch_demo"
WORDING = "added_wording"
SELLERS = 40
ALSO_ORDINARY = frozenset({"full_width", "traditional"})
"""Disguises that honest sellers write too: they come with counterfeit wording, alone they would say nothing."""


def disguised(listing: Mapping[str, Any], base: Base, name: str, random: Random) -> dict[str, Any] | None:
    """The listing with its mark in the named disguise and nowhere plain; None when the disguise does not fit it."""
    mark = listing["title"][base.start : base.end]
    written = DISGUISES[name].apply(mark, random)
    if written is None:
        return None
    plain = re.compile(re.escape(mark), re.IGNORECASE)
    title = plain.sub(lambda _: written, listing["title"])
    if name in ALSO_ORDINARY:
        title = counterfeit_title(title, listing.get("lang", "en"), random)
    made = _without(listing, plain) | {"title": title}
    return _labelled(made, name, base.right_id, random)


def worded(listing: Mapping[str, Any], base: Base, random: Random) -> dict[str, Any]:
    """The listing with its mark as it was and counterfeit wording in the title."""
    title = counterfeit_title(listing["title"], listing.get("lang", "en"), random)
    return _labelled({**listing, "title": title}, WORDING, base.right_id, random)


def claiming(
    listing: Mapping[str, Any], name: str, rights: Mapping[str, Mapping[str, Any]], random: Random
) -> dict[str, Any]:
    """The listing with a false claim to a patent in its description."""
    if name in patents.CITED:
        right_id = random.choice(patents.CITED[name])
        text = patents.cited(rights[right_id], random)
    else:
        right_id, text = "-", patents.CLAIMS[name](random).text
    description = f"{listing['description']} {text}" if listing.get("description") else text
    return _labelled({**listing, "description": description}, name, right_id, random)


def label_of(listing: Mapping[str, Any]) -> tuple[str, str] | None:
    """What was done to a made listing and to whose right (`-`: none); None for a real one."""
    label = (listing.get("attributes") or {}).get(LABEL)
    if label is None:
        return None
    _, name, right_id = label.split(":")
    return name, right_id


def _without(listing: Mapping[str, Any], plain: re.Pattern[str]) -> dict[str, Any]:
    """The listing without its brand and what else names the mark: who disguises a title does not repeat it below."""
    kept = {name: value for name, value in listing.items() if not (isinstance(value, str) and plain.search(value))}
    kept.pop("brand", None)
    kept["attributes"] = {
        name: value
        for name, value in listing.get("attributes", {}).items()
        if not plain.search(name) and not plain.search(value)
    }
    return kept


def _labelled(listing: Mapping[str, Any], name: str, right_id: str, random: Random) -> dict[str, Any]:
    number = random.randrange(SELLERS)
    return {
        **listing,
        "attributes": {**listing.get("attributes", {}), LABEL: f"made:{name}:{right_id}"},
        "seller": {"id": f"demo-made-seller-{number:02d}", "name": f"invented seller {number} of made listings"},
    }
