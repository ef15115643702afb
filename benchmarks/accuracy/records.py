"""What the accuracy harness works with: real offers, cases made of them, and the rows of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Policy = Literal["signals", "any_use"]
"""The policy of the right in question. Under `any_use` its holder wants to hear of every use: a second signal."""

Wanted = Literal["alert", "silence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A real listing, untouched."""

    listing: Mapping[str, Any]
    place: tuple[int, int] | None = None  # where the title names its own brand, in code points
    classes: tuple[str, ...] = ()  # Nice classes that its goods may fall in; none: not known

    @property
    def title(self) -> str:
        return str(self.listing["title"])

    @property
    def is_chinese(self) -> bool:
        return bool(self.listing.get("lang") == "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One listing, one right, and what must come of them. `code` is the patent-claim code that must be named."""

    listing: Mapping[str, Any]
    right: Mapping[str, Any] | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One row of the table: cases of one kind. `headline` is the policy of the right that the row is about."""

    name: str
    wanted: Wanted
    headline: Policy
    cases: tuple[Case, ...] = field(repr=False)
    counts: bool = True  # in the overall recall, if an alert is wanted
    has_second: bool = False  # a row of its own under `any_use` too: what a second signal makes of a weak disguise

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies that the group has a row for."""
        return (self.headline, "any_use") if self.has_second else (self.headline,)


def metric(group: Group, policy: Policy) -> str:
    """The row's name in the table."""
    what = "found" if group.wanted == "alert" else "silent"
    second = ", any use watched" if policy == "any_use" else ""
    return f"{what}: {group.name}{second}"
