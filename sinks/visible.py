"""What one principal may see of the alerts: as conditions of a query, and as a test of one alert. Pure, no I/O.

What may not be seen does not exist for whoever asks: it is left out of lists, not counted, and answered with 404.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sinks.text import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """Which alerts and rights there are for somebody. None: all of them; an empty set: none.

    holders : only rights of these holders, by their ids, and alerts on those rights.
    rights : the ids of the rights that the holders had when this was made; None exactly when `holders` is None.
    revision : the watchlist's that `rights` are of.
    regions : only alerts whose region (see `region_of`) begins with one of these.
    """

    holders: frozenset[str] | None = None
    rights: frozenset[str] | None = None
    regions: tuple[str, ...] | None = None
    revision: int = field(default=0, compare=False)

    @property
    def is_everything(self) -> bool:
        return self.holders is None and self.regions is None

    def sees(self, alert: Mapping[str, Any]) -> bool:
        """Whether an alert (its JSON; a screened match has the same fields) is there for them."""
        return self.sees_at(alert.get("right_id"), region_of(alert))

    def sees_at(self, right_id: str | None, region: str) -> bool:
        """Whether what concerns that right, and a seller in that region, is there for them."""
        if self.rights is not None and right_id not in self.rights:
            return False
        return self.regions is None or region.startswith(self.regions)

    def owns(self, right: Mapping[str, Any]) -> bool:
        """Whether a right (its JSON) is one of their holders'. Regions say nothing about rights."""
        return self.holders is None or holder_id_of(right) in self.holders

    def may_name(self, right_id: str) -> bool:
        """Whether they may make a right with an id that nobody has: any, or one that begins with their holder's."""
        return self.holders is None or any(right_id.startswith(f"{holder}:") for holder in self.holders)

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """Clauses for WHERE over columns `right_id` and `seller_region`, and the values of their places.

        No clauses where all is seen. `alerts`, `alerts_by_time` and `screened_sample` have both columns.
        """
        clauses, values = list[str](), dict[str, Any]()
        if self.rights is not None:
            clauses.append("right_id IN {visible_rights:Array(String)}" if self.rights else "false")
            values["visible_rights"] = sorted(storable(right_id) for right_id in self.rights)
        if self.regions is not None:
            clauses.append("arrayExists(prefix -> startsWith(seller_region, prefix), {visible_regions:Array(String)})")
            values["visible_regions"] = [storable(region) for region in self.regions]
        return clauses, values


EVERYTHING = Visible()


def region_of(alert: Mapping[str, Any]) -> str:
    """Where the seller of an alert is: as the listing says of its seller, else where the goods ship from; may be ""."""
    seller = alert.get("seller")
    region = seller.get("region") if isinstance(seller, Mapping) else None
    place = region or alert.get("ships_from")
    return place if isinstance(place, str) else ""


def holder_id_of(right: Mapping[str, Any]) -> str | None:
    """The id of a right's holder, from the right's JSON, read as `detectors.rights` reads it."""
    holder = right.get("holder")
    value = holder.get("id") if isinstance(holder, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None
