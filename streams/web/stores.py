"""The stores of the operational database as the web process opens them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sinks.operational.account_store import AccountStore
from sinks.operational.allow_store import AllowStore
from sinks.operational.audit_store import AuditStore
from sinks.operational.calibration_store import CalibrationStore
from sinks.operational.holder_store import HolderStore
from sinks.operational.lead_store import LeadStore
from sinks.operational.lockout import ADDRESS_FORGET_MS, NAME_FORGET_MS, Lock, LockoutPolicy
from sinks.operational.notice_store import NoticeStore
from sinks.operational.picture_store import PictureStore
from sinks.operational.reopening_store import ReopeningStore
from sinks.operational.right_history_store import RightHistoryStore
from sinks.operational.right_list_store import RightListStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from streams.settings import Settings

logger = logging.getLogger(__name__)


class _Closing(Protocol):
    def close(self) -> None: ...


_Store = TypeVar("_Store", bound=_Closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebStores:
    """Each is usable from any thread. `accounts` is None where nobody signs in."""

    rights: RightsStore
    allow: AllowStore
    holders: HolderStore
    audit: AuditStore
    accounts: AccountStore | None
    pictures: PictureStore
    judging: TriageStore
    history: RightHistoryStore
    listed: RightListStore
    calibrations: CalibrationStore
    reopenings: ReopeningStore
    leads: LeadStore
    notices: NoticeStore


async def open_stores(settings: Settings, operational: OperationalSettings, stack: AsyncExitStack) -> WebStores:
    """All of them, closed with the stack.

    Raises:
        StoreUnavailable, StoreRefused: the database is away, or not ours.
    """

    async def opened(make: Callable[[], _Store]) -> _Store:
        store = await asyncio.to_thread(make)
        stack.callback(store.close)
        return store

    return WebStores(
        rights=await opened(lambda: RightsStore(operational)),
        allow=await opened(lambda: AllowStore(operational)),
        holders=await opened(lambda: HolderStore(operational)),
        audit=await opened(lambda: AuditStore(operational)),
        accounts=await opened(lambda: _accounts(settings, operational)) if settings.web.accounts else None,
        pictures=await opened(lambda: PictureStore(operational)),
        judging=await opened(lambda: TriageStore(operational, settings.triage)),
        history=await opened(lambda: RightHistoryStore(operational)),
        listed=await opened(lambda: RightListStore(operational)),
        calibrations=await opened(lambda: CalibrationStore(operational)),
        reopenings=await opened(lambda: ReopeningStore(operational)),
        leads=await opened(lambda: LeadStore(operational, settings.leads)),
        notices=await opened(lambda: NoticeStore(operational)),
    )


def _accounts(settings: Settings, operational: OperationalSettings) -> AccountStore:
    limits = settings.access
    first_ms = round(limits.lock_seconds * 1000)
    policy = LockoutPolicy(
        name=Lock(free=limits.failures, first_ms=first_ms, forget_ms=NAME_FORGET_MS),
        address=Lock(free=limits.address_failures, first_ms=first_ms, forget_ms=ADDRESS_FORGET_MS),
    )
    store = AccountStore(operational, policy=policy)
    if not store.accounts(datetime.now(UTC)):
        logger.warning("there is no account yet: make the first one with `rightswatch accounts add`")
    return store
