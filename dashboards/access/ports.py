"""What deciding who may see and do what needs from below, as interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class HolderRights(Protocol):
    """Whose each right is. Blocking, safe to call from any thread. Raises StoreUnavailable, StoreRefused."""

    def rights_of(self, holders: frozenset[str]) -> frozenset[str]:
        """The ids of all rights of these holders, those included that are no longer watched."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStores:
    """What `dashboards.access` works with."""

    holders: HolderRights
