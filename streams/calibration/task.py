"""The task in the web process that turns verdicts into a proposal, and applies it if the settings say so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from detectors.calibration.document import APPLIED
from detectors.calibration.evidence import Judged
from sinks.errors import StoreError
from sinks.operational.calibration_store import CalibrationStore, StaleProposal
from streams.broker.retry import Retry
from streams.calibration.proposing import Watched, propose_now
from streams.configuration.sections import CalibrationSettings

logger = logging.getLogger(__name__)
BY = "rightswatch"  # who applies automatically
ReadEvidence = Callable[[datetime, datetime], Sequence[Judged]]


class Log(Protocol):
    """The audit log."""

    def append(
        self, *, by_id: str, by_name: str, action: str, subject: str, detail: Mapping[str, Any], now: datetime
    ) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrating:
    """What a step needs. `evidence` reads what was judged of what was observed between two moments."""

    settings: CalibrationSettings
    store: CalibrationStore
    watched: Watched
    evidence: ReadEvidence
    audit: Log
    clock: Callable[[], datetime]

    def step(self) -> None:
        """Propose what verdicts suggest now. Only one process at a time does; the others leave it."""
        with self.store.proposing() as held:
            if not held:
                return
            now = self.clock()
            proposal = propose_now(self.evidence(now - timedelta(days=self.settings.days), now), self.watched, now)
            if not proposal.changes_anything:
                self.store.forget()
                return
            version = self.store.keep(proposal.document, proposal.changes(), now)
            if self.settings.apply == "automatic" and self._is_due(now):
                self._apply(version, now)

    def _is_due(self, now: datetime) -> bool:
        """A step a day at most, however often the process starts."""
        applied = self.store.in_force().get(APPLIED)
        if applied is None:
            return True
        return now - datetime.fromisoformat(applied["at"]) >= timedelta(hours=self.settings.automatic_hours)

    def _apply(self, version: str, now: datetime) -> None:
        """Written down before it happens: nothing is ever moved silently."""
        self.audit.append(
            by_id=BY, by_name=BY, action="calibration.apply", subject=version, detail={"automatic": True}, now=now
        )
        try:
            revision = self.store.apply(version, by=BY, now=now)
        except StaleProposal:
            logger.warning("calibration %s was overtaken before it was applied", version)
        else:
            logger.info("calibration %s applied; watchlist revision %d", version, revision)


async def keep_calibrating(calibrating: Calibrating, max_pause_seconds: float) -> None:
    """Until cancelled. A store that is away, or has no tables yet, is waited for."""
    retry = Retry(what="proposing a calibration", errors=(StoreError,), max_pause_seconds=max_pause_seconds)
    while True:
        await retry.run(lambda: asyncio.to_thread(calibrating.step))
        await asyncio.sleep(calibrating.settings.propose_minutes * 60)
