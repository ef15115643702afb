"""What notices need from below, as interfaces. The stores block and may be called from any thread.

All raise StoreUnavailable, and StoreRefused for what is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sinks.operational.notice_destinations import Owners
from sinks.operational.notice_records import Destination, Draft


class DestinationList(Protocol):
    """Where people want to hear of things, as sinks.operational.notice_destinations has it."""

    def all(self, owners: Owners, now: datetime) -> list[Destination]: ...

    def get(self, destination_id: str, owners: Owners, now: datetime) -> Destination | None: ...

    def add(self, draft: Draft, made_by: str, now: datetime) -> Destination: ...

    def change(
        self, destination_id: str, draft: Draft, *, version: int, owners: Owners, now: datetime
    ) -> Destination | None:
        """Raises StaleDestination when somebody else changed it meanwhile."""
        ...

    def remove(self, destination_id: str, *, owners: Owners, now: datetime) -> bool: ...

    def by_token(self, token: str, now: datetime) -> Destination | None: ...

    def unsubscribe(self, token: str, now: datetime) -> bool: ...


class Outbox(Protocol):
    """Notices and their fates, as sinks.operational.notice_store has them."""

    @property
    def destinations(self) -> DestinationList: ...

    def test(self, destination: Destination, now: datetime) -> str: ...

    def replay(self, notice_id: str, owners: Owners, now: datetime) -> bool | None: ...

    def notices(
        self,
        owners: Owners,
        *,
        state: str | None = None,
        destination_id: str | None = None,
        alert_id: str | None = None,
        group_id: str | None = None,
        before: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[dict[str, Any]]: ...

    def notice(self, notice_id: str, owners: Owners) -> dict[str, Any] | None: ...


class AddressChecking(Protocol):
    """Whether an address may be a destination, asked of the network. Raises StoreRefused, with what to correct."""

    async def __call__(self, kind: str, address: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeStores:
    """What `dashboards.notices` works with."""

    outbox: Outbox
    check: AddressChecking
