"""What judging needs from below, as interfaces. Blocking, safe to call from any thread.

Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sinks.operational.triage_records import Actor, Facts, Outcome, Shelf, State
from sinks.triage_policy import TriageSettings


class PendingStates(Protocol):
    """What ClickHouse may not know yet."""

    def pending(self) -> list[dict[str, Any]]:
        """States as they are announced: group_id, and `state` as `State.to_json`."""
        ...


class Shelves(Protocol):
    """Rights and sellers whose open groups are put aside for a while."""

    def at(self, now: datetime) -> list[Shelf]: ...

    def put(self, kind: str, value: str, who: Actor, now: datetime, *, until: datetime, note: str) -> Shelf: ...

    def end(self, kind: str, value: str, now: datetime) -> int: ...


class Views(Protocol):
    """Filters that people keep under a name."""

    def of(self, account_id: str) -> dict[str, str]: ...

    def put(self, account_id: str, name: str, query: str, now: datetime) -> None: ...

    def remove(self, account_id: str, name: str) -> bool: ...


class Judging(Protocol):
    """Claims, verdicts and what else people do with groups, as sinks.operational.triage_store has it."""

    @property
    def outbox(self) -> PendingStates: ...

    @property
    def shelves(self) -> Shelves: ...

    @property
    def views(self) -> Views: ...

    def states(self, group_ids: Iterable[str], now: datetime) -> dict[str, State]: ...

    def claimed(self, now: datetime) -> dict[str, str]:
        """Group id to the account whose claim it is."""
        ...

    def history(self, group_id: str) -> list[dict[str, Any]]: ...

    def at_work(self, now: datetime) -> int: ...

    def claim(self, targets: Sequence[Facts], who: Actor, now: datetime) -> Outcome: ...

    def release(self, group_ids: Iterable[str], who: Actor, now: datetime) -> Outcome: ...

    def judge(
        self,
        targets: Sequence[Facts],
        who: Actor,
        now: datetime,
        *,
        verdict: str,
        reason_code: str,
        note: str = "",
        versions: Mapping[str, int] | None = None,
        may_be_reviewed: bool = True,
    ) -> Outcome: ...

    def review(
        self,
        target: Facts,
        who: Actor,
        now: datetime,
        *,
        verdict: str,
        reason_code: str,
        note: str = "",
        version: int | None = None,
        may_be_reviewed: bool = True,
    ) -> Outcome: ...

    def ask_expert(
        self, target: Facts, who: Actor, now: datetime, *, note: str, version: int | None = None
    ) -> Outcome: ...

    def opinion(
        self,
        target: Facts,
        who: Actor,
        now: datetime,
        *,
        note: str,
        verdict: str | None = None,
        reason_code: str | None = None,
        version: int | None = None,
    ) -> Outcome: ...

    def judge_screened(
        self, target: Facts, who: Actor, now: datetime, *, verdict: str, reason_code: str, note: str = ""
    ) -> dict[str, Any]: ...

    def shelve(
        self,
        targets: Sequence[Facts],
        who: Actor,
        now: datetime,
        *,
        until: datetime,
        note: str,
        versions: Mapping[str, int] | None = None,
    ) -> Outcome: ...

    def unshelve(self, targets: Sequence[Facts], who: Actor, now: datetime) -> Outcome: ...

    def undo(self, target: Facts, who: Actor, now: datetime, *, version: int | None = None) -> Outcome: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageStores:
    """What `dashboards.triage` works with."""

    judging: Judging
    policy: TriageSettings
