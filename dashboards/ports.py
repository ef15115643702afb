"""What the web process needs from below and from the wiring, as interfaces. `dashboards/` never imports `streams/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from detectors.records import Page, Screening
from sinks.clickhouse.dead_query import DeadQuery
from sinks.clickhouse.query import AlertQuery, ScreenedQuery
from sinks.clickhouse.queue_groups import Cause, Counts, Group, QueuePage
from sinks.clickhouse.queue_query import QueueQuery
from sinks.clickhouse.verdicts import VerdictQuery
from sinks.live import LiveRead
from sinks.visible import EVERYTHING, Visible

Clock = Callable[[], datetime]
"""The present moment, with a time zone."""

Checker = Callable[[bytes, Mapping[str, bytes], datetime], Awaitable[Screening]]
"""The pipeline over one page body (NDJSON), with the files of pictures that it names by path, observed at a moment.

Screened matches are shown. No input makes it raise.
"""


class AlertReader(Protocol):
    """Reads of the alert store. Blocking; one instance serves one thread. Raises sinks.errors.StoreUnavailable."""

    def recent(self, query: AlertQuery) -> list[dict[str, Any]]:
        """Alerts that fit, newest first, in the contract's JSON plus `page` and `listing_digest`."""
        ...

    def alert(self, alert_id: str) -> dict[str, Any] | None: ...

    def alerted(self, right_ids: Collection[str], visible: Visible) -> set[str]:
        """Those of the rights about which there are alerts that may be seen."""
        ...

    def alerted_rights(self, visible: Visible, after: str, limit: int) -> list[str]:
        """Rights about which there are alerts that may be seen: ids in their order, from behind `after`."""
        ...

    def screened(self, query: ScreenedQuery) -> list[dict[str, Any]]:
        """Sampled screened matches, newest first: the alerts that they would have been, with the reason `screened`."""
        ...

    def screened_match(self, alert_id: str) -> dict[str, Any] | None: ...

    def queue(self, query: QueueQuery) -> QueuePage:
        """A page of groups that people judge. Raises StoreRefused where the question is bad."""
        ...

    def causes(self, query: QueueQuery) -> list[Cause]: ...

    def queue_counts(self, query: QueueQuery) -> Counts: ...

    def verdicts(self, query: VerdictQuery) -> list[dict[str, Any]]:
        """What people decided, oldest first."""
        ...

    def groups(self, group_ids: Iterable[str], visible: Visible = EVERYTHING) -> dict[str, Group]: ...

    def page(self, digest: str) -> Page | None:
        """The page as it was received."""
        ...

    def picture(self, digest: str) -> bytes | None:
        """A listing's picture as it was received, kept since an alert names it."""
        ...

    def close(self) -> None: ...


ReaderFactory = Callable[[], AlertReader]
"""Makes one reader for one thread. It may raise what a read may raise."""


class LiveStream(Protocol):
    """The Redis stream of alerts and the workers' heartbeats. Raises sinks.errors.LiveUnavailable."""

    async def read(self, after: str, block_ms: int) -> LiveRead:
        """Entries behind the id `after`, oldest first, or a gap; waits up to `block_ms` for one."""
        ...

    async def last_id(self) -> str: ...

    async def pulse(self) -> Mapping[str, Mapping[str, Any]]:
        """What each worker last said of itself, by worker id."""
        ...


class RightsReader(Protocol):
    """The operational database's view of a right. Blocking, safe to call from any thread. Raises StoreUnavailable."""

    def get(self, right_id: str) -> dict[str, Any] | None: ...


class RightPictures(Protocol):
    """The rights' pictures that are kept. Blocking, safe to call from any thread. Raises StoreUnavailable."""

    def preview(self, digest: str) -> bytes | None:
        """A small JPEG of the picture with that SHA-256."""
        ...


class AllowList(Protocol):
    """The allow-list of pictures, as sinks.operational.allow_store has it. Blocking, safe to call from any thread.

    Raises StoreUnavailable, StoreRefused.
    """

    def entries(self) -> list[dict[str, Any]]: ...

    def get(self, pdq: str) -> dict[str, Any] | None: ...

    def allow(self, pdq: str, *, by: str, now: datetime, note: str = "", distance: int | None = None) -> int: ...

    def release(self, pdq: str, *, by: str, now: datetime, note: str = "", distance: int | None = None) -> int: ...

    def remove(self, pdq: str) -> int | None: ...


class Decided(Protocol):
    """What became of one dead letter that somebody decided about."""

    def to_json(self) -> dict[str, str]:
        """letter_id, status and detail."""
        ...


class DeadLetters(Protocol):
    """Dead letters and what people decide about them, as streams.dead.desk has it.

    What blocks may be called from any thread. Raises StoreUnavailable, StoreRefused; a retry also another
    RightswatchError when the broker does not take it.
    """

    def page(self, query: DeadQuery) -> list[dict[str, Any]]:
        """Letters that fit, newest first. Blocking."""
        ...

    def get(self, letter_id: str) -> dict[str, Any] | None:
        """One letter with all that is kept of it. Blocking."""
        ...

    def counts(self) -> list[dict[str, Any]]:
        """By reason and state. Blocking."""
        ...

    def discard(self, ids: Sequence[str], *, by: str, now: datetime, note: str) -> Sequence[Decided]:
        """Blocking."""
        ...

    async def retry(
        self, ids: Sequence[str], *, by: str, now: datetime, note: str = "", again: bool = False
    ) -> Sequence[Decided]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether this process can screen: its own watchlist's state."""

    loaded: bool
    revision: int = 0
    rights: int = 0
    age_seconds: float = 0.0  # since the last contact with the watchlist log
    detail: str = ""  # why not, in words, when it is not loaded


ReadinessProbe = Callable[[], Readiness]
