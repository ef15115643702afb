"""What the rights desk needs from below, as interfaces. Blocking, safe to call from any thread.

All raise StoreUnavailable, and StoreRefused for what is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from detectors.pictures.looking import Watched
from sinks.operational.right_history_store import Author, HeldRight, RightChange
from sinks.operational.right_list_store import RightPage, RightQuery


class RightHistory(Protocol):
    """Changes of rights and their history, as sinks.operational.right_history_store has them."""

    def put(self, right: Mapping[str, Any], *, based_on: int, author: Author, now: datetime, reason: str = "") -> int:
        """Raises StaleRevision when somebody else changed it meanwhile."""
        ...

    def withdraw(self, right_id: str, *, based_on: int, author: Author, now: datetime, reason: str) -> int: ...

    def held(self, right_id: str) -> HeldRight | None: ...

    def history(self, right_id: str, *, before: int | None = None, limit: int = 100) -> Sequence[RightChange]: ...


class RightList(Protocol):
    """The rights as a searched list, as sinks.operational.right_list_store has it."""

    def catch_up(self) -> int: ...

    def find(self, query: RightQuery) -> RightPage: ...


class PictureKeeping(Protocol):
    """Where the rights' pictures are put before a right names them."""

    def keep(self, pictures: Sequence[Watched]) -> None: ...

    def missing(self, digests: Collection[str]) -> frozenset[str]:
        """Those of the digests under which there is no picture."""
        ...

    def preview(self, digest: str) -> bytes | None:
        """A small JPEG."""
        ...


class Previewed(Protocol):
    """What a change would have meant."""

    def to_json(self) -> dict[str, Any]: ...


class Previewer(Protocol):
    """What a change of a right would have raised and silenced, as streams.preview tells it. Takes seconds."""

    def preview(
        self, right_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, now: datetime
    ) -> Previewed:
        """None: no right."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsDesk:
    history: RightHistory
    listed: RightList
    pictures: PictureKeeping
    previewer: Previewer
