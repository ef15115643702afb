"""What deciding who may see and do what needs from below, as interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sinks.operational.account_store import AccountStore
from sinks.operational.audit_store import AuditEntry, AuditQuery
from sinks.operational.holder_store import Held


class HolderRights(Protocol):
    """Whose each right is. Blocking, safe to call from any thread. Raises StoreUnavailable, StoreRefused."""

    def rights_of(self, holders: frozenset[str]) -> Held:
        """The rights of these holders, those included that are no longer watched."""
        ...


class AuditLog(Protocol):
    """Who did what. Blocking, safe to call from any thread. Raises StoreUnavailable, StoreRefused."""

    def append(
        self, *, by_id: str, by_name: str, action: str, subject: str, detail: Mapping[str, Any], now: datetime
    ) -> int: ...

    def page(self, query: AuditQuery) -> list[AuditEntry]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStores:
    """What `dashboards.access` works with."""

    holders: HolderRights
    audit: AuditLog
    accounts: AccountStore | None = None  # None: no accounts, whoever reaches the server is LOCAL
