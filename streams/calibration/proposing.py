"""A calibration from the verdicts of a period, for the watchlist as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from detectors.calibration.document import read_calibration
from detectors.calibration.evidence import Judged
from detectors.calibration.proposal import Proposal, propose
from detectors.records import timestamp_text
from detectors.rights import parse_right
from detectors.scoring import shipped_score
from detectors.watchlist.rules import read_rules


class Watched(Protocol):
    """What the watchlist holds; `sinks.operational.RightsStore` is one."""

    def get(self, right_id: str) -> dict[str, Any] | None: ...

    def rules(self) -> Mapping[str, str]: ...

    def calibration(self) -> Mapping[str, Any]: ...


def propose_now(evidence: Sequence[Judged], watched: Watched, now: datetime) -> Proposal:
    """The step that these verdicts suggest from what is in force.

    Raises:
        StoreUnavailable, StoreRefused: as the watchlist's store says.
    """

    def own_threshold(right_id: str) -> float | None:
        document = watched.get(right_id)
        return None if document is None else parse_right(document).score_threshold

    return propose(
        evidence,
        read_calibration(watched.calibration()),
        partial(shipped_score, read_rules(watched.rules())),
        own_threshold,
        timestamp_text(now),
    )
