"""What leads need from below, as interfaces. Blocking, safe to call from any thread.

Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sinks.operational.lead_records import Draft, Lead, LeadPage, LeadQuery, Policy
from sinks.operational.triage_records import Actor
from sinks.visible import Visible


class Policies(Protocol):
    """Which leads wait for a verdict, by kind of right and holder."""

    def all(self) -> list[Policy]: ...

    def put(self, kind: str, holder_id: str | None, sending: str | None, who: Actor, now: datetime) -> None: ...

    def default(self, kind: str) -> str: ...

    def sending(self, policies: list[Policy], kind: str, holder_id: str | None) -> str: ...


class Leads(Protocol):
    """Leads and their logs, as sinks.operational.lead_store has them."""

    @property
    def policies(self) -> Policies: ...

    def find(self, query: LeadQuery) -> LeadPage: ...

    def counts(self, visible: Visible) -> dict[str, int]: ...

    def get(self, lead_id: str) -> Lead | None: ...

    def check(self, lead: Lead, now: datetime) -> str | None:
        """Why it is not to be sent any more, as a code; None: it holds."""
        ...

    def log(self, lead_id: str) -> list[dict[str, Any]]: ...

    def takedown(
        self, lead_id: str, state: str, who: Actor, now: datetime, *, on: datetime, note: str, version: int
    ) -> Lead | None:
        """Raises LeadRefused: it is over, or its version is another."""
        ...

    def decide_place(
        self, lead_id: str, drafts: Sequence[Draft], who: Actor, now: datetime, *, note: str, version: int
    ) -> list[Lead] | None:
        """Raises LeadRefused: it waits for nobody, or its version is another."""
        ...
